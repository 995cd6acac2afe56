import type { Preset } from "./preset";

/**
 * Products as WooCommerce exports them. A variation without a SKU gets one of its parent and attributes. Grouped products and
 * links to other shops are no stock; a variable product is only the head of its variations.
 *
 * @see https://woocommerce.com/document/product-csv-importer-exporter/
 */
export const wooCommerce: Preset = {
  name: "woocommerce",
  kinds: ["products", "levels"],
  requires: ["Type", "SKU", "Name", "Stock", "Regular price"],
  fields: {
    sku: ["SKU", { join: ["Parent", "Attribute 1 value(s)", "Attribute 2 value(s)"], with: "/" }],
    name: ["Name"],
    category: ["Categories"],
    price: ["Regular price"],
    quantity: ["Stock"],
    barcode: ["GTIN, UPC, EAN, or ISBN"],
  },
  attributes: { parent: "Parent" },
  ignore: [
    { columns: ["Type"], is: ["grouped"], because: "a group of other products" },
    { columns: ["Type"], is: ["external"], because: "a link to another shop" },
    { columns: ["Type"], is: ["variable"], because: "the head of its variations" },
  ],
  inherit: { key: "SKU", by: "Parent", columns: ["Name", "Categories"] },
  writes: {
    products: [
      ["Type", { text: "simple" }],
      ["SKU", "sku"],
      ["Name", "name"],
      ["Published", { text: "1" }],
      ["Stock", { text: "" }],
      ["Regular price", "price"],
      ["Categories", "category"],
      ["Parent", { attribute: "parent" }],
      ["GTIN, UPC, EAN, or ISBN", "barcode"],
    ],
    levels: [
      ["Type", { text: "simple" }],
      ["SKU", "sku"],
      ["Name", "name"],
      ["Stock", "quantity"],
      ["Regular price", { text: "" }],
    ],
  },
};
