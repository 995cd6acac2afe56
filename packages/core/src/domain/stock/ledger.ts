import { type InventoryErrorCode, type LineRefusal, type Refusal, refuse } from "../../errors";
import { type ProductRow, products, stores } from "../catalog/tables";
import {
  chooseLots,
  draftLots,
  type GivenLot,
  givenLots,
  isRefusal,
  type LotChange,
  type LotDraft,
  lotNeeds,
  lotWrites,
  moveLots,
} from "../lots/choose";
import type { NamedLot } from "../lots/named";
import { expiryNeeds, mayHaveExpired, type Promises, withoutExpired } from "../reservations/expiry";
import { reservationEvents, reservations } from "../reservations/tables";
import { invalid } from "../shared/invalid";
import { fromScaled } from "../shared/quantity";
import { keyText, type Write } from "../shared/rows";
import type { Money, Reference } from "../shared/schemas";
import { skuKeyOf } from "../shared/sku-key";
import type { Context, Need, Refused, View } from "../shared/slice";
import {
  type IncomingEventRow,
  incomingEvents,
  type LevelRow,
  levels,
  type Movement,
  type MovementRow,
  type MovementType,
  movements,
  type StockLevel,
  toMovement,
  toStockLevel,
  untouchedLevel,
} from "./tables";

/** What every stock command answers: the movements it wrote and the levels they left. */
export interface StockResult {
  readonly movements: readonly Movement[];
  readonly levels: readonly StockLevel[];
}

/** Who and why, for lines that don't say it themselves. */
export interface EntryFacts {
  readonly actor?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly reference?: Reference | undefined;
  readonly occurredAt?: number | undefined;
}

/** What a line may be refused with. */
export const lineRefusals = [
  "UNKNOWN_PRODUCT",
  "UNKNOWN_STORE",
  "INVALID_INPUT",
  "INVALID_STATE",
  "INSUFFICIENT_STOCK",
  "ALREADY_EXISTS",
] as const satisfies InventoryErrorCode[];

/**
 * The rows that a change of a level reads. The level's key needs the SKU as the product spells it; it is usually spelt that way already.
 *
 * @param named - the lots it concerns; unless given, of a tracked product all that are there.
 */
export function placeNeeds(
  given: string,
  storeId: string,
  view: View,
  now: number,
  named?: readonly { readonly lot: string }[],
): readonly Need[] {
  const productKey = [skuKeyOf(given)];
  const product = view.get(products, productKey);
  const level = [product?.sku ?? given, storeId];
  return [
    { table: products, key: productKey },
    { table: stores, key: [storeId] },
    { table: levels, key: level },
    ...expiryNeeds(view.get(levels, level), now),
    ...lotNeeds(product, storeId, view, named),
  ];
}

/** Movements and levels of one command as it is being decided. A line that is refused leaves no trace in it. */
export interface Draft extends Context {
  readonly view: View;
  readonly entries: MovementRow[];
  /** Levels as the entries so far leave them. */
  readonly touched: Map<string, LevelRow>;
  /** What became of promises, where anything did. */
  promises: Promises | undefined;
  /** What became of goods on their way. */
  readonly incoming: IncomingEventRow[];
  /** What became of lots, where anything did. */
  lots: LotDraft | undefined;
}

export const draftLedger = (view: View, { now, seq }: Context): Draft => ({
  view,
  now,
  seq,
  entries: [],
  touched: new Map(),
  promises: undefined,
  incoming: [],
  lots: undefined,
});

/** Where a command notes what becomes of promises. */
export function promisesOf(draft: Draft): Promises {
  draft.promises ??= { rows: new Map(), events: [] };
  return draft.promises;
}

/** Adds the opposite of a movement, whatever its type. */
export function undoMovement(
  draft: Draft,
  row: MovementRow,
  details: EntryFacts & { readonly reason: string; readonly reverses: string },
): Refusal | undefined {
  const product = draft.view.get(products, skuKeyOf(row.sku));
  if (!product) return refuse("UNKNOWN_PRODUCT", { sku: row.sku });
  if (product.archived) return archived("product", product.sku);
  const place = placeOf(draft, product, row.storeId);
  if (place.refusal) return place.refusal;
  if (product.tracking !== null && row.lots === null && row.delta !== 0)
    return refuse("INVALID_STATE", { entity: "movement", key: details.reverses, state: "made before its product was tracked" });
  const given = row.lots?.map(({ lot, delta }) => ({ lot, delta: 0 - delta }));
  const undoing = { ...details, given, brings: row.type === "transferred_out" };
  const entry = move(draft, {
    product,
    type: "adjusted",
    field: "id",
    place,
    line: draft.entries.length,
    delta: 0 - row.delta,
    details: undoing,
  });
  if (entry.refusal) return entry.refusal;
  record(draft, entry);
  return undefined;
}

