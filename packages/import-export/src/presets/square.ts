import type { Preset } from "./preset";

/**
 * The item library of Square: a row per variation, columns per location. A variation without a SKU goes by its token. What is
 * taken is the new quantity where one was filled in, otherwise the current one.
 *
 * @see https://squareup.com/help/us/en/article/5153-import-items-online
 */
export const square: Preset = {
  name: "square",
  kinds: ["products", "levels"],
  requires: ["Token", "Item Name", "Variation Name", "SKU"],
  fields: {
    sku: ["SKU", "Token"],
    name: [{ join: ["Item Name", "Variation Name"], with: " / ", without: ["Default Title", "Regular"] }],
    barcode: ["GTIN"],
    category: ["Reporting Category", "Categories"],
    supplierId: ["Default Vendor Name"],
    price: ["Price"],
    cost: ["Default Unit Cost"],
  },
  attributes: { squareToken: "Token" },
  storeColumns: { match: [/^New Quantity (.+)$/i, /^Current Quantity (.+)$/i] },
  writes: {
    products: [
      ["Token", { attribute: "squareToken" }],
      ["Item Name", "name"],
      ["Variation Name", { text: "Regular" }],
      ["SKU", "sku"],
      ["GTIN", "barcode"],
      ["Reporting Category", "category"],
      ["Price", "price"],
      ["Default Unit Cost", "cost"],
      ["Default Vendor Name", "supplierId"],
    ],
    levels: [
      ["Token", { text: "" }],
      ["Item Name", "name"],
      ["Variation Name", { text: "Regular" }],
      ["SKU", "sku"],
    ],
  },
  writesStoreColumns: (storeId) => `Current Quantity ${storeId}`,
};
