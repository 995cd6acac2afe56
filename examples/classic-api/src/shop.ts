import { type Inventory, InventoryError, isInventoryError, type Product } from "@onhand/core";
import { type ClassicLine, classicLine } from "./classic-line";

/** The classic system knew one place. */
export const classicStore = "main";

/** The whole stock goes out with every answer, as it always did, so it must not grow without end. */
export const maximumProducts = 10_000;

const pageSize = 1_000;
const removalTries = 5;

/** What a command left behind. */
export interface Booked {
  readonly productId: string;
  readonly newQuantity: number;
}

/** A forecast in the words of the classic screen. */
export interface Outlook {
  readonly productId: string;
  readonly quantity: number;
  readonly next7Days: number;
  readonly next30Days: number;
  readonly restock: boolean;
}

/** The classic operations, each a few commands of the inventory. */
export interface Shop {
  /** Every product in use with its quantity, by id. */
  stock(): Promise<readonly ClassicLine[]>;
  /** @throws {@link InventoryError} `UNKNOWN_PRODUCT`, also for one that was removed. */
  product(productId: string): Promise<ClassicLine>;
  /** Adds to a product, which is made, or brought back, where there is none. */
  add(productId: string, quantity: number, idempotencyKey?: string): Promise<Booked>;
  /** @throws {@link InventoryError} `UNKNOWN_PRODUCT`, `INSUFFICIENT_STOCK`. */
  sell(productId: string, quantity: number, idempotencyKey?: string): Promise<Booked>;
  /** Takes what is left off the books and the product out of use. Its history stays. */
  remove(productId: string): Promise<void>;
  outlook(productId: string): Promise<Outlook>;
}

export function createShop({ products, stock, forecasts }: Pick<Inventory, "products" | "stock" | "forecasts">): Shop {
  async function inUse(productId: string): Promise<Product> {
    const product = await products.get(productId);
    if (product.archived) throw new InventoryError("UNKNOWN_PRODUCT", { sku: product.sku });
    return product;
  }

  const quantityOf = async (sku: string) => (await stock.level({ sku, storeId: classicStore })).onHand;

  async function ensureProduct(productId: string): Promise<void> {
    const known = await products.get(productId).catch((error: unknown) => {
      if (isInventoryError(error, "UNKNOWN_PRODUCT")) return undefined;
      throw error;
    });
    if (known && !known.archived) return;
    await requireRoom();
    if (known) await products.update(productId, { archived: false });
    else await createOnce(productId);
  }

  /** Somebody else may be making the same product. */
  async function createOnce(sku: string): Promise<void> {
    try {
      await products.create({ sku, name: sku });
    } catch (error) {
      if (!isInventoryError(error, "ALREADY_EXISTS")) throw error;
    }
  }

  async function requireRoom(): Promise<void> {
    if ((await everything(products.list)).length < maximumProducts) return;
    throw new InventoryError("INVALID_INPUT", {
      issues: [{ path: "product_id", message: `there are ${maximumProducts} products already` }],
    });
  }

  return {
    async stock() {
      const [listed, levels] = await Promise.all([
        everything(products.list),
        everything((page) => stock.levels({ ...page, storeId: classicStore })),
      ]);
      const quantities = new Map(levels.map(({ sku, onHand }) => [sku, onHand]));
      return listed.map(({ sku }) => classicLine(sku, quantities.get(sku)));
    },

    async product(productId) {
      const { sku } = await inUse(productId);
      return classicLine(sku, await quantityOf(sku));
    },

    async add(productId, quantity, idempotencyKey) {
      await ensureProduct(productId);
      // A product may be opened with nothing on its shelf.
      if (quantity === 0) return { productId, newQuantity: await quantityOf(productId) };
      const { levels } = await stock.receive({ sku: productId, storeId: classicStore, quantity, ...keyed(idempotencyKey) });
      return { productId, newQuantity: levels[0]?.onHand ?? quantity };
    },

    async sell(productId, quantity, idempotencyKey) {
      await inUse(productId);
      const { levels } = await stock.sell({ sku: productId, storeId: classicStore, quantity, ...keyed(idempotencyKey) });
      return { productId, newQuantity: levels[0]?.onHand ?? 0 };
    },

    async remove(productId) {
      const { sku } = await inUse(productId);
      // Between counting and archiving somebody may add more; whoever keeps doing so wants the product.
      for (let tries = 1; ; tries++) {
        try {
          if ((await quantityOf(sku)) !== 0) await stock.count({ sku, storeId: classicStore, counted: 0, reason: "removed" });
          await products.archive(sku);
          return;
        } catch (error) {
          if (!isInventoryError(error, "HAS_STOCK") || tries === removalTries) throw error;
        }
      }
    },

    async outlook(productId) {
      const { sku } = await inUse(productId);
      const at = { sku, storeId: classicStore };
      const [{ days, total }, { items }, quantity] = await Promise.all([
        forecasts.demand({ ...at, horizonDays: 30 }),
        forecasts.reorder(at),
        quantityOf(sku),
      ]);
      const week = days.slice(0, 7).reduce((sum, day) => sum + day.quantity, 0);
      return { productId: sku, quantity, next7Days: Math.round(week), next30Days: Math.round(total), restock: items.length > 0 };
    },
  };
}

const keyed = (idempotencyKey: string | undefined) => (idempotencyKey === undefined ? {} : { idempotencyKey });

/** All pages of a list. */
async function everything<Item>(
  list: (page: { limit: number; cursor?: string }) => Promise<{ items: readonly Item[]; nextCursor?: string }>,
): Promise<readonly Item[]> {
  const all: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit: pageSize, ...(cursor !== undefined && { cursor }) });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return all;
}
