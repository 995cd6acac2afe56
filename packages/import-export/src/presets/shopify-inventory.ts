import type { Preset } from "./preset";

const options = ["Option1 Value", "Option2 Value", "Option3 Value"];
const sku = ["SKU", { join: ["Handle", ...options], with: "/", without: ["Default Title"] }] as const;
const noQuantity = ["not stocked"];
/** How a product without variants is named. */
const variant = [
  ["Handle", "sku"],
  ["Title", "name"],
  ["Option1 Name", { text: "Title" }],
  ["Option1 Value", { text: "Default Title" }],
  ["SKU", "sku"],
] as const;

/**
 * Inventory as Shopify exports it today: a row per variant and location. What is on hand is taken: the new figure where one
 * was filled in, otherwise the current one.
 *
 * @see https://help.shopify.com/en/manual/products/inventory/setup/inventory-csv
 */
export const shopifyInventoryLong: Preset = {
  name: "shopify-inventory-long",
  kinds: ["levels"],
  requires: ["Handle", "SKU", "Location", "On hand (current)"],
  fields: { sku, storeId: ["Location"], quantity: ["On hand (new)", "On hand (current)"] },
  noQuantity,
  writes: {
    levels: [
      ...variant,
      ["Location", "storeId"],
      ["Incoming (not editable)", "incoming"],
      ["Committed (not editable)", "reserved"],
      ["Available (not editable)", "available"],
      ["On hand (current)", "quantity"],
      ["On hand (new)", { text: "" }],
    ],
  },
};

/** Inventory as Shopify exported it before: a row per variant, a column per location after the fixed ones. */
export const shopifyInventoryWide: Preset = {
  name: "shopify-inventory-wide",
  kinds: ["levels"],
  requires: ["Handle", "Title", "SKU", "COO"],
  fields: { sku },
  storeColumns: {
    except: ["Handle", "Title", "Option1 Name", "Option2 Name", "Option3 Name", ...options, "SKU", "Barcode", "HS Code", "COO"],
  },
  noQuantity,
  writes: {
    levels: [...variant, ["HS Code", { text: "" }], ["COO", { text: "" }]],
  },
  writesStoreColumns: (storeId) => storeId,
};
