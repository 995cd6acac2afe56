import { type ProductRow, products } from "../catalog/tables";
import { type Key, keyText, type Write } from "../shared/rows";
import { skuKeyOf } from "../shared/sku-key";
import type { Context, Need, Reaction, Refused, View } from "../shared/slice";
import { levels, type MovementRow, type MovementType, movementPlace, movements } from "../stock/tables";
import { type Amount, amountOf, costOf, minorUnits, share } from "./amount";
import {
  type Cause,
  changeQuantity,
  changeTransit,
  type Effect,
  layerAt,
  moveAt,
  note,
  noteOwn,
  nowhere,
  openPool,
  ownedOf,
  type Parcel,
  type Pool,
  poolNeeds,
  setLayer,
  takeIn,
  takeOut,
  writesOf,
} from "./pool";
import { type CostEntryRow, costEntries, costLayers } from "./tables";

/** What of a unit's cost is known when a movement does not say it, in the order it is asked. */
type Source = "product" | "onHand" | "lastOut";

const sources = {
  received: ["product"],
  returned: ["lastOut", "onHand", "product"],
  adjusted: ["onHand", "lastOut", "product"],
  counted: ["onHand", "lastOut", "product"],
  transferred_in: ["onHand", "lastOut", "product"],
  // These take goods out: at a cost the pool knows.
  sold: [],
  transferred_out: [],
} as const satisfies Record<MovementType, readonly Source[]>;

const fromSource = {
  product: (_pool, { costAmount, costCurrency, costingCurrency, decimals }, quantity) =>
    costAmount !== null && costCurrency === costingCurrency ? costOf(quantity, decimals, minorUnits(costAmount)) : undefined,
  onHand: (pool, _product, quantity) => {
    const known = ownedOf(pool) - pool.row.unknown;
    return known > 0 ? share(pool.amount, quantity, known) : undefined;
  },
  lastOut: ({ row: { lastValue, lastMillionths } }, { decimals }, quantity) =>
    lastValue !== null && lastMillionths !== null
      ? costOf(quantity, decimals, amountOf({ value: lastValue, millionths: lastMillionths }))
      : undefined,
} as const satisfies Record<Source, (pool: Pool, product: ProductRow, quantity: number) => Amount | undefined>;

/** What goods that come in cost: what the movement says, else what is known of others like them. */
function amountIn(pool: Pool, product: ProductRow, row: MovementRow, quantity: number): Amount | undefined {
  const { unitCostAmount, unitCostCurrency } = row;
  if (unitCostAmount !== null)
    return unitCostCurrency === product.costingCurrency ? costOf(quantity, product.decimals, minorUnits(unitCostAmount)) : undefined;
  for (const source of sources[row.type]) {
    const amount = fromSource[source](pool, product, quantity);
    if (amount !== undefined) return amount;
  }
  return undefined;
}

/** A level is where a movement's product and store are named before it is decided. */
export const costedLevels: Reaction = {
  to: levels,
  needs([sku, storeId], view) {
    const product = view.get(products, skuKeyOf(sku as string));
    if (!product) return [{ table: products, key: [skuKeyOf(sku as string)] }];
    return product.costing === null ? none : poolNeeds(product.sku, [storeId as string], view);
  },
  react: () => nothing,
};

/** Every movement of a costed product has an entry in the same command. */
export const costMovements: Reaction = {
  to: movements,
  needs: (key, view) => undoneNeeds(key, view),
  react(written, view, context) {
    const row = written as MovementRow;
    const product = view.get(products, skuKeyOf(row.sku));
    return !product || product.costing === null || row.delta === 0 ? nothing : follow(row, product, view, context);
  },
};

const none: readonly Need[] = [];
const nothing: readonly Write[] = [];

