import type { Preset } from "./preset";

/**
 * What Amazon holds for a seller: `GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA`, separated by tabs, without quotes. On hand is what
 * stands in the warehouses, reserved and unsellable included.
 *
 * @see https://developer-docs.amazon.com/sp-api/docs/report-type-values-fba
 */
export const amazonFba: Preset = {
  name: "amazon-fba",
  kinds: ["products", "levels"],
  requires: ["sku", "fnsku", "asin", "product-name", "afn-warehouse-quantity"],
  fields: { sku: ["sku"], name: ["product-name"], price: ["your-price"], quantity: ["afn-warehouse-quantity"] },
  attributes: { asin: "asin", fnsku: "fnsku", condition: "condition" },
  delimiter: "\t",
  quotes: false,
  writes: {
    products: [
      ["sku", "sku"],
      ["fnsku", { attribute: "fnsku" }],
      ["asin", { attribute: "asin" }],
      ["product-name", "name"],
      ["condition", { attribute: "condition" }],
      ["your-price", "price"],
      ["afn-warehouse-quantity", { text: "" }],
    ],
    levels: [
      ["sku", "sku"],
      ["fnsku", { text: "" }],
      ["asin", { text: "" }],
      ["product-name", "name"],
      ["afn-warehouse-quantity", "quantity"],
    ],
  },
};

/** What a seller offers on Amazon from their own stock: `GET_FLAT_FILE_OPEN_LISTINGS_DATA`, separated by tabs, without quotes. */
export const amazonListings: Preset = {
  name: "amazon-listings",
  kinds: ["products", "levels"],
  requires: ["sku", "asin", "price", "quantity"],
  fields: { sku: ["sku"], price: ["price"], quantity: ["quantity"] },
  attributes: { asin: "asin" },
  delimiter: "\t",
  quotes: false,
  writes: {
    products: [
      ["sku", "sku"],
      ["asin", { attribute: "asin" }],
      ["price", "price"],
      ["quantity", { text: "" }],
    ],
    levels: [
      ["sku", "sku"],
      ["asin", { text: "" }],
      ["price", { text: "" }],
      ["quantity", "quantity"],
    ],
  },
};
