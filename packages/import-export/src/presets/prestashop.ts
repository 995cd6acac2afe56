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

const known = (name: string, requires: readonly string[], because: string): Preset => ({ name, kinds: [], requires, fields: {}, because });

/** Files of PrestaShop that carry nothing an inventory keeps. They are recognised, so that the refusal can say why. */
export const prestaShopOthers: readonly Preset[] = [
  known("prestashop-categories", ["Category ID", "Parent category", "Name *"], "categories are names on products, not rows of their own"),
  known("prestashop-suppliers", ["Supplier ID", "Name *", "Meta title"], "suppliers are names on products, not rows of their own"),
  known("prestashop-supply-orders", ["Supply Order ID", "Supplier ID *"], "orders to suppliers are no stock until they are received"),
  known(
    "prestashop-supply-order-details",
    ["Supply Order Reference *", "Quantity Expected *"],
    "orders to suppliers are no stock until they are received",
  ),
];
