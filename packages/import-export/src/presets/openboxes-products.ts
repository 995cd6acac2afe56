import type { Preset } from "./preset";

/**
 * Products as OpenBoxes imports and exports them. Where there is no product code, OpenBoxes makes one up; so does the import,
 * of the name, so that the same product gets the same code every time.
 *
 * @see https://help.openboxes.com
 */
export const openBoxesProducts: Preset = {
  name: "openboxes-products",
  kinds: ["products"],
  requires: ["ProductCode", "ProductType", "Name", "UnitOfMeasure"],
  fields: {
    sku: ["ProductCode", { code: ["Name"], prefix: "OB-" }],
    name: ["Name"],
    barcode: ["UPC"],
    category: ["Category"],
    supplierId: ["Vendor"],
    unit: ["UnitOfMeasure"],
    cost: ["UnitCost"],
  },
  attributes: { productType: "ProductType", tags: "Tags", coldChain: "ColdChain", manufacturer: "Manufacturer" },
  writes: {
    products: [
      ["ProductCode", "sku"],
      ["ProductType", { attribute: "productType" }],
      ["Name", "name"],
      ["Category", "category"],
      ["UnitOfMeasure", "unit"],
      ["Tags", { attribute: "tags" }],
      ["UnitCost", "cost"],
      ["ColdChain", { attribute: "coldChain" }],
      ["Manufacturer", { attribute: "manufacturer" }],
      ["Vendor", "supplierId"],
      ["UPC", "barcode"],
    ],
  },
};

/** Who supplies which product in OpenBoxes. Of several suppliers of one product the last in the file is kept. */
export const openBoxesSuppliers: Preset = {
  name: "openboxes-suppliers",
  kinds: ["products"],
  requires: ["Product Source Code", "Product Code", "Supplier Name"],
  fields: { sku: ["Product Code"], name: ["Product Name"], supplierId: ["Supplier Name"] },
  attributes: { supplierItem: "Supplier Item No", packageType: "Default Package Type", perPackage: "Quantity per Package" },
  writes: {
    products: [
      ["Product Source Code", { text: "" }],
      ["Product Code", "sku"],
      ["Product Name", "name"],
      ["Supplier Name", "supplierId"],
      ["Supplier Item No", { attribute: "supplierItem" }],
      ["Default Package Type", { attribute: "packageType" }],
      ["Quantity per Package", { attribute: "perPackage" }],
    ],
  },
};

/** What OpenBoxes wants to keep of each product: bounds, kept as attributes, and what is there where it says so. */
export const openBoxesStockLevels: Preset = {
  name: "openboxes-stock-levels",
  kinds: ["products", "levels"],
  requires: ["Product code", "Min quantity", "Reorder quantity", "Max quantity"],
  fields: { sku: ["Product code"], name: ["Product"], category: ["Category"], unit: ["Unit of measure"], quantity: ["Current quantity"] },
  attributes: { minimum: "Min quantity", reorderQuantity: "Reorder quantity", maximum: "Max quantity", shelf: "Preferred bin location" },
  writes: {
    products: [
      ["Product code", "sku"],
      ["Product", "name"],
      ["Category", "category"],
      ["Preferred bin location", { attribute: "shelf" }],
      ["Unit of measure", "unit"],
      ["Min quantity", { attribute: "minimum" }],
      ["Reorder quantity", { attribute: "reorderQuantity" }],
      ["Max quantity", { attribute: "maximum" }],
    ],
  },
};
