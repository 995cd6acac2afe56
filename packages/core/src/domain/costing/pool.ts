import { refuse } from "../../errors";
import type { ProductRow } from "../catalog/tables";
import { type Key, keyText, type Write } from "../shared/rows";
import type { Need, Refused, View } from "../shared/slice";
import { type Amount, amountOf, isSafe, share, toColumns, unitCostOf } from "./amount";
import { type CostEntryRow, type CostKind, type CostLayerRow, costEntries, costLayers, type ProductCostRow, productCosts } from "./tables";

/** Where goods are that are at no store: on their way between two. */
export const nowhere = "";

/** A product's row: its goods as a whole. */
export const poolKey = (sku: string): Key => [sku, ""];

/** The movement an entry is about, and when and where it happened. */
export interface Cause {
  readonly seq: number;
  readonly line: number;
  readonly kind: CostKind;
  readonly storeId: string;
  readonly movementSeq: number;
  readonly movementLine: number;
  readonly occurredAt: number;
}

/** Goods that come in together; no amount where nobody knows what they cost. */
export interface Parcel {
  readonly quantity: number;
  readonly amount: Amount | undefined;
}

/** What a change did to the value of stock: signed, as entries say it. */
export interface Effect {
  readonly amount: Amount;
  readonly unknown: number;
  readonly owed: number;
  readonly layer: number | null;
}

/** Which goods go out, where it is not the next ones: those of this layer, at this amount. */
export interface Wanted {
  readonly layer: number | null;
  readonly amount: Amount | undefined;
}

/** A product's goods while one thing happens to them. */
export interface Pool {
  readonly view: View;
  readonly row: { -readonly [Column in keyof ProductCostRow]: ProductCostRow[Column] };
  amount: Amount;
  readonly layers: Map<number, CostLayerRow>;
  readonly entries: CostEntryRow[];
  readonly stores: Map<string, ProductCostRow>;
  /** Whether every quantity it went through was one that is exact. */
  exact: boolean;
}

const layerKey = (sku: string, number: number): Key => [sku, number];

/** How many layers are read at first, and how much further it looks each time that this was not enough. */
const firstLook = 16;
const lookFurther = 4;

/**
 * The rows a change of a product's goods reads. How deep into the layers it reaches shows only as it is decided, so every time
 * this is asked again it names more of them.
 */
export function poolNeeds(sku: string, storeIds: readonly string[], view: View): readonly Need[] {
  const needs: Need[] = [poolKey(sku), ...storeIds.map((storeId) => [sku, storeId])].map((key) => ({ table: productCosts, key }));
  const row = view.get(productCosts, poolKey(sku));
  if (!row) return needs;
  let read = 0;
  while (row.firstLayer + read < row.nextLayer && view.get(costLayers, layerKey(sku, row.firstLayer + read))) read++;
  const until = Math.min(row.nextLayer, row.firstLayer + Math.max(firstLook, read * lookFurther));
  for (let number = row.firstLayer + read; number < until; number++) needs.push({ table: costLayers, key: layerKey(sku, number) });
  return needs;
}

/** A product's goods as they stand; none where it never moved since it is costed. */
export function openPool(view: View, { sku, decimals, costing, costingCurrency }: ProductRow, seq: number): Pool {
  const before = view.get(productCosts, poolKey(sku));
  const row = before ?? noGoods({ sku, storeId: "", decimals, method: costing ?? "average", currency: costingCurrency ?? "" });
  return { view, row: { ...row, seq }, amount: amountOf(row), layers: new Map(), entries: [], stores: new Map(), exact: true };
}

const noGoods = (row: Pick<ProductCostRow, "sku" | "storeId" | "decimals" | "method" | "currency">): ProductCostRow => ({
  ...row,
  seq: 0,
  quantity: 0,
  transit: 0,
  unknown: 0,
  value: 0,
  millionths: 0,
  firstLayer: 1,
  nextLayer: 1,
  lastValue: null,
  lastMillionths: null,
});

/** Goods that are here; what was sold before it came in is none. */
export const ownedOf = ({ row }: Pool): number => Math.max(row.quantity, 0);

/** Changes how much there is in all stores together, which may be more than can be kept where each store's own is not. */
export function changeQuantity(pool: Pool, delta: number): void {
  pool.row.quantity += delta;
  pool.exact &&= Number.isSafeInteger(pool.row.quantity);
}

/** Changes how much is on its way between stores. */
export function changeTransit(pool: Pool, delta: number): void {
  pool.row.transit += delta;
  pool.exact &&= Number.isSafeInteger(pool.row.transit);
}

