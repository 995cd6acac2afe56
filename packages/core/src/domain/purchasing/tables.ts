import { fromScaled } from "../shared/quantity";
import type { Row } from "../shared/rows";
import type { Money, Reference } from "../shared/schemas";
import { defineTable, type EntityDefinition, type Expected } from "../shared/slice";

/** How a purchase order stands. Of `submitted` and `partially_received` ones goods are on their way. */
export const purchaseOrderStatuses = ["draft", "submitted", "partially_received", "received", "cancelled"] as const;
/** One of {@link purchaseOrderStatuses}. */
export type PurchaseOrderStatus = (typeof purchaseOrderStatuses)[number];

/** What is ordered of one product. Quantities are in the product's unit. */
export interface PurchaseOrderLine {
  readonly sku: string;
  readonly quantity: number;
  /** What of it has come; more than `quantity` where more was delivered and accepted. */
  readonly received: number;
  /** What of it is on its way: `quantity - received` while the order is open, otherwise 0. */
  readonly incoming: number;
  /** What one of it costs. */
  readonly unitCost?: Money;
  /** What the supplier calls it. */
  readonly supplierSku?: string;
}

/** An order to a supplier for one store. Times are epoch milliseconds. */
export interface PurchaseOrder {
  readonly id: string;
  readonly supplierId: string;
  readonly storeId: string;
  readonly status: PurchaseOrderStatus;
  /** One for each product. */
  readonly lines: readonly PurchaseOrderLine[];
  /** The supplier's when the order was made. */
  readonly currency?: string;
  /** When the goods should be there. */
  readonly expectedAt?: number;
  readonly reference?: Reference;
  readonly note?: string;
  /** Who made it. */
  readonly actor?: string;
  readonly createdAt: number;
  readonly submittedAt?: number;
  /** When it was received or cancelled. */
  readonly closedAt?: number;
  readonly updatedAt: number;
  /** The command that last changed it. */
  readonly seq: number;
}

/** What last happened to an order. */
export type PurchaseOrderChange = "created" | "updated" | "submitted" | "received" | "cancelled" | "reversed";

/** A line as it is kept, scaled. */
export type OrderLine = {
  readonly sku: string;
  readonly quantity: number;
  readonly received: number;
  readonly decimals: number;
  readonly unitCost: Money | null;
  readonly supplierSku: string | null;
};

export interface PurchaseOrderRow extends Row {
  /** The command that made it; with its place among the orders of that command, its id. */
  readonly createdSeq: number;
  readonly place: number;
  readonly supplierId: string;
  readonly storeId: string;
  readonly status: PurchaseOrderStatus;
  readonly lines: readonly OrderLine[];
  readonly currency: string | null;
  readonly expectedAt: number | null;
  readonly referenceType: string | null;
  readonly referenceId: string | null;
  readonly note: string | null;
  readonly actor: string | null;
  readonly change: PurchaseOrderChange;
  readonly createdAt: number;
  readonly submittedAt: number | null;
  readonly closedAt: number | null;
  readonly updatedAt: number;
}

export const purchaseOrders = defineTable<PurchaseOrderRow>({
  name: "purchase_orders",
  kind: "state",
  key: ["createdSeq", "place"],
  columns: {
    createdSeq: { type: "integer" },
    place: { type: "integer" },
    supplierId: { type: "text" },
    storeId: { type: "text" },
    status: { type: "text" },
    lines: { type: "json" },
    currency: { type: "text", nullable: true },
    expectedAt: { type: "timestamp", nullable: true },
    referenceType: { type: "text", nullable: true },
    referenceId: { type: "text", nullable: true },
    note: { type: "text", nullable: true },
    actor: { type: "text", nullable: true },
    change: { type: "text" },
    createdAt: { type: "timestamp" },
    submittedAt: { type: "timestamp", nullable: true },
    closedAt: { type: "timestamp", nullable: true },
    updatedAt: { type: "timestamp" },
  },
  indexes: [["status"], ["supplierId", "status"], ["storeId", "status"], ["referenceType", "referenceId"]],
});

/** Which orders a product was ever in: an order's lines stand in its row, where nobody can look for them. */
export interface OrderedProductRow extends Row {
  readonly sku: string;
  readonly createdSeq: number;
  readonly place: number;
}

