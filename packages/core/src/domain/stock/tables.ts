import { levelKey } from "../shared/level-key";
import { fromScaled } from "../shared/quantity";
import type { Row } from "../shared/rows";
import type { Money, Reference } from "../shared/schemas";
import { defineTable, type EntityDefinition } from "../shared/slice";

/** How much of a product is at a store, in the product's unit. */
export interface StockLevel {
  readonly sku: string;
  readonly storeId: string;
  /** What stands on the shelf. */
  readonly onHand: number;
  /** The part of it that is promised to somebody. */
  readonly reserved: number;
  /** `onHand - reserved`: what can be sold. */
  readonly available: number;
  /** What is on its way here. */
  readonly incoming: number;
  /** Epoch milliseconds of the last change; 0 when never moved. */
  readonly updatedAt: number;
  /** The command that last changed it; 0 when never moved. */
  readonly seq: number;
}

/**
 * The sign of each type's effect on `onHand`: `1` adds, `-1` takes, `0` may do either.
 */
export const movementEffects = {
  received: 1,
  sold: -1,
  returned: 1,
  adjusted: 0,
  transferred_out: -1,
  transferred_in: 1,
  counted: 0,
} as const;

/** What happened to stock: a name in {@link movementEffects}. */
export type MovementType = keyof typeof movementEffects;

/** The reasons an adjustment usually has. A host may use its own words as well. */
export const adjustmentReasons = [
  "correction",
  "damaged",
  "expired",
  "found",
  "lost",
  "stolen",
  "scrapped",
  "consumed",
  "promotion",
  "data_entry_error",
  "other",
] as const;

/** One immutable entry of the ledger. Quantities are in the product's unit, times in epoch milliseconds. */
export interface Movement {
  readonly id: string;
  /** The command that wrote it. */
  readonly seq: number;
  /** Its place among the movements of that command, from 0. */
  readonly line: number;
  readonly sku: string;
  readonly storeId: string;
  readonly type: MovementType;
  /** The signed effect on `onHand`. */
  readonly delta: number;
  readonly onHandAfter: number;
  readonly reservedAfter: number;
  readonly unitCost?: Money;
  /** What one was sold for, or given back for: as the command says, otherwise the product's price at that moment. */
  readonly unitPrice?: Money;
  readonly reason?: string;
  readonly reference?: Reference;
  readonly actor?: string;
  /** When it happened, as the host says. */
  readonly occurredAt: number;
  /** When it was written down, by the inventory's clock. */
  readonly recordedAt: number;
  readonly idempotencyKey?: string;
  /** Of a tracked product, which lots or serial numbers: they add up to `delta`. */
  readonly lots?: readonly { readonly lot: string; readonly delta: number }[];
  /** The id of the movement that this one undoes. */
  readonly reverses?: string;
}

export interface LevelRow extends Row {
  readonly sku: string;
  readonly storeId: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly incoming: number;
  readonly decimals: number;
  /** No promise here ends before this time; null where nothing is promised. Until then `reserved` is right as it stands. */
  readonly heldUntil: number | null;
  readonly updatedAt: number;
}

export const levels = defineTable<LevelRow>({
  name: "levels",
  kind: "state",
  key: ["sku", "storeId"],
  columns: {
    sku: { type: "text" },
    storeId: { type: "text" },
    onHand: { type: "integer", scaledBy: "decimals" },
    reserved: { type: "integer", minimum: 0, scaledBy: "decimals" },
    incoming: { type: "integer", minimum: 0, scaledBy: "decimals" },
    decimals: { type: "integer", minimum: 0 },
    heldUntil: { type: "timestamp", nullable: true },
    updatedAt: { type: "timestamp" },
  },
  indexes: [["storeId", "sku"]],
  tracedBy: ["movements", "reservation_events", "incoming_events"],
});

export interface MovementRow extends Row {
  readonly line: number;
  readonly sku: string;
  readonly storeId: string;
  readonly type: MovementType;
  readonly delta: number;
  readonly onHandAfter: number;
  readonly reservedAfter: number;
  readonly decimals: number;
  readonly unitCostAmount: number | null;
  readonly unitCostCurrency: string | null;
  readonly unitPriceAmount: number | null;
  readonly unitPriceCurrency: string | null;
  readonly reason: string | null;
  readonly referenceType: string | null;
  readonly referenceId: string | null;
  readonly actor: string | null;
  readonly occurredAt: number;
  readonly recordedAt: number;
  readonly idempotencyKey: string | null;
  /** Null of a product that is not tracked. */
  readonly lots: readonly { readonly lot: string; readonly delta: number }[] | null;
  readonly reverses: string | null;
}

