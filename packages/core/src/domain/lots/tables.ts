import { fromScaled } from "../shared/quantity";
import type { Row } from "../shared/rows";
import type { Reference } from "../shared/schemas";
import { defineTable } from "../shared/slice";
import { type MovementType, movementId } from "../stock/tables";

/** A lot or a serial number of a product. */
export interface LotRow extends Row {
  readonly sku: string;
  readonly lot: string;
  readonly expiresAt: number | null;
  /** Where a serial number is, or left when it is on its way; null when it is gone. Of a lot, whose goods may be in many places, always null. */
  readonly storeId: string | null;
  /** The command it first came in with. */
  readonly createdSeq: number;
}

export const lots = defineTable<LotRow>({
  name: "lots",
  kind: "state",
  key: ["sku", "lot"],
  columns: {
    sku: { type: "text" },
    lot: { type: "text" },
    expiresAt: { type: "timestamp", nullable: true },
    storeId: { type: "text", nullable: true },
    createdSeq: { type: "integer" },
  },
  indexes: [],
});

/** How much of a lot is at a store. The rows of a level add up to its `onHand`. */
export interface LotLevelRow extends Row {
  readonly sku: string;
  readonly storeId: string;
  readonly lot: string;
  readonly quantity: number;
  readonly decimals: number;
  /** Whether any is left. Those that are used up pile up for ever, so nobody reads them but by their key. */
  readonly open: boolean;
  readonly expiresAt: number | null;
  readonly createdSeq: number;
}

export const lotLevels = defineTable<LotLevelRow>({
  name: "lot_levels",
  kind: "state",
  key: ["sku", "storeId", "lot"],
  columns: {
    sku: { type: "text" },
    storeId: { type: "text" },
    lot: { type: "text" },
    quantity: { type: "integer", minimum: 0, scaledBy: "decimals" },
    decimals: { type: "integer" },
    open: { type: "boolean" },
    expiresAt: { type: "timestamp", nullable: true },
    createdSeq: { type: "integer" },
  },
  indexes: [
    ["sku", "storeId", "open"],
    ["open", "expiresAt"],
  ],
});

/** What a movement did to a lot: the movement says it too, here it is found by the lot. */
export interface LotMovementRow extends Row {
  readonly line: number;
  readonly sku: string;
  readonly storeId: string;
  readonly lot: string;
  readonly type: MovementType;
  readonly delta: number;
  readonly decimals: number;
  readonly referenceType: string | null;
  readonly referenceId: string | null;
  readonly actor: string | null;
  readonly occurredAt: number;
}

export const lotMovements = defineTable<LotMovementRow>({
  name: "lot_movements",
  kind: "log",
  key: ["seq", "line", "lot"],
  columns: {
    line: { type: "integer" },
    sku: { type: "text" },
    storeId: { type: "text" },
    lot: { type: "text" },
    type: { type: "text" },
    delta: { type: "integer", scaledBy: "decimals" },
    decimals: { type: "integer" },
    referenceType: { type: "text", nullable: true },
    referenceId: { type: "text", nullable: true },
    actor: { type: "text", nullable: true },
    occurredAt: { type: "timestamp" },
  },
  indexes: [["sku", "lot"]],
});

/** A lot or a serial number of a product. */
export interface Lot {
  readonly sku: string;
  /** The lot's code, or a serial number. */
  readonly lot: string;
  /** Epoch milliseconds; from then on it is not sold any more. Absent: never. */
  readonly expiresAt?: number;
}

/** How much of a lot is at a store, in the product's unit. */
export interface LotLevel extends Lot {
  readonly storeId: string;
  readonly quantity: number;
}

/** What a movement did to a lot. */
export interface LotMovement {
  readonly movementId: string;
  readonly seq: number;
  readonly storeId: string;
  readonly type: MovementType;
  /** The signed effect on the lot at the store, in the product's unit. */
  readonly delta: number;
  /** What caused it, such as the order it was sold with. */
  readonly reference?: Reference;
  readonly actor?: string;
  readonly occurredAt: number;
}

export const toLot = ({ sku, lot, expiresAt }: Pick<LotRow, "sku" | "lot" | "expiresAt">): Lot => ({
  sku,
  lot,
  ...(expiresAt !== null && { expiresAt }),
});

export const toLotLevel = (row: LotLevelRow): LotLevel => ({
  ...toLot(row),
  storeId: row.storeId,
  quantity: fromScaled(row.quantity, row.decimals),
});

export const toLotMovement = (row: LotMovementRow): LotMovement => ({
  movementId: movementId(row),
  seq: row.seq,
  storeId: row.storeId,
  type: row.type,
  delta: fromScaled(row.delta, row.decimals),
  ...(row.referenceType !== null && row.referenceId !== null && { reference: { type: row.referenceType, id: row.referenceId } }),
  ...(row.actor !== null && { actor: row.actor }),
  occurredAt: row.occurredAt,
});
