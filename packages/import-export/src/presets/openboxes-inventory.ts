import type { Preset } from "./preset";

/** What was counted in one warehouse of OpenBoxes. Lots and shelves of one product add up. */
export const openBoxesInventory: Preset = {
  name: "openboxes-inventory",
  kinds: ["products", "levels"],
  requires: ["Product code", "Lot number", "Physical QOH"],
  fields: { sku: ["Product code"], name: ["Product name"], quantity: ["Physical QOH", "OB QOH"] },
  addUp: true,
  writes: {
    products: [
      ["Product code", "sku"],
      ["Product name", "name"],
      ["Lot number", { text: "" }],
      ["Physical QOH", { text: "" }],
    ],
    levels: [
      ["Product code", "sku"],
      ["Product name", "name"],
      ["Lot number", { text: "" }],
      ["Physical QOH", "quantity"],
    ],
  },
};
