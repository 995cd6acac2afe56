import { type InventoryErrorCode, type Refusal, refuse } from "../../errors";
import { products, stores } from "../catalog/tables";
import { invalid, tooFine } from "../shared/invalid";
import { toScaled } from "../shared/quantity";
import type { Write } from "../shared/rows";
import type { Money, Reference } from "../shared/schemas";
import { skuKeyOf } from "../shared/sku-key";
import type { Context, Decision, Need, Refused, View } from "../shared/slice";
import { changeIncoming } from "../stock/incoming";
import { archived, type Draft, eachLine, placeNeeds, placeOf, resultOf, type StockResult, writesOf } from "../stock/ledger";
import { otherCurrency } from "../suppliers/currency";
import { type SupplierRow, standing, suppliers, supplierTerms, unitCostOf } from "../suppliers/tables";
import {
  type OrderLine,
  orderedProducts,
  orderReference,
  type PurchaseOrder,
  type PurchaseOrderRow,
  type PurchaseOrderStatus,
  purchaseOrderId,
  purchaseOrderKey,
  purchaseOrders,
  toPurchaseOrder,
} from "./tables";

/** What every command about one order answers: how it stands, with the movements and levels it wrote. */
export interface PurchaseOrderResult extends StockResult {
  readonly purchaseOrder: PurchaseOrder;
}

/** Who changes an order. */
export interface Doer {
  readonly actor?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

export const orderRefusals = ["UNKNOWN_PURCHASE_ORDER", "INVALID_STATE"] as const satisfies InventoryErrorCode[];
export const lineRefusals = ["UNKNOWN_PRODUCT", "UNKNOWN_STORE", "INVALID_STATE", "INVALID_INPUT"] as const satisfies InventoryErrorCode[];

/** What an order begins as. */
export interface NewOrder {
  readonly place: number;
  readonly supplier: SupplierRow;
  readonly storeId: string;
  readonly lines: readonly OrderLine[];
  readonly expectedAt?: number | undefined;
  readonly reference?: Reference | undefined;
  readonly note?: string | undefined;
  readonly actor?: string | undefined;
}

export const newOrder = ({ supplier, ...order }: NewOrder, { now, seq }: Context): PurchaseOrderRow => ({
  seq,
  createdSeq: seq,
  place: order.place,
  supplierId: supplier.id,
  storeId: order.storeId,
  status: "draft",
  lines: order.lines,
  currency: supplier.currency,
  expectedAt: order.expectedAt ?? null,
  referenceType: order.reference?.type ?? null,
  referenceId: order.reference?.id ?? null,
  note: order.note ?? null,
  actor: order.actor ?? null,
  change: "created",
  createdAt: now,
  submittedAt: null,
  closedAt: null,
  updatedAt: now,
});

type Target = { readonly id: string };

function rowOf(view: View, { id }: Target): PurchaseOrderRow | undefined {
  const key = purchaseOrderKey(id);
  return key && view.get(purchaseOrders, key);
}

/** The order, and what else is needed once it is known. */
export function orderNeeds(target: Target, view: View, then: (row: PurchaseOrderRow) => readonly Need[] = () => []): readonly Need[] {
  const key = purchaseOrderKey(target.id);
  const row = rowOf(view, target);
  return key ? [{ table: purchaseOrders, key }, ...(row ? then(row) : [])] : [];
}

/** The levels an order is for. */
export const levelNeeds = (row: PurchaseOrderRow, view: View, now: number): readonly Need[] =>
  row.lines.flatMap((line) => placeNeeds(line.sku, row.storeId, view, now));

/** Finds an order that stands in one of these ways, or tells why it can't be changed. */
export function onOrder(
  view: View,
  target: Target,
  from: readonly PurchaseOrderStatus[],
  then: (row: PurchaseOrderRow) => Decision<PurchaseOrderResult>,
): Decision<PurchaseOrderResult> {
  const row = rowOf(view, target);
  if (!row) return { refusal: refuse("UNKNOWN_PURCHASE_ORDER", { id: target.id }) };
  if (!from.includes(row.status))
    return { refusal: refuse("INVALID_STATE", { entity: "purchaseOrder", key: target.id, state: row.status }) };
  return then(row);
}

/** The rows of an order as a command leaves it. `before` is what it was, where it was. */
export function orderWrites(row: PurchaseOrderRow, before?: PurchaseOrderRow): readonly Write[] {
  const known = new Set(before?.lines.map((line) => line.sku));
  const { seq, createdSeq, place } = row;
  const named = row.lines.filter((line) => !known.has(line.sku));
  return [
    { table: purchaseOrders.name, row },
    ...named.map(({ sku }) => ({ table: orderedProducts.name, row: { seq, sku, createdSeq, place } })),
  ];
}

export const accepted = (
  draft: Draft,
  row: PurchaseOrderRow,
  before: PurchaseOrderRow | undefined,
  more: readonly Write[] = [],
): Decision<PurchaseOrderResult> => ({
  writes: [...writesOf(draft), ...more, ...orderWrites(row, before)],
  result: { purchaseOrder: toPurchaseOrder(row), ...resultOf(draft) },
});

/** Changes what is on its way for an order, by a signed amount, scaled. */
export function expectGoods(draft: Draft, order: PurchaseOrderRow, goods: { sku: string; delta: number }, by: Doer): Refusal | undefined {
  if (goods.delta === 0) return undefined;
  const product = draft.view.get(products, skuKeyOf(goods.sku));
  if (!product) return refuse("UNKNOWN_PRODUCT", { sku: goods.sku });
  if (product.archived) return archived("product", product.sku);
  const place = placeOf(draft, product, order.storeId);
  if (place.refusal) return place.refusal;
  return changeIncoming(draft, place, goods.delta, { ...by, reference: orderReference(purchaseOrderId(order)) }).refusal;
}

type FoundSupplier = { readonly refusal?: undefined; readonly supplier: SupplierRow } | Refused;

/** A supplier that can be ordered from. */
export function supplierInUse(view: View, supplierId: string): FoundSupplier {
  const supplier = view.get(suppliers, [supplierId]);
  if (!supplier) return { refusal: refuse("UNKNOWN_SUPPLIER", { supplierId }) };
  if (supplier.archived) return { refusal: refuse("INVALID_STATE", { entity: "supplier", key: supplierId, state: "archived" }) };
  return { supplier };
}

export function storeRefusal(view: View, storeId: string): Refusal | undefined {
  const store = view.get(stores, [storeId]);
  if (!store) return refuse("UNKNOWN_STORE", { storeId });
  return store.archived ? archived("store", storeId) : undefined;
}

/** A line as somebody asks for it. */
export interface WantedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitCost?: Money | undefined;
}

