import type { Inventory } from "@onhand/core";
import { describe, expect, it } from "vitest";
import {
  detectFormat,
  exportLevels,
  exportProducts,
  exportStores,
  type ImportReport,
  importLevels,
  importProducts,
  importStores,
  type Kind,
  type Source,
} from "../src/index";
import { dataFile, filesBelow } from "./support/data";
import { allProducts, collected, emptyInventory, fates, onHand } from "./support/set-up";

/** Lines of a file by what becomes of them: those that are applied, ignored and refused. */
type Lines = readonly [applied: number, ignored?: number, refused?: number, unchanged?: number];

interface Expected {
  readonly preset: string;
  readonly products?: Lines;
  readonly levels?: Lines;
  readonly stores?: Lines;
  readonly warnings?: number;
  /** Carried through in a test of its own, as it takes other files first. */
  readonly elsewhere?: Kind;
  /** What can't be written back into the format. */
  readonly carriesNo?: readonly string[];
}

/** What each sample holds, counted by hand and by `cut`; a file without an entry fails. */
const expected: Readonly<Record<string, Expected>> = {
  "amazon/fba_myi_inventory_2018_excerpt.tsv": { preset: "amazon-fba", products: [3], levels: [3] },
  "odoo/product.template.csv": { preset: "odoo", products: [2, 1] },
  "openboxes/WHO_products.csv": { preset: "openboxes-products", products: [729], warnings: 729 },
  "openboxes/binLocations.csv": { preset: "openboxes-locations", stores: [40] },
  "openboxes/bostonWarehouseInventory.csv": { preset: "openboxes-inventory", products: [57], levels: [57] },
  "openboxes/chicagoWarehouseInventory.csv": { preset: "openboxes-inventory", products: [42], levels: [42] },
  "openboxes/inventoryLevels.csv": { preset: "openboxes-stock-levels", products: [52], levels: [0, 52] },
  "openboxes/locations.csv": { preset: "openboxes-locations", stores: [13, 5] },
  "openboxes/mainWarehouseInventory.csv": { preset: "openboxes-inventory", products: [57], levels: [57] },
  "openboxes/productSuppliers.csv": { preset: "openboxes-suppliers", products: [38] },
  // Four unit costs are finer than a cent.
  "openboxes/products.csv": { preset: "openboxes-products", products: [57], warnings: 4 },
  "prestashop/categories_import.csv": { preset: "prestashop-categories", elsewhere: "categories" },
  // Two references stand on two lines each: the product is the same, and two figures for one level are one too many.
  "prestashop/combinations_import.csv": { preset: "prestashop-combinations", products: [26, 0, 0, 1], levels: [25, 0, 2], warnings: 19 },
  "prestashop/combinations_import_v9_semicolon_excerpt.csv": {
    preset: "prestashop-combinations",
    products: [3],
    levels: [3],
    warnings: 2,
  },
  "prestashop/products_import.csv": { preset: "prestashop-products", products: [7], levels: [7], warnings: 7 },
  "prestashop/suppliers_import.csv": { preset: "prestashop-suppliers", elsewhere: "suppliers" },
  "prestashop/supply_orders_details_import.csv": { preset: "prestashop-supply-order-details", elsewhere: "purchaseOrderLines" },
  "prestashop/supply_orders_import.csv": { preset: "prestashop-supply-orders", elsewhere: "purchaseOrders" },
  "shopify/official_product_apparel.csv": { preset: "shopify-products", products: [22], levels: [22] },
  "shopify/official_product_home-and-garden.csv": { preset: "shopify-products", products: [21], levels: [21] },
  "shopify/official_product_jewelery.csv": { preset: "shopify-products", products: [23, 18], levels: [23, 18] },
  // The official sample has barcodes that nobody ever printed.
  "shopify/official_sample_product_template_2025.csv": { preset: "shopify-products", products: [16, 1], levels: [16, 1], warnings: 14 },
  "square/square_catalog_2locations_excerpt.csv": { preset: "square", products: [5], levels: [4, 1] },
  "woocommerce/importer_unit_test_sample.csv": { preset: "woocommerce", products: [4, 3], levels: [3, 4] },
  "woocommerce/sample_products_wc3.csv": { preset: "woocommerce", products: [20, 4], levels: [0, 24] },
};