/** The rows of an accepted command. */
export function writesOf({ entries, touched, promises, incoming, lots }: Draft): readonly Write[] {
  const writes: Write[] = [];
  for (const row of entries) writes.push({ table: movements.name, row });
  if (promises) {
    for (const row of promises.events) writes.push({ table: reservationEvents.name, row });
    for (const row of promises.rows.values()) writes.push({ table: reservations.name, row });
  }
  for (const row of incoming) writes.push({ table: incomingEvents.name, row });
  if (lots) writes.push(...lotWrites(lots));
  for (const [key, row] of touched) writes.push({ table: levels.name, row, key });
  return writes;
}

export function resultOf({ entries, touched }: Draft): StockResult {
  const after: StockLevel[] = [];
  for (const row of touched.values()) after.push(toStockLevel(row));
  return { movements: entries.map(toMovement), levels: after };
}

/** A level that is about to be changed. */
export interface Place {
  readonly refusal?: undefined;
  /** The level's key, as one text. */
  readonly name: string;
  readonly before: LevelRow;
}

/** A level as this command finds it, without the promises that have run out. */
export function placeOf(draft: Draft, product: ProductRow, storeId: string): Place | Refused {
  const store = draft.view.get(stores, storeId);
  if (!store) return { refusal: refuse("UNKNOWN_STORE", { storeId }) };
  if (store.archived) return { refusal: archived("store", store.id) };
  const { sku, decimals } = product;
  const name = keyText([sku, storeId]);
  const before = draft.touched.get(name) ?? draft.view.get(levels, name) ?? untouchedLevel({ sku, storeId }, decimals);
  return { name, before: mayHaveExpired(before, draft.now) ? settled(draft, name, before) : before };
}

function settled(draft: Draft, name: string, before: LevelRow): LevelRow {
  const level = withoutExpired(draft.view, before, draft, promisesOf(draft));
  draft.touched.set(name, level);
  return level;
}

/** Whether a change of a level would leave less than may be promised or sold. */
export const isShort = (product: ProductRow, onHand: number, reserved: number): boolean => onHand - reserved < -product.backorderLimit;

/** The refusal of more than there is. Quantities are scaled. */
export const shortOf = ({ sku, storeId, onHand, reserved, decimals }: LevelRow, requested: number): Refusal =>
  refuse("INSUFFICIENT_STOCK", {
    sku,
    storeId,
    requested: fromScaled(requested, decimals),
    available: fromScaled(onHand - reserved, decimals),
  });

/** A change of a level that is about to be written: the product is there, the place is found and `delta` is scaled. */
export interface Entry {
  readonly product: ProductRow;
  readonly type: MovementType;
  readonly place: Place;
  readonly delta: number;
}

/** Adds one movement to the ledger and hands the level on as it is then, or tells why it can't be done. */
export function addEntry(draft: Draft, entry: Entry, details: EntryDetails): Place | Refused {
  const drafted = move(draft, { ...entry, field: "quantity", line: draft.entries.length, details });
  if (drafted.refusal) return drafted;
  record(draft, drafted);
  return { name: drafted.name, before: drafted.level };
}

/** Decides every line in its order, also those after one that is refused, so that each failing line can be named. */
export function eachLine<Line>(lines: readonly Line[], decide: (line: Line) => Refusal | undefined): Refusal | undefined {
  const refused: LineRefusal[] = [];
  let first: Refusal | undefined;
  for (const [index, line] of lines.entries()) {
    const refusal = decide(line);
    if (!refusal) continue;
    first ??= refusal;
    refused.push({ index, code: refusal.code, ...refusal.details });
  }
  return first && ({ ...first, details: { ...first.details, lines: refused } } as Refusal);
}

interface Move {
  readonly product: ProductRow;
  readonly type: MovementType;
  readonly field: string;
  readonly place: Place;
  readonly line: number;
  readonly delta: number;
  readonly details: EntryDetails;
}