/** Of whom and in which money is ordered. */
export type OrderTerms = Pick<PurchaseOrderRow, "supplierId" | "currency">;

/** The rows that lines of an order read. */
export const wantedNeeds = (supplierId: string, lines: readonly Pick<WantedLine, "sku">[], view: View): readonly Need[] =>
  lines.flatMap(({ sku }): readonly Need[] => {
    const productKey = [skuKeyOf(sku)];
    return [
      { table: products, key: productKey },
      { table: supplierTerms, key: [supplierId, view.get(products, productKey)?.sku ?? sku] },
    ];
  });

/** A line with what was agreed on with the supplier. */
export function orderLine(
  view: View,
  { supplierId, currency }: OrderTerms,
  wanted: WantedLine,
): { readonly refusal?: undefined; readonly line: OrderLine } | Refused {
  const product = view.get(products, skuKeyOf(wanted.sku));
  if (!product) return { refusal: refuse("UNKNOWN_PRODUCT", { sku: wanted.sku }) };
  const { sku, decimals } = product;
  if (product.archived) return { refusal: archived("product", sku) };
  const quantity = toScaled(wanted.quantity, decimals);
  if (quantity === undefined) return { refusal: tooFine("quantity", decimals) };
  const refusal = otherCurrency(currency, wanted.unitCost);
  if (refusal) return { refusal };
  const terms = standing(view.get(supplierTerms, [supplierId, sku]));
  const agreed = terms && unitCostOf(terms);
  const unitCost = wanted.unitCost ?? (otherCurrency(currency, agreed) ? undefined : agreed);
  return { line: { sku, quantity, received: 0, decimals, unitCost: unitCost ?? null, supplierSku: terms?.supplierSku ?? null } };
}

/** The lines of an order, each product once; or every line that can't be. */
export function orderLines(
  view: View,
  order: OrderTerms,
  wanted: readonly WantedLine[],
): { readonly refusal?: undefined; readonly lines: readonly OrderLine[] } | Refused {
  const lines = new Map<string, OrderLine>();
  const refusal = eachLine(wanted, (each) => {
    const found = orderLine(view, order, each);
    if (found.refusal) return found.refusal;
    if (lines.has(found.line.sku)) return invalid("sku", "is in an earlier line already");
    lines.set(found.line.sku, found.line);
    return undefined;
  });
  return refusal ? { refusal } : { lines: [...lines.values()] };
}
