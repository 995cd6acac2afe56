import { type CreateProduct, InventoryError, isInventoryError, type Product } from "@onhand/core";
import { skuKeyOf } from "@onhand/core/protocol";
import type { Reading } from "./map/money";
import { readProduct } from "./map/product";
import { type ImportOptions, type Item, itemsOf, type Job, type Run, runImport, stoppedAt, type Target, tellFate } from "./run/job";
import type { Fate, ImportReport, Reporter } from "./run/report";
import { settle } from "./run/settle";
import type { Source } from "./source/source";

/** How products are imported. */
export interface ImportProductsOptions extends ImportOptions {
  /** `"create"` refuses SKUs that exist, `"update"` refuses those that don't, `"upsert"` takes both. There is no default. */
  readonly mode: "create" | "update" | "upsert";
  /** The ISO 4217 code of amounts in a file that names none. Without it such amounts are left out, with a warning. */
  readonly currency?: string;
}

interface ProductItem extends Item {
  readonly product: CreateProduct;
}

const modes = ["create", "update", "upsert"];
const batchSize = 200;

/**
 * Imports products from a CSV or XLSX file.
 *
 * What a file leaves empty stays as it is. Attributes are added to those there are. A product that is already as the file says is
 * `unchanged`. Repeating an import of the same file with the same options applies no line twice, also when it was cut short, and
 * also when somebody changed the product since.
 *
 * @param source - the file; it is read two or three times.
 * @returns what became of each line, in numbers, with the first 1,000 problems.
 * @throws {@link InventoryError} `INVALID_INPUT` when it is no such file, or with one issue per bad line when `onError` is `"refuse"`; then nothing was applied.
 * @throws {@link InventoryError} `INVALID_STATE` when somebody else's change between check and application refuses a line that was good; `cause` says which.
 * @example
 * const report = await importProducts(inventory, await openAsBlob("products_export.csv"), {
 *   preset: "shopify-products", mode: "upsert", onError: "skip", currency: "EUR",
 * });
 * @see docs/guides/import-export.md
 */
export function importProducts(inventory: Target, source: Source, options: ImportProductsOptions): Promise<ImportReport> {
  if (!modes.includes(options.mode)) throw new TypeError(`mode must be one of ${modes.join(", ")}`);
  return runImport("products", source, options, [options.mode, options.currency], (run) => productJob(inventory, run, options));
}