/** Takes parcels in: they settle what went out before it came, and the rest becomes stock. */
export function takeIn(pool: Pool, parcels: readonly Parcel[], cause: Cause): Effect {
  let amount = 0n;
  let unknown = 0;
  let layer: number | null = null;
  for (const parcel of parcels) {
    if (parcel.quantity === 0) continue;
    // What no row could keep exactly is better not known than wrong.
    const known = parcel.amount !== undefined && isSafe(pool.amount + parcel.amount) ? parcel.amount : undefined;
    amount += known ?? 0n;
    unknown += known === undefined ? parcel.quantity : 0;
    const rest = settle(pool, { quantity: parcel.quantity, amount: known }, cause);
    changeQuantity(pool, parcel.quantity);
    pool.amount += rest.amount ?? 0n;
    if (rest.amount === undefined) pool.row.unknown += rest.quantity;
    if (rest.quantity > 0 && pool.row.method === "fifo") layer = push(pool, rest, cause) ?? layer;
  }
  return { amount, unknown, owed: 0, layer };
}

/** Gives the goods that went out too early, oldest first, the cost of these; what is left comes back. */
function settle(pool: Pool, parcel: Parcel, cause: Cause): Parcel {
  let left = parcel;
  let owed = Math.max(-pool.row.quantity, 0);
  for (const debt of openLayers(pool)) {
    if (owed === 0 || left.quantity === 0) break;
    const quantity = Math.min(-debt.quantity, left.quantity);
    if (quantity <= 0) continue;
    const amount = left.amount === undefined ? undefined : share(left.amount, quantity, left.quantity);
    const unknown = amount === undefined ? quantity : 0;
    setLayer(pool, debt, { quantity: debt.quantity + quantity, amount: amountOf(debt) + (amount ?? 0n), unknown: debt.unknown + unknown });
    const { kind, storeId, movementSeq, movementLine } = debt;
    note(
      pool,
      { ...cause, kind, storeId, movementSeq, movementLine },
      { amount: -(amount ?? 0n), unknown: -unknown, owed: -quantity, layer: null },
      0,
    );
    owed -= quantity;
    left = { quantity: left.quantity - quantity, amount: left.amount === undefined ? undefined : left.amount - (amount ?? 0n) };
  }
  return left;
}

/** Takes goods out at what they cost; what is not there is owed until goods come in. */
export function takeOut(pool: Pool, quantity: number, cause: Cause, wanted?: Wanted): Effect {
  const there = Math.min(ownedOf(pool), quantity);
  const taken = there === 0 ? nothing : outOf[pool.row.method](pool, there, wanted);
  changeQuantity(pool, -quantity);
  pool.amount -= taken.amount;
  pool.row.unknown -= taken.unknown;
  const known = there - taken.unknown;
  const unitCost = known > 0 ? unitCostOf(taken.amount, known, pool.row.decimals) : undefined;
  if (unitCost !== undefined && isSafe(unitCost)) {
    const { value, millionths } = toColumns(unitCost);
    pool.row.lastValue = value;
    pool.row.lastMillionths = millionths;
  }
  const owed = quantity - there;
  const layer = owed > 0 ? push(pool, { quantity: -owed, amount: 0n }, cause) : null;
  return { amount: -taken.amount, unknown: -taken.unknown, owed, layer };
}

interface Taken {
  readonly amount: Amount;
  readonly unknown: number;
}

const nothing: Taken = { amount: 0n, unknown: 0 };

/** What so many goods of a pool, of which there are enough, cost: one function for each method. */
const outOf = { average: outOfAverage, fifo: outOfLayers } as const satisfies Record<
  ProductCostRow["method"],
  (pool: Pool, quantity: number, wanted?: Wanted) => Taken
>;

/** Goods of unknown cost go first. Goods that are undone take their own amount with them, as far as something is left for the others. */
function outOfAverage({ row, amount }: Pool, quantity: number, wanted?: Wanted): Taken {
  const known = row.quantity - row.unknown;
  if (wanted?.amount !== undefined && quantity < known && wanted.amount <= amount) return { amount: wanted.amount, unknown: 0 };
  const unknown = Math.min(row.unknown, quantity);
  return { unknown, amount: quantity === unknown ? 0n : share(amount, quantity - unknown, known) };
}

/** Oldest goods first; goods that are undone out of their own layer, as far as it goes. */
function outOfLayers(pool: Pool, quantity: number, wanted?: Wanted): Taken {
  const own = wanted && wanted.layer !== null ? layerAt(pool, wanted.layer) : undefined;
  let left = quantity;
  let amount = 0n;
  let unknown = 0;
  const take = (layer: CostLayerRow): void => {
    const part = Math.min(layer.quantity, left);
    if (part <= 0) return;
    const worth = share(amountOf(layer), part, layer.quantity);
    const nameless = Math.min(layer.unknown, part);
    setLayer(pool, layer, { quantity: layer.quantity - part, amount: amountOf(layer) - worth, unknown: layer.unknown - nameless });
    left -= part;
    amount += worth;
    unknown += nameless;
  };
  if (own) take(own);
  for (const layer of openLayers(pool)) {
    if (left === 0) break;
    take(layer);
  }
  return { amount, unknown };
}