export const movements = defineTable<MovementRow>({
  name: "movements",
  kind: "log",
  key: ["seq", "line"],
  columns: {
    line: { type: "integer", minimum: 0 },
    sku: { type: "text", recurring: true },
    storeId: { type: "text", recurring: true },
    type: { type: "text", recurring: true },
    delta: { type: "integer", scaledBy: "decimals" },
    onHandAfter: { type: "integer", scaledBy: "decimals" },
    reservedAfter: { type: "integer", minimum: 0, scaledBy: "decimals" },
    decimals: { type: "integer", minimum: 0 },
    unitCostAmount: { type: "integer", nullable: true },
    unitCostCurrency: { type: "text", nullable: true, recurring: true },
    unitPriceAmount: { type: "integer", nullable: true },
    unitPriceCurrency: { type: "text", nullable: true, recurring: true },
    reason: { type: "text", nullable: true },
    referenceType: { type: "text", nullable: true },
    referenceId: { type: "text", nullable: true },
    actor: { type: "text", nullable: true },
    occurredAt: { type: "timestamp" },
    recordedAt: { type: "timestamp" },
    idempotencyKey: { type: "text", nullable: true },
    lots: { type: "json", nullable: true },
    reverses: { type: "text", nullable: true },
  },
  indexes: [
    ["sku", "storeId"],
    // With all that `asOf` asks about: it is answered from the index, and rows lie anywhere.
    ["storeId", "occurredAt", "sku", "decimals", "delta", "seq"],
    ["referenceType", "referenceId"],
    ["reverses"],
  ],
});

/** What a command did to `incoming` of one level: the part of the ledger that movements don't tell. */
export interface IncomingEventRow extends Row {
  readonly line: number;
  readonly sku: string;
  readonly storeId: string;
  /** The signed effect on `incoming`. */
  readonly delta: number;
  readonly incomingAfter: number;
  readonly decimals: number;
  /** What is on its way: a transfer, a purchase order. */
  readonly referenceType: string;
  readonly referenceId: string;
  readonly actor: string | null;
  readonly recordedAt: number;
  readonly idempotencyKey: string | null;
}

export const incomingEvents = defineTable<IncomingEventRow>({
  name: "incoming_events",
  kind: "log",
  key: ["seq", "line"],
  columns: {
    line: { type: "integer", minimum: 0 },
    sku: { type: "text" },
    storeId: { type: "text" },
    delta: { type: "integer", scaledBy: "decimals" },
    incomingAfter: { type: "integer", minimum: 0, scaledBy: "decimals" },
    decimals: { type: "integer", minimum: 0 },
    referenceType: { type: "text" },
    referenceId: { type: "text" },
    actor: { type: "text", nullable: true },
    recordedAt: { type: "timestamp" },
    idempotencyKey: { type: "text", nullable: true },
  },
  indexes: [
    ["sku", "storeId"],
    ["referenceType", "referenceId"],
  ],
});

/** A movement's id is its place in the ledger. */
export const movementId = (place: { readonly seq: number; readonly line: number }): string => `m${place.seq}-${place.line}`;

/** The place a movement's id names; undefined when the text is no such id. */
export function movementPlace(id: string): { readonly seq: number; readonly line: number } | undefined {
  const match = /^m([1-9]\d{0,15})-(0|[1-9]\d{0,6})$/.exec(id);
  return match ? { seq: Number(match[1]), line: Number(match[2]) } : undefined;
}

/** What a level is where nothing ever moved. */
export const untouchedLevel = (key: { readonly sku: string; readonly storeId: string }, decimals: number): LevelRow => ({
  seq: 0,
  sku: key.sku,
  storeId: key.storeId,
  onHand: 0,
  reserved: 0,
  incoming: 0,
  decimals,
  heldUntil: null,
  updatedAt: 0,
});

export const toStockLevel = (row: LevelRow): StockLevel => ({
  sku: row.sku,
  storeId: row.storeId,
  onHand: fromScaled(row.onHand, row.decimals),
  reserved: fromScaled(row.reserved, row.decimals),
  available: fromScaled(row.onHand - row.reserved, row.decimals),
  incoming: fromScaled(row.incoming, row.decimals),
  updatedAt: row.updatedAt,
  seq: row.seq,
});

export function toMovement(row: MovementRow): Movement {
  const { unitCostAmount, unitCostCurrency, unitPriceAmount, unitPriceCurrency, referenceType, referenceId } = row;
  const movement: { -readonly [Field in keyof Movement]: Movement[Field] } = {
    id: movementId(row),
    seq: row.seq,
    line: row.line,
    sku: row.sku,
    storeId: row.storeId,
    type: row.type,
    delta: fromScaled(row.delta, row.decimals),
    onHandAfter: fromScaled(row.onHandAfter, row.decimals),
    reservedAfter: fromScaled(row.reservedAfter, row.decimals),
    occurredAt: row.occurredAt,
    recordedAt: row.recordedAt,
  };
  if (unitCostAmount !== null && unitCostCurrency !== null) movement.unitCost = { amount: unitCostAmount, currency: unitCostCurrency };
  if (unitPriceAmount !== null && unitPriceCurrency !== null) movement.unitPrice = { amount: unitPriceAmount, currency: unitPriceCurrency };
  if (row.reason !== null) movement.reason = row.reason;
  if (referenceType !== null && referenceId !== null) movement.reference = { type: referenceType, id: referenceId };
  if (row.actor !== null) movement.actor = row.actor;
  if (row.idempotencyKey !== null) movement.idempotencyKey = row.idempotencyKey;
  if (row.lots !== null) movement.lots = row.lots.map(({ lot, delta }) => ({ lot, delta: fromScaled(delta, row.decimals) }));
  if (row.reverses !== null) movement.reverses = row.reverses;
  return movement;
}

export const levelEntity: EntityDefinition = {
  table: levels,
  entity: "level",
  key: (row) => levelKey(row as LevelRow),
  value: (row) => toStockLevel(row as LevelRow),
};

export const movementEntity: EntityDefinition = {
  table: movements,
  entity: "movement",
  key: (row) => movementId(row as MovementRow),
  value: (row) => toMovement(row as MovementRow),
};