function productJob(inventory: Target, { file, id }: Run, options: ImportProductsOptions): Job<ProductItem> {
  const reading: Reading = { currency: options.currency, decimal: options.decimal ?? file.preset.decimal };
  const actor = options.actor === undefined ? {} : { actor: options.actor };

  async function existing(sku: string): Promise<Product | undefined> {
    try {
      return await inventory.products.get(sku);
    } catch (error) {
      if (isInventoryError(error, "UNKNOWN_PRODUCT")) return undefined;
      throw error;
    }
  }

  /** What would happen, on the products there are and those the file made so far. */
  function foretell(product: CreateProduct, before: CreateProduct | Product | undefined): Fate {
    if (!before) {
      if (options.mode === "update") throw new InventoryError("UNKNOWN_PRODUCT", { sku: product.sku });
      return "applied";
    }
    if (saysAll(before, product)) return "unchanged";
    if (options.mode === "create") throw new InventoryError("ALREADY_EXISTS", { entity: "product", key: before.sku });
    requireSameDecimals(product, before);
    return "applied";
  }

  async function write(item: ProductItem): Promise<Fate> {
    const { product, line } = item;
    const before = await existing(product.sku);
    if (before && saysAll(before, product)) return "unchanged";
    if (options.mode !== "update") {
      const created = await create(product, `${id}:${line}:c`, before !== undefined && options.mode === "upsert");
      if (created) return created;
    }
    if (before) requireSameDecimals(product, before);
    return update(product, `${id}:${line}:u`, before);
  }

  /** Also where the product exists: an earlier run of this line may have made it, and must not be followed by an update. */
  async function create(product: CreateProduct, key: string, mayExist: boolean): Promise<Fate | undefined> {
    try {
      const { replayed } = await settle(key, (idempotencyKey) => inventory.products.create({ ...product, ...actor, idempotencyKey }));
      return replayed ? "replayed" : "applied";
    } catch (error) {
      if (mayExist && isInventoryError(error, "ALREADY_EXISTS")) return undefined;
      throw error;
    }
  }

  async function update({ sku, decimals: _, ...fields }: CreateProduct, key: string, before: Product | undefined): Promise<Fate> {
    const attributes = fields.attributes && { attributes: { ...before?.attributes, ...fields.attributes } };
    try {
      const { replayed } = await settle(key, (idempotencyKey) =>
        inventory.products.update(sku, { ...fields, ...attributes, ...actor, idempotencyKey }),
      );
      return replayed ? "replayed" : "applied";
    } catch (error) {
      // An earlier run of this line found other attributes to add to.
      if (isInventoryError(error, "IDEMPOTENCY_MISMATCH")) return "replayed";
      throw error;
    }
  }

  async function applyBatch(batch: readonly ProductItem[], reporter: Reporter): Promise<void> {
    await Promise.all(
      batch.map((item) => tellFate(item, reporter, () => write(item), options.onError === "refuse" ? stoppedAt(item.line, id) : undefined)),
    );
  }

  return {
    items: (records, reporter) =>
      itemsOf(records, reporter, (record, findings) => {
        const product = readProduct(record, reading, findings);
        return product && { line: record.line, weight: 1, product };
      }),

    async check(items, reporter) {
      const made = createMemory();
      for await (const item of items) {
        const key = skuKeyOf(item.product.sku);
        await tellFate(item, reporter, async () => {
          const before = made.get(key) ?? (await existing(item.product.sku));
          const fate = foretell(item.product, before);
          if (fate === "applied") made.set(key, { ...before, ...item.product });
          return fate;
        });
      }
    },

    async apply(items, reporter) {
      let batch = new Map<string, ProductItem>();
      for await (const item of items) {
        const key = skuKeyOf(item.product.sku);
        // Lines about one product take their turns.
        if (batch.size === batchSize || batch.has(key)) {
          await applyBatch([...batch.values()], reporter);
          batch = new Map();
        }
        batch.set(key, item);
      }
      await applyBatch([...batch.values()], reporter);
    },
  };
}

const maximumRemembered = 1_000_000;

/** What the lines so far would have made. It grows with the file, so it is bounded, and says so. */
function createMemory() {
  const made = new Map<string, CreateProduct>();
  return {
    get: (key: string) => made.get(key),
    set(key: string, product: CreateProduct) {
      if (made.size === maximumRemembered && !made.has(key))
        throw new InventoryError("UNSUPPORTED", {
          feature: `checking more than ${maximumRemembered} new products before applying any; split the file, or skip bad lines instead`,
        });
      made.set(key, product);
    },
  };
}

function requireSameDecimals({ decimals }: CreateProduct, before: CreateProduct | Product): void {
  if (decimals === undefined || decimals === (before.decimals ?? 0)) return;
  throw new InventoryError("INVALID_INPUT", {
    issues: [{ path: "decimals", message: `must stay ${before.decimals ?? 0}; it never changes` }],
  });
}

/** Whether a product says everything a line says. */
function saysAll(product: CreateProduct | Product, line: CreateProduct): boolean {
  return Object.entries(line).every(([field, value]) => {
    const own = (product as Readonly<Record<string, unknown>>)[field];
    if (field === "sku") return true;
    if (field !== "attributes") return JSON.stringify(own) === JSON.stringify(tidy(value));
    const attributes = (own ?? {}) as Readonly<Record<string, unknown>>;
    return Object.entries(value as object).every(([name, entry]) => JSON.stringify(attributes[name]) === JSON.stringify(entry));
  });
}

/** Text as the inventory keeps it. */
const tidy = (value: unknown): unknown => (typeof value === "string" ? value.trim().normalize("NFC") : value);
