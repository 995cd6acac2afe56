import type { Preset } from "./preset";

const options = ["Option1 Value", "Option2 Value", "Option3 Value"];
const without = ["Default Title"];

/**
 * Products as Shopify exports them: a row per variant, and rows for further images. A variant without a SKU gets one of its
 * handle and options, as `classic-varsity-top/Small`; the inventory export names it the same way.
 *
 * @see https://help.shopify.com/en/manual/products/import-export/using-csv
 */
export const shopifyProducts: Preset = {
  name: "shopify-products",
  kinds: ["products", "levels"],
  requires: ["Handle", "Title", "Variant SKU", "Variant Inventory Qty"],
  fields: {
    sku: ["Variant SKU", { join: ["Handle", ...options], with: "/", without }],
    name: [{ join: ["Title", ...options], with: " / ", without }],
    barcode: ["Variant Barcode"],
    category: ["Type"],
    supplierId: ["Vendor"],
    price: ["Variant Price"],
    cost: ["Cost per item"],
    quantity: ["Variant Inventory Qty"],
  },
  attributes: { image: "Image Src" },
  ignore: [{ columns: ["Variant SKU", "Variant Price", "Variant Inventory Qty", ...options], because: "a further image of a product" }],
  apostropheBeforeBarcode: true,
  inherit: { key: "Handle", by: "Handle", columns: ["Title", "Type", "Vendor"] },
  writes: {
    products: [
      ["Handle", "sku"],
      ["Title", "name"],
      ["Vendor", "supplierId"],
      ["Type", "category"],
      ["Option1 Name", { text: "Title" }],
      ["Option1 Value", { text: "Default Title" }],
      ["Variant SKU", "sku"],
      ["Variant Inventory Tracker", { text: "shopify" }],
      ["Variant Inventory Qty", { text: "" }],
      ["Variant Price", "price"],
      ["Variant Barcode", "barcode"],
      ["Image Src", { attribute: "image" }],
      ["Cost per item", "cost"],
    ],
    levels: [
      ["Handle", "sku"],
      ["Title", "name"],
      ["Option1 Name", { text: "Title" }],
      ["Option1 Value", { text: "Default Title" }],
      ["Variant SKU", "sku"],
      ["Variant Inventory Tracker", { text: "shopify" }],
      ["Variant Inventory Qty", "quantity"],
    ],
  },
};
