import { type Refusal, refuse } from "../../errors";
import { type Product, type ProductRow, products, toProduct } from "../catalog/tables";
import { keyText } from "../shared/rows";
import type { Money } from "../shared/schemas";
import { skuKeyOf } from "../shared/sku-key";
import type { CommandDefinition, Context, Decision, Need, View } from "../shared/slice";
import { levels, type MovementRow, movementPlace, movements } from "../stock/tables";
import { type Amount, amountOf, costOf, isSafe, minorUnits, rounded, share } from "./amount";
import { type ParsedCorrectCost, type ParsedSetCosting, parse } from "./commands";
import {
  type Cause,
  type Effect,
  layerAt,
  moveAt,
  note,
  noteOwn,
  openPool,
  ownedOf,
  type Pool,
  poolKey,
  poolNeeds,
  push,
  type Remark,
  setLayer,
  takeIn,
  takeOut,
  writesOf,
} from "./pool";
import { type CostEntryRow, costEntries, costLayers, productCosts } from "./tables";

/** What became of a product's costing. */
export interface CostingResult {
  readonly product: Product;
}

/** Where a correction went: what of it goods that are still here cost more, and what of it those that are gone. */
export interface CorrectionResult {
  readonly sku: string;
  /** The share of goods that are still here, rounded to minor units. */
  readonly inStock: Money;
  /** The share of goods that are gone, which is cost of goods sold; the rest. */
  readonly costOfGoodsSold: Money;
}

export const setCosting: CommandDefinition<ParsedSetCosting, CostingResult> = {
  name: "costing.set",
  parse: parse.setCosting,
  refusals: ["UNKNOWN_PRODUCT", "INVALID_STATE", "INVALID_INPUT"],
  needs(input, view) {
    const product = view.get(products, [skuKeyOf(input.sku)]);
    if (!product) return [{ table: products, key: [skuKeyOf(input.sku)] }];
    const at = { table: levels, where: { sku: product.sku } };
    return [
      at,
      ...poolNeeds(
        product.sku,
        view.find(levels, at.where).map(({ storeId }) => storeId),
        view,
      ),
    ];
  },
  decide(view, input, context) {
    const before = view.get(products, [skuKeyOf(input.sku)]);
    if (!before) return { refusal: refuse("UNKNOWN_PRODUCT", { sku: input.sku }) };
    const known = view.get(productCosts, poolKey(before.sku));
    const currency = known?.currency ?? input.currency;
    if (currency !== input.currency)
      return { refusal: refuse("INVALID_STATE", { entity: "product", key: before.sku, state: `costed in ${currency}` }) };
    if (known && input.unitCost)
      return {
        refusal: refuse("INVALID_INPUT", { issues: [{ path: "unitCost", message: "is known of a product that is costed already" }] }),
      };
    const { seq, now } = context;
    const row: ProductRow = { ...before, seq, updatedAt: now, costing: input.method, costingCurrency: currency };
    const pool = openPool(view, row, seq);
    if (known) changeMethod(pool, input.method, context);
    else openStock(pool, row, input.unitCost?.amount, context);
    const writes = writesOf(pool);
    if ("refusal" in writes) return writes;
    return { writes: [{ table: products.name, row }, ...writes], result: { product: toProduct(row) } };
  },
};

/** Takes in what is there already: at what the caller says, else at the product's cost, else at an unknown one. */
function openStock(pool: Pool, product: ProductRow, unitCost: number | undefined, { seq, now }: Context): void {
  const cost = unitCost ?? (product.costCurrency === product.costingCurrency ? product.costAmount : null);
  const here = pool.view.find(levels, { sku: product.sku }).filter(({ onHand }) => onHand !== 0);
  // Goods before debts: what one store has too little of stands in another.
  const ordered = [...here].sort((a, b) => b.onHand - a.onHand);
  for (const [line, { storeId, onHand }] of ordered.entries()) {
    const cause: Cause = { seq, line, kind: "opening", storeId, movementSeq: seq, movementLine: line, occurredAt: now };
    const amount = cost === null ? undefined : costOf(onHand, product.decimals, minorUnits(cost));
    const effect = onHand > 0 ? takeIn(pool, [{ quantity: onHand, amount }], cause) : takeOut(pool, -onHand, cause);
    moveAt(pool, storeId, onHand);
    noteOwn(pool, cause, effect, onHand);
  }
}

/** The goods that are here become one layer, or its layers one sum. Debts stay as they are. */
function changeMethod(pool: Pool, method: ParsedSetCosting["method"], { seq, now }: Context): void {
  const { row } = pool;
  if (row.method === method) return;
  row.method = method;
  if (row.quantity <= 0) return;
  row.firstLayer = row.nextLayer;
  if (method === "average") return;
  const cause: Cause = { seq, line: 0, kind: "opening", storeId: "", movementSeq: seq, movementLine: 0, occurredAt: now };
  if (row.unknown > 0) push(pool, { quantity: row.unknown, amount: undefined }, cause);
  if (row.quantity > row.unknown) push(pool, { quantity: row.quantity - row.unknown, amount: pool.amount }, cause);
}

