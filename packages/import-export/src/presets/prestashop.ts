import type { Preset } from "./preset";

/**
 * Products as PrestaShop and thirty bees import them.
 *
 * @see https://docs.prestashop-project.org/1-6-documentation/user-guide/managing-advanced-parameters/csv-import-parameters
 */
export const prestaShopProducts: Preset = {
  name: "prestashop-products",
  kinds: ["products", "levels"],
  requires: ["Product ID", "Name *", ["Reference #", "Reference"], "EAN13", "Quantity"],
  fields: {
    sku: ["Reference #", "Reference", "Product ID"],
    name: ["Name *"],
    barcode: ["EAN13", "UPC"],
    category: ["Categories (x;y;z...)", "Categories (x,y,z...)"],
    supplierId: ["Supplier"],
    price: ["Price tax excluded or Price tax included", "Price tax excluded", "Price tax included"],
    cost: ["Wholesale price"],
    quantity: ["Quantity"],
  },
  attributes: { prestaShopId: "Product ID", manufacturer: "Manufacturer" },
  writes: {
    products: [
      ["Product ID", { attribute: "prestaShopId" }],
      ["Name *", "name"],
      ["Categories (x;y;z...)", "category"],
      ["Price tax excluded or Price tax included", "price"],
      ["Wholesale price", "cost"],
      ["Reference #", "sku"],
      ["Supplier", "supplierId"],
      ["Manufacturer", { attribute: "manufacturer" }],
      ["EAN13", "barcode"],
      ["Quantity", { text: "" }],
    ],
    levels: [
      ["Product ID", { text: "" }],
      ["Name *", "name"],
      ["Reference #", "sku"],
      ["EAN13", { text: "" }],
      ["Quantity", "quantity"],
    ],
  },
};

/** Variants as PrestaShop and thirty bees import them, with commas or semicolons. */
export const prestaShopCombinations: Preset = {
  name: "prestashop-combinations",
  kinds: ["products", "levels"],
  requires: ["Product ID*", "Value (Value:Position)*", "Reference", "Quantity"],
  fields: {
    sku: ["Reference"],
    name: [{ join: ["Reference", "Value (Value:Position)*"], with: " " }],
    barcode: ["EAN13", "UPC"],
    supplierId: [],
    cost: ["Wholesale price"],
    quantity: ["Quantity"],
  },
  attributes: { prestaShopId: "Product ID*", values: "Value (Value:Position)*" },
  writes: {
    products: [
      ["Product ID*", { attribute: "prestaShopId" }],
      ["Value (Value:Position)*", { attribute: "values" }],
      ["Reference", "sku"],
      ["EAN13", "barcode"],
      ["Wholesale price", "cost"],
      ["Quantity", { text: "" }],
    ],
    levels: [
      ["Product ID*", { text: "" }],
      ["Value (Value:Position)*", { text: "" }],
      ["Reference", "sku"],
      ["Quantity", "quantity"],
    ],
  },
};

/** Categories as PrestaShop and thirty bees import them. Products name them by name or number, and by their path, with strokes between. */
export const prestaShopCategories: Preset = {
  name: "prestashop-categories",
  kinds: ["categories"],
  requires: ["Category ID", "Parent category", "Name *"],
  fields: { categoryId: ["Category ID"], category: ["Name *"], parent: ["Parent category"] },
  ignore: [{ columns: ["Root category (0/1)"], is: ["1"], because: "a root, of which every category is a part" }],
  writes: {
    categories: [
      ["Category ID", { text: "" }],
      ["Active (0/1)", { text: "1" }],
      ["Name *", "category"],
      ["Parent category", "parent"],
      ["Root category (0/1)", { text: "0" }],
    ],
  },
};

/** Suppliers as PrestaShop and thirty bees import them. Products name them, orders number them. */
export const prestaShopSuppliers: Preset = {
  name: "prestashop-suppliers",
  kinds: ["suppliers"],
  requires: ["Supplier ID", "Name *", "Meta title"],
  fields: { supplierId: ["Name *"], supplierName: ["Name *"] },
  attributes: { prestaShopId: "Supplier ID", description: "Description" },
  ignore: [{ columns: ["Active (0/1)"], is: ["0"], because: "not in use" }],
  writes: {
    suppliers: [
      ["Supplier ID", { attribute: "prestaShopId" }],
      ["Active (0/1)", { text: "1" }],
      ["Name *", "supplierId"],
      ["Description", { attribute: "description" }],
      ["Meta title", { text: "" }],
    ],
  },
};

/** Orders to suppliers as PrestaShop and thirty bees import them: what stands above the lines. The currency is a number there, so it is the supplier's. */
export const prestaShopSupplyOrders: Preset = {
  name: "prestashop-supply-orders",
  kinds: ["purchaseOrders"],
  requires: ["Supply Order ID", "Supplier ID *", "Supply Order Reference *"],
  fields: {
    referenceId: ["Supply Order Reference *"],
    supplierId: ["Supplier ID *"],
    storeId: ["Warehouse ID *"],
    expectedAt: ["Delivery Date (Y-M-D)*"],
  },
  supplierAttribute: "prestaShopId",
  days: true,
  orderReference: "supply_order",
  writes: {
    purchaseOrders: [
      ["Supply Order ID", { text: "" }],
      ["Supplier ID *", "supplierId"],
      ["Warehouse ID *", "storeId"],
      ["Supply Order Reference *", "referenceId"],
      ["Delivery Date (Y-M-D)*", "expectedAt"],
    ],
  },
};

/** The lines of those orders. Products are numbered there; of variants the SKU is both numbers. */
export const prestaShopSupplyOrderDetails: Preset = {
  name: "prestashop-supply-order-details",
  kinds: ["purchaseOrderLines"],
  requires: ["Supply Order Reference *", "Product ID *", "Quantity Expected *"],
  fields: {
    referenceId: ["Supply Order Reference *"],
    sku: [{ join: ["Product ID *", "Product Attribute ID"], with: "-", without: ["0"] }],
    quantity: ["Quantity Expected *"],
    unitCost: ["Unit Price (tax excl.)*"],
  },
  orderReference: "supply_order",
  writes: {
    purchaseOrderLines: [
      ["Supply Order Reference *", "referenceId"],
      ["Product ID *", "sku"],
      ["Product Attribute ID", { text: "" }],
      ["Unit Price (tax excl.)*", "unitCost"],
      ["Quantity Expected *", "quantity"],
    ],
  },
};
