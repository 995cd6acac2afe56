import { type Change, levelKey, type Movement, type Product, type StockLevel, type Store } from "@onhand/core";

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

export const movementChange = (
  seq: number,
  key: { readonly sku: string; readonly storeId: string },
  delta: number,
  line = 0,
): Change<"movement"> => {
  const value: Movement = {
    ...key,
    id: `m${seq}-${line}`,
    seq,
    line,
    type: "adjusted",
    delta,
    onHandAfter: 0,
    reservedAfter: 0,
    occurredAt: seq,
    recordedAt: seq,
  };
  return { seq, entity: "movement", key: value.id, value };
};