const imports: Readonly<
  Record<"stores" | "products" | "levels", (inventory: Inventory, source: Source, dryRun: boolean) => Promise<ImportReport>>
> = {
  stores: (inventory, source, dryRun) => importStores(inventory, source, { onError: "skip", dryRun }),
  products: (inventory, source, dryRun) => importProducts(inventory, source, { mode: "upsert", onError: "skip", currency: "USD", dryRun }),
  levels: (inventory, source, dryRun) =>
    importLevels(inventory, source, { mode: "count", onError: "skip", storeId: "main", createStores: true, dryRun }),
};

const kinds = ["stores", "products", "levels"] as const;

const numbersOf = ([applied, ignored = 0, refused = 0, unchanged = 0]: Lines) => ({
  lines: applied + ignored + refused + unchanged,
  applied,
  replayed: 0,
  unchanged,
  ignored,
  refused,
});

describe.each(filesBelow("formats", /\.(?:csv|tsv|txt)$/))("%s", (path) => {
  const source = dataFile("formats", path);
  const want = expected[path];
  if (!want) throw new Error(`${path} is new: say in this test what it holds`);
  const carried = kinds.filter((kind) => want[kind]);

  it("is recognised by its header", () => {
    const format = detectFormat(source, { whole: true });
    expect(format.preset?.name).toBe(want.preset);
    expect(new Set(format.kinds)).toEqual(new Set(want.elsewhere ? [want.elsewhere] : carried));
  });

  if (want.elsewhere) return;
  it("imports what the dry run foretold, once, and proves right", async () => {
    const inventory = await emptyInventory();
    let warnings = 0;
    for (const kind of carried) {
      const head = await inventory.feed.head();
      const dry = await imports[kind](inventory, source, true);
      expect(await inventory.feed.head()).toBe(head);
      const report = await imports[kind](inventory, source, false);
      expect(fates(report)).toEqual(numbersOf(want[kind] as Lines));
      expect(report).toEqual({ ...dry, dryRun: false });
      warnings += report.problems.filter(({ severity }) => severity === "warning").length;
      const again = await imports[kind](inventory, source, false);
      expect(again).toMatchObject({ applied: 0, refused: report.refused, ignored: report.ignored });
    }
    expect(warnings).toBe(want.warnings ?? 0);
    expect((await inventory.verify()).ok).toBe(true);
  });

  it("round-trips through an export, as text and as a workbook", async () => {
    const inventory = await emptyInventory();
    for (const kind of carried) await imports[kind](inventory, source, false);
    for (const format of ["csv", "xlsx"] as const) {
      const copy = await emptyInventory();
      const options = { format, preset: want.preset };
      for (const kind of carried) {
        if (kind === "stores") await imports.stores(copy, await collected(exportStores(inventory, options)), false);
        if (kind === "products") await imports.products(copy, await collected(exportProducts(inventory, options)), false);
        if (kind === "levels" && (want.levels as Lines)[0] > 0) {
          const stores = (await inventory.stores.list()).items.length;
          const storeId = stores === 1 ? { storeId: "main" } : {};
          await imports.levels(copy, await collected(exportLevels(inventory, { ...options, ...storeId })), false);
        }
      }
      expect(await allProducts(copy)).toEqual(await allProducts(inventory));
      expect(await onHand(copy)).toEqual(await onHand(inventory));
      expect((await copy.stores.list({ limit: 1_000 })).items.map(({ id, name, kind }) => ({ id, name, kind }))).toEqual(
        (await inventory.stores.list({ limit: 1_000 })).items.map(({ id, name, kind }) => ({ id, name, kind })),
      );
    }
  });
});

it("names no file that is not there", () => {
  expect(Object.keys(expected).sort()).toEqual(filesBelow("formats", /\.(?:csv|tsv|txt)$/));
});
