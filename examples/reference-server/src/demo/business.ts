import { type Inventory, isInventoryError, type StockLevel, type StockLine, type Stop } from "@onhand/core";
import { type DemoProduct, demoStores, type Pace } from "./catalogue";
import { createRandom, type Random } from "./random";

/** What keeps a demo shop moving. */
export interface Business {
  readonly products: readonly DemoProduct[];
  readonly seed: number;
  /** About how many customers come per second. */
  readonly customersPerSecond: number;
  /** Hears of refusals that are not part of everyday business. */
  readonly onTrouble: (error: unknown) => void;
  /** Calls back after a time; a timer of Node unless given. */
  readonly after?: (ms: number, work: () => void) => Stop;
}

const nodeTimer = (ms: number, work: () => void): Stop => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};

// Out of 1, how often a visit is not a sale.
const returnShare = 0.04;
const damageShare = 0.015;
const refillBelow = 6;
const customersAtOnce = 32;

/**
 * Lets customers come, buy and sometimes bring things back; shelves that run low are filled from the warehouse, and the
 * warehouse by deliveries. Everything goes through the inventory's public commands.
 *
 * @returns what closes the shop, after the customers who are inside.
 */
export function startBusiness(inventory: Inventory, business: Business): () => Promise<void> {
  const { after = nodeTimer } = business;
  const random = createRandom(business.seed);
  const shops = demoStores.filter(({ kind }) => kind === "store").map(({ id }) => id);
  const basket = createBasket(business.products, random);
  const inside = new Set<Promise<void>>();
  let receipts = 0;
  let open = true;
  let stopWaiting: Stop = () => {};

  function nextCustomer(): void {
    // Exponential gaps, as real customers leave them, around the wanted rate.
    const gapMs = (-Math.log(1 - random.next()) * 1_000) / business.customersPerSecond;
    stopWaiting = after(gapMs, () => {
      if (!open) return;
      if (inside.size < customersAtOnce) welcome(visit());
      nextCustomer();
    });
  }

  function welcome(visiting: Promise<void>): void {
    const visitor = visiting.catch((error) => {
      if (!isInventoryError(error, "INSUFFICIENT_STOCK") && !isInventoryError(error, "STORAGE_CLOSED")) business.onTrouble(error);
    });
    inside.add(visitor);
    void visitor.then(() => inside.delete(visitor));
  }

  async function visit(): Promise<void> {
    const storeId = random.pick(shops);
    receipts++;
    const reference = { type: "receipt", id: `${storeId.slice(0, 3).toUpperCase()}-${String(receipts).padStart(6, "0")}` };
    const luck = random.next();
    const { product } = basket.pick();
    if (luck < damageShare) {
      await inventory.stock.adjust({ sku: product.sku, storeId, delta: -1, reason: "damaged", actor: "demo" });
    } else if (luck < damageShare + returnShare) {
      await inventory.stock.return({ sku: product.sku, storeId, quantity: 1, reference, actor: "demo" });
    } else {
      await buy(storeId, reference);
    }
  }

  async function buy(storeId: string, reference: { type: string; id: string }): Promise<void> {
    const { product, pace } = basket.pick();
    const quantity = pace === "staple" ? random.between(1, 3) : 1;
    try {
      const { levels } = await inventory.stock.sell({ sku: product.sku, storeId, quantity, reference, actor: "demo" });
      for (const level of levels) if (level.available < refillBelow && random.chance(0.35)) await refill(level);
    } catch (error) {
      if (!isInventoryError(error, "INSUFFICIENT_STOCK") || !random.chance(0.25)) throw error;
      await refill({ sku: product.sku, storeId });
    }
  }

  /** From the warehouse while it has some, else a delivery to the warehouse that the next refill draws on. */
  async function refill({ sku, storeId }: Pick<StockLevel, "sku" | "storeId">): Promise<void> {
    const { available } = await inventory.stock.level({ sku, storeId: "lager" });
    const wanted = random.between(6, 18);
    if (available >= wanted) {
      await inventory.stock.transfer({ sku, from: "lager", to: storeId, quantity: wanted, actor: "demo" });
      return;
    }
    const line: StockLine = { type: "receive", sku, storeId: "lager", quantity: random.between(40, 120) };
    await inventory.stock.apply([line], { actor: "demo", reference: { type: "delivery", id: `DN-${String(receipts).padStart(6, "0")}` } });
  }

  if (business.customersPerSecond > 0) nextCustomer();
  return async () => {
    open = false;
    stopWaiting();
    await Promise.all(inside);
  };
}

const weights = { staple: 8, steady: 3, slow: 1 } as const satisfies Record<Pace, number>;

/** Picks products as often as they sell. */
function createBasket(products: readonly DemoProduct[], random: Random): { pick(): DemoProduct } {
  const drawers = (Object.keys(weights) as Pace[])
    .map((pace) => ({ pace, items: products.filter((product) => product.pace === pace) }))
    .filter(({ items }) => items.length > 0)
    .flatMap(({ pace, items }) => Array<readonly DemoProduct[]>(weights[pace]).fill(items));
  return { pick: () => random.pick(random.pick(drawers)) };
}
