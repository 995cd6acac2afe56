import type { Preset } from "./preset";

/** The classic file: `ProductID,Quantity`. */
export const classic: Preset = {
  name: "classic",
  kinds: ["products", "levels"],
  requires: [
    ["ProductID", "Product", "SKU"],
    ["Quantity", "Qty"],
  ],
  fields: { sku: ["ProductID", "SKU", "Product"], name: ["Name", "Product Name"], quantity: ["Quantity", "Qty"] },
  writes: {
    products: [
      ["ProductID", "sku"],
      ["Product Name", "name"],
      ["Quantity", { text: "" }],
    ],
    levels: [
      ["ProductID", "sku"],
      ["Quantity", "quantity"],
    ],
  },
};
