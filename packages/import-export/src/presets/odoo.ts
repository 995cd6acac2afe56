import type { Preset } from "./preset";

/**
 * Product templates as Odoo imports and exports them. Services are no stock.
 *
 * @see https://www.odoo.com/documentation/18.0/applications/essentials/export_import_data.html
 */
export const odoo: Preset = {
  name: "odoo",
  kinds: ["products"],
  requires: ["Name", "Product Type", "Internal Reference"],
  fields: {
    sku: ["Internal Reference", "ID"],
    name: ["Name"],
    barcode: ["Barcode"],
    category: ["Product Category"],
    unit: ["Unit of Measure"],
    price: ["Sales Price"],
    cost: ["Cost"],
  },
  attributes: { odooId: "ID", description: "Sale Description" },
  ignore: [{ columns: ["Product Type"], is: ["service"], because: "a service, not stock" }],
  writes: {
    products: [
      ["ID", { attribute: "odooId" }],
      ["Name", "name"],
      ["Product Type", { text: "Goods" }],
      ["Internal Reference", "sku"],
      ["Barcode", "barcode"],
      ["Product Category", "category"],
      ["Unit of Measure", "unit"],
      ["Sales Price", "price"],
      ["Cost", "cost"],
      ["Sale Description", { attribute: "description" }],
    ],
  },
};
