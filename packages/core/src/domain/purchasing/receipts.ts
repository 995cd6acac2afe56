import type { Refusal } from "../../errors";
import type { NamedLot } from "../lots/named";
import { invalid, tooFine } from "../shared/invalid";
import { toScaled } from "../shared/quantity";
import type { Write } from "../shared/rows";
import type { Money } from "../shared/schemas";
import { skuKeyOf } from "../shared/sku-key";
import type { Need, View } from "../shared/slice";
import type { Draft, EntryFacts } from "../stock/ledger";
import { addLine } from "../stock/lines";
import type { MovementRow } from "../stock/tables";
import { otherCurrency } from "../suppliers/currency";
import { type Doer, expectGoods, orderWrites } from "./order";
import {
  incomingOf,
  isOpen,
  type OrderLine,
  type OrderReceiptRow,
  orderReceipts,
  orderReference,
  type PurchaseOrderRow,
  type PurchaseOrderStatus,
  purchaseOrderId,
  purchaseOrders,
} from "./tables";

/** How an order stands whose goods come, by what of them has. */
const statusBy = (lines: readonly OrderLine[]): PurchaseOrderStatus => {
  if (lines.every((line) => line.received >= line.quantity)) return "received";
  return lines.some((line) => line.received > 0) ? "partially_received" : "submitted";
};

/** An order with other lines, as it stands by them. */
export function withReceived(
  before: PurchaseOrderRow,
  lines: readonly OrderLine[],
  { now, seq }: Draft,
  change: "received" | "reversed",
): PurchaseOrderRow {
  const status = before.status === "cancelled" ? before.status : statusBy(lines);
  const closedAt = isOpen({ status }) ? null : (before.closedAt ?? now);
  return { ...before, seq, updatedAt: now, change, lines, status, closedAt };
}

/** Goods that have come. */
export interface Delivered {
  readonly sku: string;
  readonly quantity: number;
  readonly unitCost?: Money | undefined;
  /** Of a tracked product, which lots or serial numbers. */
  readonly lots?: readonly NamedLot[] | undefined;
}

/** How a delivery is taken in. */
export interface DeliveryFacts extends Doer {
  readonly overDelivery: "refuse" | "accept";
  readonly reason?: string | undefined;
  readonly occurredAt?: number | undefined;
}

/** An order whose goods are being received, line by line. */
export interface Delivery {
  readonly draft: Draft;
  readonly order: PurchaseOrderRow;
  /** Lines as the goods so far leave them, by SKU regardless of case. */
  readonly lines: Map<string, OrderLine>;
  readonly receipts: OrderReceiptRow[];
}

export const beginDelivery = (draft: Draft, order: PurchaseOrderRow): Delivery => ({
  draft,
  order,
  lines: new Map(order.lines.map((line) => [skuKeyOf(line.sku), line])),
  receipts: [],
});

/** Books goods of one line as a movement, and takes them off what is on its way. */
export function receiveLine(delivery: Delivery, goods: Delivered, facts: DeliveryFacts): Refusal | undefined {
  const { draft, order, lines } = delivery;
  const line = lines.get(skuKeyOf(goods.sku));
  if (!line) return invalid("sku", "is not in this order");
  const quantity = toScaled(goods.quantity, line.decimals);
  if (quantity === undefined) return tooFine("quantity", line.decimals);
  const open = incomingOf(order, line);
  if (quantity > open && facts.overDelivery === "refuse")
    return invalid("quantity", 'is more than is still to come; overDelivery "accept" takes it in');
  const received = line.received + quantity;
  if (!Number.isSafeInteger(received)) return invalid("quantity", "would pass the largest quantity that is exact");
  const refusal =
    otherCurrency(order.currency, goods.unitCost) ??
    addReceipt(delivery, { ...goods, unitCost: goods.unitCost ?? line.unitCost ?? undefined }, facts) ??
    expectGoods(draft, order, { sku: line.sku, delta: -Math.min(open, quantity) }, facts);
  if (refusal) return refusal;
  lines.set(skuKeyOf(line.sku), { ...line, received });
  return undefined;
}

function addReceipt({ draft, order, receipts }: Delivery, goods: Delivered, facts: DeliveryFacts): Refusal | undefined {
  const entry: EntryFacts = { ...facts, reference: orderReference(purchaseOrderId(order)) };
  const refusal = addLine(draft, { type: "receive", storeId: order.storeId, ...goods, reason: facts.reason }, entry);
  const row = draft.entries.at(-1);
  if (!refusal && row) receipts.push(receiptOf(row, order, row.delta));
  return refusal;
}

const receiptOf = (
  { seq, line, sku, storeId, decimals }: MovementRow,
  { createdSeq, place }: OrderKey,
  delta: number,
): OrderReceiptRow => ({
  seq,
  line,
  createdSeq,
  place,
  sku,
  storeId,
  delta,
  decimals,
});

type OrderKey = Pick<PurchaseOrderRow, "createdSeq" | "place">;

/** What undoing a movement reads beside the ledger: the order it was received for, where it was. */
export function receiptNeeds(row: MovementRow, view: View): readonly Need[] {
  if (row.referenceType !== orderReference("").type) return [];
  const key = [row.seq, row.line];
  const receipt = view.get(orderReceipts, key);
  return [{ table: orderReceipts, key }, ...(receipt ? [{ table: purchaseOrders, key: [receipt.createdSeq, receipt.place] }] : [])];
}

/**
 * Takes a receipt back from its order once its movement is undone: what was received is to come again, unless the order
 * was cancelled. Undoing that in turn gives it back.
 */
export function undoReceipt(
  draft: Draft,
  undone: MovementRow,
  by: Doer,
): { readonly refusal: Refusal } | { readonly writes: readonly Write[] } {
  const entry = draft.entries.at(-1);
  const receipt = undone.referenceType === orderReference("").type && draft.view.get(orderReceipts, [undone.seq, undone.line]);
  const order = receipt && draft.view.get(purchaseOrders, [receipt.createdSeq, receipt.place]);
  if (!order || !entry) return { writes: [] };
  const delta = -receipt.delta;
  const lines = order.lines.map((line) => (line.sku === receipt.sku ? { ...line, received: line.received + delta } : line));
  const after = withReceived(order, lines, draft, "reversed");
  const sumOf = (row: PurchaseOrderRow) =>
    row.lines.reduce((sum, line) => (line.sku === receipt.sku ? sum + incomingOf(row, line) : sum), 0);
  const refusal = expectGoods(draft, order, { sku: receipt.sku, delta: sumOf(after) - sumOf(order) }, by);
  if (refusal) return { refusal };
  return { writes: [{ table: orderReceipts.name, row: receiptOf(entry, order, delta) }, ...orderWrites(after, order)] };
}
