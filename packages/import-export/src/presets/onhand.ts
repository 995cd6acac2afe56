import type { Preset, Written } from "./preset";

const sku = ["sku", "product code", "item number", "article number"];
const storeId = ["storeId", "store", "location", "warehouse"];

const same = (...columns: (Written & string)[]): [string, Written][] => columns.map((column) => [column, column]);

/** Products as this package writes them. */
export const onhandProducts: Preset = {
  name: "onhand-products",
  kinds: ["products"],
  requires: [sku, "name"],
  fields: {
    sku,
    name: ["name"],
    barcode: ["barcode", "ean", "gtin", "upc"],
    category: ["category"],
    supplierId: ["supplierId", "supplier"],
    unit: ["unit"],
    decimals: ["decimals"],
    price: ["price"],
    priceCurrency: ["priceCurrency", "currency"],
    cost: ["cost"],
    costCurrency: ["costCurrency", "currency"],
    backorderLimit: ["backorderLimit"],
    attributes: ["attributes"],
  },
  writes: {
    products: same(
      "sku",
      "name",
      "barcode",
      "category",
      "supplierId",
      "unit",
      "decimals",
      "price",
      "priceCurrency",
      "cost",
      "costCurrency",
      "backorderLimit",
      "attributes",
      "archived",
      "updatedAt",
    ),
  },
};

/** Stores as this package writes them. */
export const onhandStores: Preset = {
  name: "onhand-stores",
  kinds: ["stores"],
  requires: ["storeId", "storeName"],
  fields: { storeId: ["storeId"], storeName: ["storeName"], storeKind: ["storeKind"] },
  storeKinds: { store: "store", warehouse: "warehouse", transit: "transit" },
  writes: { stores: same("storeId", "storeName", "storeKind", "archived") },
};

/** Suppliers as this package writes them. */
export const onhandSuppliers: Preset = {
  name: "onhand-suppliers",
  kinds: ["suppliers"],
  requires: ["supplierId", "supplierName"],
  fields: {
    supplierId: ["supplierId"],
    supplierName: ["supplierName"],
    contact: ["contact"],
    email: ["email"],
    phone: ["phone"],
    address: ["address"],
    currency: ["currency"],
    leadTimeDays: ["leadTimeDays"],
    attributes: ["attributes"],
  },
  writes: {
    suppliers: same(
      "supplierId",
      "supplierName",
      "contact",
      "email",
      "phone",
      "address",
      "currency",
      "leadTimeDays",
      "attributes",
      "archived",
    ),
  },
};

const orderReference = { referenceType: ["referenceType"], referenceId: ["referenceId"] };

/** Purchase orders as this package writes them: what stands above the lines. */
export const onhandPurchaseOrders: Preset = {
  name: "onhand-purchaseOrders",
  kinds: ["purchaseOrders"],
  requires: ["referenceType", "referenceId", "supplierId", "storeId", "expectedAt"],
  fields: { ...orderReference, supplierId: ["supplierId"], storeId: ["storeId"], expectedAt: ["expectedAt"], note: ["note"] },
  writes: { purchaseOrders: same("id", "referenceType", "referenceId", "supplierId", "storeId", "status", "expectedAt", "note") },
};

/** The lines of those orders. */
export const onhandPurchaseOrderLines: Preset = {
  name: "onhand-purchaseOrderLines",
  kinds: ["purchaseOrderLines"],
  requires: ["referenceType", "referenceId", sku, "quantity", "received"],
  fields: { ...orderReference, sku, quantity: ["quantity"], unitCost: ["unitCost"], unitCostCurrency: ["unitCostCurrency"] },
  writes: {
    purchaseOrderLines: same("id", "referenceType", "referenceId", "sku", "quantity", "received", "unitCost", "unitCostCurrency"),
  },
};

/** Levels as this package writes them. */
export const onhandLevels: Preset = {
  name: "onhand-levels",
  kinds: ["levels"],
  requires: [sku, storeId, ["onHand", "quantity", "qty", "counted"]],
  fields: { sku, storeId, quantity: ["onHand", "counted", "quantity", "qty"] },
  writes: {
    levels: [...same("sku", "storeId"), ["onHand", "quantity"], ...same("reserved", "available", "incoming", "updatedAt")],
  },
};

/** The ledger as this package writes it. */
export const onhandMovements: Preset = {
  name: "onhand-movements",
  kinds: ["movements"],
  requires: [sku, storeId, "type", ["delta", "quantity"]],
  fields: {
    sku,
    storeId,
    type: ["type"],
    delta: ["delta"],
    quantity: ["quantity"],
    toStoreId: ["toStoreId"],
    onHandAfter: ["onHandAfter", "counted"],
    unitCost: ["unitCost"],
    unitCostCurrency: ["unitCostCurrency", "currency"],
    unitPrice: ["unitPrice"],
    unitPriceCurrency: ["unitPriceCurrency"],
    reason: ["reason"],
    referenceType: ["referenceType"],
    referenceId: ["referenceId"],
    occurredAt: ["occurredAt"],
  },
  writes: {
    movements: same(
      "id",
      "seq",
      "occurredAt",
      "sku",
      "storeId",
      "type",
      "delta",
      "onHandAfter",
      "reservedAfter",
      "unitCost",
      "unitCostCurrency",
      "unitPrice",
      "unitPriceCurrency",
      "reason",
      "referenceType",
      "referenceId",
      "actor",
      "recordedAt",
      "reverses",
    ),
  },
};