export const orderedProducts = defineTable<OrderedProductRow>({
  name: "ordered_products",
  kind: "state",
  key: ["sku", "createdSeq", "place"],
  columns: { sku: { type: "text" }, createdSeq: { type: "integer" }, place: { type: "integer" } },
  indexes: [],
});

/** The order that a movement was received for, or that a reversal took it back from. It has the movement's key. */
export interface OrderReceiptRow extends Row {
  readonly line: number;
  readonly createdSeq: number;
  readonly place: number;
  readonly sku: string;
  readonly storeId: string;
  /** The signed effect on what is received. */
  readonly delta: number;
  readonly decimals: number;
}

export const orderReceipts = defineTable<OrderReceiptRow>({
  name: "order_receipts",
  kind: "log",
  key: ["seq", "line"],
  columns: {
    line: { type: "integer" },
    createdSeq: { type: "integer" },
    place: { type: "integer" },
    sku: { type: "text" },
    storeId: { type: "text" },
    delta: { type: "integer", scaledBy: "decimals" },
    decimals: { type: "integer" },
  },
  indexes: [["createdSeq", "place"]],
});

/** How movements and what is on its way refer to an order. */
export const orderReference = (id: string): Reference => ({ type: "purchase_order", id });

/** An order's id says which command made it. */
export const purchaseOrderId = (row: { readonly createdSeq: number; readonly place: number }): string => `po${row.createdSeq}-${row.place}`;

/** The key that an order's id names; undefined when the text is no such id. */
export function purchaseOrderKey(id: string): readonly [number, number] | undefined {
  const match = /^po([1-9]\d{0,15})-(0|[1-9]\d{0,6})$/.exec(id);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

/** The statuses in which goods are on their way. */
export const openStatuses = ["submitted", "partially_received"] as const satisfies PurchaseOrderStatus[];

export const isOpen = ({ status }: Pick<PurchaseOrderRow, "status">): boolean => status === "submitted" || status === "partially_received";

/** What of a line is on its way, scaled. */
export const incomingOf = (order: Pick<PurchaseOrderRow, "status">, line: OrderLine): number =>
  isOpen(order) ? Math.max(0, line.quantity - line.received) : 0;

/** What an order has on its way. */
export const expectedOf = (order: PurchaseOrderRow): readonly Expected[] =>
  order.lines.map((line) => ({ sku: line.sku, storeId: order.storeId, quantity: incomingOf(order, line), decimals: line.decimals }));

export function toPurchaseOrder(row: PurchaseOrderRow): PurchaseOrder {
  const { referenceType, referenceId } = row;
  return {
    id: purchaseOrderId(row),
    supplierId: row.supplierId,
    storeId: row.storeId,
    status: row.status,
    lines: row.lines.map((line) => toLine(row, line)),
    ...(row.currency !== null && { currency: row.currency }),
    ...(row.expectedAt !== null && { expectedAt: row.expectedAt }),
    ...(referenceType !== null && referenceId !== null && { reference: { type: referenceType, id: referenceId } }),
    ...(row.note !== null && { note: row.note }),
    ...(row.actor !== null && { actor: row.actor }),
    createdAt: row.createdAt,
    ...(row.submittedAt !== null && { submittedAt: row.submittedAt }),
    ...(row.closedAt !== null && { closedAt: row.closedAt }),
    updatedAt: row.updatedAt,
    seq: row.seq,
  };
}

const toLine = (order: PurchaseOrderRow, line: OrderLine): PurchaseOrderLine => ({
  sku: line.sku,
  quantity: fromScaled(line.quantity, line.decimals),
  received: fromScaled(line.received, line.decimals),
  incoming: fromScaled(incomingOf(order, line), line.decimals),
  ...(line.unitCost !== null && { unitCost: { ...line.unitCost } }),
  ...(line.supplierSku !== null && { supplierSku: line.supplierSku }),
});

export const purchaseOrderEntity: EntityDefinition = {
  table: purchaseOrders,
  entity: "purchaseOrder",
  key: (row) => purchaseOrderId(row as PurchaseOrderRow),
  value: (row) => toPurchaseOrder(row as PurchaseOrderRow),
  current: { column: "status", in: ["draft", ...openStatuses] },
};
