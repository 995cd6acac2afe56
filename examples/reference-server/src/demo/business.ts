import { type Inventory, isInventoryError, type Reference, type Stop } from "@onhand/core";
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

const actor = "demo";
const warehouse = "lager";

// Out of 1, how often a visit is not a sale.
const returnShare = 0.04;
const damageShare = 0.015;
const customersAtOnce = 32;

interface Habit {
  /** How often it is picked, compared with the others. */
  readonly weight: number;
  /** The most that one customer takes. */
  readonly takes: number;
  /** With less than this on the shelf, somebody may fetch more. */
  readonly refillBelow: number;
  readonly refill: readonly [from: number, to: number];
  readonly delivery: readonly [from: number, to: number];
}

const habits: Readonly<Record<Pace, Habit>> = {
  staple: { weight: 8, takes: 3, refillBelow: 8, refill: [10, 24], delivery: [60, 160] },
  steady: { weight: 3, takes: 1, refillBelow: 4, refill: [4, 10], delivery: [20, 50] },
  slow: { weight: 1, takes: 1, refillBelow: 2, refill: [1, 3], delivery: [4, 12] },
};

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
    const item = basket.pick();
    receipts++;
    const reference = { type: "receipt", id: `${storeId.slice(0, 3).toUpperCase()}-${String(receipts).padStart(6, "0")}` };
    const at = { sku: item.product.sku, storeId, actor };
    const luck = random.next();
    // Of what is kept by lot, whoever brings some back or breaks some would have to say which; here they only buy.
    if (item.product.tracking === "lot") await buy(item, storeId, reference).catch((error) => fillEmptyShelf(error, item, storeId));
    else if (luck < damageShare) await inventory.stock.adjust({ ...at, delta: -1, reason: "damaged" });
    else if (luck < damageShare + returnShare) await inventory.stock.return({ ...at, quantity: 1, reference });
    else await buy(item, storeId, reference).catch((error) => fillEmptyShelf(error, item, storeId));
  }

  /** A customer who finds an empty shelf leaves; often enough somebody notices. */
  async function fillEmptyShelf(error: unknown, item: DemoProduct, storeId: string): Promise<void> {
    if (!isInventoryError(error, "INSUFFICIENT_STOCK")) throw error;
    if (random.chance(0.25)) await refill(item, storeId);
  }

  async function buy({ product, pace }: DemoProduct, storeId: string, reference: Reference): Promise<void> {
    const quantity = random.between(1, habits[pace].takes);
    const { levels } = await inventory.stock.sell({ sku: product.sku, storeId, quantity, reference, actor });
    const shelf = levels[0];
    if (shelf && shelf.available < habits[pace].refillBelow && random.chance(0.5)) await refill({ product, pace }, storeId);
  }

  /** From the warehouse while it has some, else a delivery to the warehouse that the next refill draws on. */
  async function refill({ product: { sku, tracking }, pace }: DemoProduct, storeId: string): Promise<void> {
    const { available } = await inventory.stock.level({ sku, storeId: warehouse });
    const quantity = random.between(...habits[pace].refill);
    if (available >= quantity) {
      await inventory.stock.transfer({ sku, from: warehouse, to: storeId, quantity, actor });
      return;
    }
    const reference = { type: "delivery", id: `DN-${String(receipts).padStart(6, "0")}` };
    const delivered = random.between(...habits[pace].delivery);
    const lots = tracking === "lot" ? [{ lot: reference.id, quantity: delivered }] : undefined;
    await inventory.stock.receive({ sku, storeId: warehouse, quantity: delivered, reference, actor, ...(lots && { lots }) });
  }

  if (business.customersPerSecond > 0) nextCustomer();
  return async () => {
    open = false;
    stopWaiting();
    await Promise.all(inside);
  };
}

/** Picks products as often as they sell. */
function createBasket(products: readonly DemoProduct[], random: Random): { pick(): DemoProduct } {
  const drawers = (Object.keys(habits) as Pace[])
    .map((pace) => ({ pace, items: products.filter((product) => product.pace === pace) }))
    .filter(({ items }) => items.length > 0)
    .flatMap(({ pace, items }) => Array<readonly DemoProduct[]>(habits[pace].weight).fill(items));
  return { pick: () => random.pick(random.pick(drawers)) };
}