/** The layers in their order, from the first that is open. */
function* openLayers(pool: Pool): Iterable<CostLayerRow> {
  const { row } = pool;
  for (let number = row.firstLayer; number < row.nextLayer; number++) {
    const layer = layerAt(pool, number);
    if (layer && layer.quantity !== 0) yield layer;
  }
}

/** A layer as it stands; undefined where it is closed. */
export function layerAt({ view, row, layers }: Pool, number: number): CostLayerRow | undefined {
  if (number < row.firstLayer || number >= row.nextLayer) return undefined;
  return layers.get(number) ?? view.get(costLayers, layerKey(row.sku, number));
}

/** Changes what is left of a layer. The queue begins behind those that are used up. */
export function setLayer(
  pool: Pool,
  layer: CostLayerRow,
  { quantity, amount, unknown }: { readonly quantity: number; readonly amount: Amount; readonly unknown: number },
): void {
  pool.layers.set(layer.number, { ...layer, ...toColumns(amount), seq: pool.row.seq, quantity, unknown });
  while (pool.row.firstLayer < pool.row.nextLayer && layerAt(pool, pool.row.firstLayer)?.quantity === 0) pool.row.firstLayer++;
}

/** Puts goods, or a debt, at the end of the queue. */
export function push(pool: Pool, { quantity, amount }: Parcel, cause: Cause): number {
  const { row } = pool;
  const { kind, storeId, movementSeq, movementLine, occurredAt } = cause;
  const number = row.nextLayer++;
  pool.layers.set(number, {
    ...toColumns(amount ?? 0n),
    seq: row.seq,
    sku: row.sku,
    number,
    quantity,
    decimals: row.decimals,
    unknown: amount === undefined ? quantity : 0,
    storeId,
    kind,
    movementSeq,
    movementLine,
    occurredAt,
  });
  return number;
}

/** What an entry of a command says beside amounts and quantities. */
export type Remark = Pick<CostEntryRow, "reason" | "referenceType" | "referenceId" | "actor">;

const noRemark: Remark = { reason: null, referenceType: null, referenceId: null, actor: null };

/** Notes what a change did. The movement's own entry comes first, whatever followed from it on the way. */
export function note(pool: Pool, cause: Cause, effect: Effect, quantity: number, remark: Remark = noRemark): void {
  const { seq, line, kind, storeId, movementSeq, movementLine, occurredAt } = cause;
  const { sku, decimals, currency } = pool.row;
  pool.entries.push({
    seq,
    line,
    part: pool.entries.length + 1,
    sku,
    storeId,
    kind,
    quantity,
    decimals,
    unknown: effect.unknown,
    owed: effect.owed,
    ...toColumns(effect.amount),
    currency,
    movementSeq,
    movementLine,
    layer: effect.layer,
    ...remark,
    occurredAt,
  });
}

/** Notes the movement's own entry, which others find by its place. */
export function noteOwn(pool: Pool, cause: Cause, effect: Effect, quantity: number, remark?: Remark): void {
  note(pool, cause, effect, quantity, remark);
  pool.entries.push({ ...(pool.entries.pop() as CostEntryRow), part: 0 });
}

/** Changes how much of a product a store has. */
export function moveAt(pool: Pool, storeId: string, delta: number): void {
  const { sku, decimals, method, currency, seq } = pool.row;
  const before =
    pool.stores.get(storeId) ?? pool.view.get(productCosts, [sku, storeId]) ?? noGoods({ sku, storeId, decimals, method, currency });
  pool.stores.set(storeId, { ...before, seq, quantity: before.quantity + delta });
}

const tooMuch = (): Refused => ({
  refusal: refuse("INVALID_INPUT", {
    issues: [{ path: "quantity", message: "would pass the largest quantity of the product in all stores that is exact" }],
  }),
});

/** The rows of what happened to a product's goods; refused where their quantity can't be kept exactly. */
export function writesOf({ row, amount, layers, entries, stores, exact }: Pool): readonly Write[] | Refused {
  if (!exact) return tooMuch();
  const writes: Write[] = entries.map((entry) => ({ table: costEntries.name, row: entry }));
  for (const layer of layers.values()) writes.push({ table: costLayers.name, row: layer });
  for (const [storeId, store] of stores) writes.push({ table: productCosts.name, row: store, key: keyText([row.sku, storeId]) });
  writes.push({ table: productCosts.name, row: { ...row, ...toColumns(amount) }, key: keyText(poolKey(row.sku)) });
  return writes;
}