export const correctCost: CommandDefinition<ParsedCorrectCost, CorrectionResult> = {
  name: "costing.correct",
  parse: parse.correct,
  refusals: ["UNKNOWN_MOVEMENT", "INVALID_STATE", "INVALID_INPUT"],
  needs(input, view) {
    const place = movementPlace(input.id);
    if (!place) return [];
    const key = [place.seq, place.line];
    const needs: Need[] = [
      { table: movements, key },
      { table: movements, where: { reverses: input.id } },
      { table: costEntries, where: { movementSeq: place.seq, movementLine: place.line } },
    ];
    const row = view.get(movements, key);
    if (!row) return needs;
    needs.push({ table: products, key: [skuKeyOf(row.sku)] }, ...poolNeeds(row.sku, [], view));
    const layer = ownEntry(view, row)?.layer ?? null;
    if (layer !== null) needs.push({ table: costLayers, key: [row.sku, layer] });
    return needs;
  },
  decide(view, input, context) {
    const place = movementPlace(input.id);
    const row = place && view.get(movements, keyText([place.seq, place.line]));
    if (!row) return { refusal: refuse("UNKNOWN_MOVEMENT", { id: input.id }) };
    const own = ownEntry(view, row);
    const product = view.get(products, [skuKeyOf(row.sku)]);
    const state = stateOf(view, input.id, own);
    if (!own || !product || state)
      return { refusal: refuse("INVALID_STATE", { entity: "movement", key: input.id, state: state ?? "not costed" }) };
    const { amount: more, currency } = input.amount;
    const pool = openPool(view, product, context.seq);
    if (currency !== pool.row.currency) return { refusal: invalidAmount(`must be in ${pool.row.currency}, like the costs of the product`) };
    const amount = minorUnits(more);
    if (!isSafe(pool.amount + amount)) return { refusal: invalidAmount("would pass the largest amount that is exact") };
    return correctedBy(pool, { row, own, amount, input }, context);
  },
};

const invalidAmount = (message: string): Refusal => refuse("INVALID_INPUT", { issues: [{ path: "amount", message }] });

/** The entries about a movement: its own, and what came of it later. */
const entriesOf = (view: View, { seq, line }: MovementRow): readonly CostEntryRow[] =>
  view.find(costEntries, { movementSeq: seq, movementLine: line });

const ownEntry = (view: View, row: MovementRow): CostEntryRow | undefined =>
  entriesOf(view, row).find((entry) => entry.seq === row.seq && entry.line === row.line && entry.part === 0);

/** Why what a movement cost can't be corrected. */
function stateOf(view: View, id: string, own: CostEntryRow | undefined): string | undefined {
  if (!own) return "not costed";
  if (own.quantity <= 0 || own.kind === "transferred_in") return "did not bring goods in";
  return view.find(movements, { reverses: id }).length > 0 ? "reversed" : undefined;
}

interface Correction {
  readonly row: MovementRow;
  readonly own: CostEntryRow;
  readonly amount: Amount;
  readonly input: ParsedCorrectCost;
}

/** Shares a correction out among the goods that are still here and those that are gone. What went out before keeps the cost it went out with. */
function correctedBy(pool: Pool, { row, own, amount, input }: Correction, { seq, now }: Context): Decision<CorrectionResult> {
  const { sku, currency } = pool.row;
  // Goods of unknown cost are known from the first correction on.
  const unknown = own.unknown > 0 && !entriesOf(pool.view, row).some(({ kind }) => kind === "corrected");
  const left = leftOf(pool, own, unknown);
  const inStock = share(amount, left, own.quantity);
  const gone = amount - inStock;
  const layer = pool.row.method === "fifo" && own.layer !== null ? layerAt(pool, own.layer) : undefined;
  if (layer) setLayer(pool, layer, { quantity: layer.quantity, amount: amountOf(layer) + inStock, unknown: 0 });
  pool.amount += inStock;
  if (unknown) pool.row.unknown -= left;
  const cause: Cause = {
    seq,
    line: 0,
    kind: "corrected",
    storeId: row.storeId,
    movementSeq: row.seq,
    movementLine: row.line,
    occurredAt: input.occurredAt ?? now,
  };
  const remark: Remark = {
    reason: input.reason ?? null,
    referenceType: input.reference?.type ?? null,
    referenceId: input.reference?.id ?? null,
    actor: input.actor ?? null,
  };
  const named = unknown ? own.quantity - left : 0;
  noteOwn(pool, cause, effect(amount, unknown ? -own.quantity : 0), 0, remark);
  if (left < own.quantity) note(pool, { ...cause, kind: "sold" }, effect(-gone, named), 0, remark);
  const writes = writesOf(pool);
  if ("refusal" in writes) return writes;
  const kept = rounded(inStock);
  return {
    writes,
    result: {
      sku,
      inStock: { amount: kept, currency },
      costOfGoodsSold: { amount: rounded(amount) - kept, currency },
    },
  };
}

const effect = (amount: Amount, unknown: number): Effect => ({ amount, unknown, owed: 0, layer: null });

/** How many of the goods of a movement are still here. An average does not know its goods apart: as many as can be. */
function leftOf(pool: Pool, own: CostEntryRow, unknown: boolean): number {
  if (pool.row.method === "fifo") return own.layer === null ? 0 : (layerAt(pool, own.layer)?.quantity ?? 0);
  return Math.min(unknown ? pool.row.unknown : ownedOf(pool) - pool.row.unknown, own.quantity);
}