/** What one movement makes of a level, or why it can't be; it is not in the draft yet. */
export function move(draft: Draft, { product, type, field, place: { name, before }, line, delta, details }: Move): EntryDraft | Refused {
  const { now, seq } = draft;
  const { sku, storeId, reserved, incoming, decimals, heldUntil } = before;
  const onHand = before.onHand + delta;
  if (!Number.isSafeInteger(onHand) || !Number.isSafeInteger(delta))
    return { refusal: invalid(field, "would pass the largest quantity that is exact") };
  // Stock may always come in; it may go out as far as nobody is promised it and the product may be backordered.
  if (delta < 0 && isShort(product, onHand, reserved)) return { refusal: shortOf(before, -delta) };
  const tracked = product.tracking !== null || details.lots !== undefined;
  const lots = tracked ? lotsOf(draft, { product, type, place: { name, before }, delta, details }) : undefined;
  if (lots && isRefusal(lots)) return { refusal: lots };
  const price = priceOf(type, product, details.unitPrice);
  return {
    name,
    product,
    lots,
    level: {
      seq,
      sku,
      storeId,
      onHand,
      reserved,
      incoming,
      decimals,
      heldUntil,
      updatedAt: now,
    },
    entry: {
      seq,
      line,
      sku,
      storeId,
      type,
      delta,
      onHandAfter: onHand,
      reservedAfter: reserved,
      decimals,
      unitCostAmount: details.unitCost?.amount ?? null,
      unitCostCurrency: details.unitCost?.currency ?? null,
      unitPriceAmount: price?.amount ?? null,
      unitPriceCurrency: price?.currency ?? null,
      reason: details.reason ?? null,
      referenceType: details.reference?.type ?? null,
      referenceId: details.reference?.id ?? null,
      actor: details.actor ?? null,
      occurredAt: details.occurredAt ?? now,
      recordedAt: now,
      idempotencyKey: details.idempotencyKey ?? null,
      lots: lots?.map(({ lot, delta: change }) => ({ lot, delta: change })) ?? null,
      reverses: details.reverses ?? null,
    },
  };
}

/** What customers pay or get back for one: what was said, otherwise what the product costs them now. Other movements have no price. */
function priceOf(type: MovementType, { priceAmount, priceCurrency }: ProductRow, said: Money | undefined): Money | undefined {
  if (type !== "sold" && type !== "returned") return undefined;
  if (said) return said;
  return priceAmount === null || priceCurrency === null ? undefined : { amount: priceAmount, currency: priceCurrency };
}

/** The lots a movement concerns. */
function lotsOf(
  { view, lots: draft, now }: Draft,
  { product, type, place: { before }, delta, details }: Pick<Move, "product" | "type" | "place" | "delta" | "details">,
): readonly LotChange[] | Refusal {
  const { lots: named, given, brings } = details;
  const { storeId, onHand } = before;
  const at = details.occurredAt ?? now;
  const question = { view, draft, product, storeId, type, delta, onHand, at, named, brings };
  return given ? givenLots(question, given) : chooseLots(question);
}

/** Puts a movement into the draft, and the level as it leaves it. */
export function record(draft: Draft, { name, level, entry, product, lots }: EntryDraft): void {
  draft.entries.push(entry);
  draft.touched.set(name, level);
  if (!lots) return;
  draft.lots ??= draftLots();
  moveLots(draft.view, draft.lots, product, entry, lots);
}

/** What an entry says beside its quantities. */
export interface EntryDetails extends EntryFacts {
  readonly unitCost?: Money | undefined;
  readonly unitPrice?: Money | undefined;
  readonly reason?: string | undefined;
  readonly reverses?: string | undefined;
  /** The lots a caller names. */
  readonly lots?: readonly NamedLot[] | undefined;
  /** The lots of what this movement goes with, or undoes. */
  readonly given?: readonly GivenLot[] | undefined;
  /** Whether it brings back what left for another store. */
  readonly brings?: boolean | undefined;
}

/** A movement that may be recorded, with the level as it leaves it. */
export interface EntryDraft {
  readonly refusal?: undefined;
  /** The level's key, as one text. */
  readonly name: string;
  readonly level: LevelRow;
  readonly entry: MovementRow;
  readonly product: ProductRow;
  readonly lots: readonly LotChange[] | undefined;
}

export const archived = (entity: "product" | "store", key: string): Refusal => refuse("INVALID_STATE", { entity, key, state: "archived" });