/** What undoing a movement reads: how it was costed, and what became of the debt it left. */
function undoneNeeds([seq, line]: Key, view: View): readonly Need[] {
  const row = view.get(movements, [seq as number, line as number]);
  const product = row && view.get(products, skuKeyOf(row.sku));
  if (!product || product.costing === null) return none;
  const key = [seq as number, line as number, 0];
  const entry = view.get(costEntries, key);
  const needs: Need[] = [{ table: costEntries, key }];
  if (entry && entry.layer !== null) needs.push({ table: costLayers, key: [entry.sku, entry.layer] });
  return needs;
}

function follow(row: MovementRow, product: ProductRow, view: View, { seq }: Context): readonly Write[] | Refused {
  const undone = row.reverses === null ? undefined : movementPlace(row.reverses);
  const entry = undone && view.get(costEntries, keyText([undone.seq, undone.line, 0]));
  const pool = openPool(view, product, seq);
  const cause: Cause = {
    seq,
    line: row.line,
    kind: entry?.kind ?? (undone && view.get(movements, keyText([undone.seq, undone.line])))?.type ?? row.type,
    storeId: row.storeId,
    movementSeq: entry?.movementSeq ?? seq,
    movementLine: entry?.movementLine ?? row.line,
    occurredAt: row.occurredAt,
  };
  moveAt(pool, row.storeId, row.delta);
  noteOwn(pool, cause, effectOf(pool, row, product, cause, entry), row.delta);
  return writesOf(pool);
}

function effectOf(pool: Pool, row: MovementRow, product: ProductRow, cause: Cause, undone: CostEntryRow | undefined): Effect {
  if (isTransfer(cause)) return passedOn(pool, row, product, cause);
  if (row.delta < 0)
    return takeOut(pool, -row.delta, cause, undone && { layer: undone.layer, amount: undone.unknown === 0 ? amountOf(undone) : undefined });
  if (undone && undone.quantity < 0) return broughtBack(pool, undone, cause);
  return takeIn(pool, [{ quantity: row.delta, amount: amountIn(pool, product, row, row.delta) }], cause);
}

const isTransfer = ({ kind }: Cause): boolean => kind === "transferred_out" || kind === "transferred_in";

/** Goods keep their cost wherever they stand. Only what arrives without having left, since it was under way before it was costed, comes in anew. */
function passedOn(pool: Pool, row: MovementRow, product: ProductRow, cause: Cause): Effect {
  changeTransit(pool, -row.delta);
  const quantity = -pool.row.transit;
  if (quantity <= 0 || row.type !== "transferred_in") return unchanged;
  pool.row.transit = 0;
  const arrival: Cause = { ...cause, kind: "opening", storeId: nowhere };
  note(pool, arrival, takeIn(pool, [{ quantity, amount: amountIn(pool, product, row, quantity) }], arrival), quantity);
  return unchanged;
}

const unchanged: Effect = { amount: 0n, unknown: 0, owed: 0, layer: null };

/** What went out comes back at exactly the cost it left with, what was settled later included. What is still owed of it never was. */
function broughtBack(pool: Pool, undone: CostEntryRow, cause: Cause): Effect {
  const debt = undone.owed > 0 && undone.layer !== null ? debtOf(pool, undone.layer) : undefined;
  const open = debt ? -debt.quantity : 0;
  if (debt && open > 0) {
    setLayer(pool, debt, { quantity: 0, amount: amountOf(debt), unknown: debt.unknown });
    changeQuantity(pool, open);
  }
  const known: Parcel = { quantity: -undone.quantity - undone.owed + undone.unknown, amount: -amountOf(undone) };
  const settled: Parcel[] = debt ? [{ quantity: undone.owed - open - debt.unknown, amount: amountOf(debt) }] : [];
  const nameless: Parcel = { quantity: -undone.unknown + (debt?.unknown ?? 0), amount: undefined };
  return { ...takeIn(pool, [known, ...settled, nameless], cause), owed: -open };
}

/** A debt, settled or not. */
const debtOf = (pool: Pool, layer: number) => layerAt(pool, layer) ?? pool.view.get(costLayers, [pool.row.sku, layer]);
