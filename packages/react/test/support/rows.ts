import {
  type Alert,
  type Change,
  levelKey,
  type Movement,
  type Product,
  type PurchaseOrder,
  type Reservation,
  type StockCount,
  type StockCountLine,
  type StockLevel,
  type StockTransfer,
  type Store,
  type Supplier,
} from "@onhand/core";

export const levelChange = (seq: number, key: { readonly sku: string; readonly storeId: string }, onHand: number): Change<"level"> => {
  const value: StockLevel = { ...key, onHand, reserved: 0, available: onHand, incoming: 0, updatedAt: seq, seq };
  return { seq, entity: "level", key: levelKey(key), value };
};

export const productChange = (seq: number, sku: string, name = sku): Change<"product"> => {
  const value: Product = { sku, name, decimals: 0, backorderLimit: 0, attributes: {}, archived: false, createdAt: 1, updatedAt: seq, seq };
  return { seq, entity: "product", key: sku, value };
};

export const storeChange = (seq: number, id: string): Change<"store"> => {
  const value: Store = { id, name: id, kind: "store", archived: false, createdAt: 1, updatedAt: seq, seq };
  return { seq, entity: "store", key: id, value };
};

export const movementChange = (seq: number, key: { readonly sku: string; readonly storeId: string }, delta: number): Change<"movement"> => {
  const value: Movement = {
    ...key,
    id: `m${seq}-0`,
    seq,
    line: 0,
    type: "adjusted",
    delta,
    onHandAfter: 0,
    reservedAfter: 0,
    occurredAt: seq,
    recordedAt: seq,
  };
  return { seq, entity: "movement", key: value.id, value };
};

export const reservationChange = (seq: number, id: string, fields: Partial<Reservation> = {}): Change<"reservation"> => {
  const value: Reservation = {
    id,
    sku: "TEA",
    storeId: "berlin",
    quantity: 2,
    committed: 0,
    held: 2,
    status: "active",
    expiresAt: 1_000,
    createdAt: 1,
    updatedAt: seq,
    seq,
    ...fields,
  };
  return { seq, entity: "reservation", key: id, value };
};

export const alertChange = (seq: number, id: string, fields: Partial<Alert> = {}): Change<"alert"> => {
  const value: Alert = {
    id,
    sku: "TEA",
    storeId: "berlin",
    type: "low_stock",
    status: "active",
    quantity: 1,
    limit: 5,
    raisedAt: seq,
    updatedAt: seq,
    seq,
    ...fields,
  };
  return { seq, entity: "alert", key: id, value };
};

export const transferChange = (seq: number, id: string, fields: Partial<StockTransfer> = {}): Change<"transfer"> => {
  const line = { sku: "TEA", quantity: 2, received: 0, returned: 0, writtenOff: 0, inTransit: 2 };
  const value: StockTransfer = {
    id,
    from: "hub",
    to: "berlin",
    status: "in_transit",
    lines: [line],
    createdAt: 1,
    updatedAt: seq,
    seq,
    ...fields,
  };
  return { seq, entity: "transfer", key: id, value };
};

export const countChange = (seq: number, id: string, fields: Partial<StockCount> = {}): Change<"count"> => {
  const value: StockCount = {
    id,
    storeId: "berlin",
    status: "open",
    blind: false,
    lineCount: 2,
    countedCount: 0,
    createdAt: 1,
    updatedAt: seq,
    seq,
    ...fields,
  };
  return { seq, entity: "count", key: id, value };
};

export const countLineChange = (seq: number, countId: string, sku: string, fields: Partial<StockCountLine> = {}): Change<"countLine"> => {
  const value: StockCountLine = { countId, sku, storeId: "berlin", status: "open", tallies: [], seq, ...fields };
  return { seq, entity: "countLine", key: `${countId}/${sku}`, value };
};

export const supplierChange = (seq: number, id: string): Change<"supplier"> => {
  const value: Supplier = { id, name: id, attributes: {}, archived: false, createdAt: 1, updatedAt: seq, seq };
  return { seq, entity: "supplier", key: id, value };
};

export const purchaseOrderChange = (seq: number, id: string, fields: Partial<PurchaseOrder> = {}): Change<"purchaseOrder"> => {
  const value: PurchaseOrder = {
    id,
    supplierId: "weiss",
    storeId: "berlin",
    status: "submitted",
    lines: [{ sku: "TEA", quantity: 12, received: 0, incoming: 12 }],
    createdAt: 1,
    updatedAt: seq,
    seq,
    ...fields,
  };
  return { seq, entity: "purchaseOrder", key: id, value };
};
