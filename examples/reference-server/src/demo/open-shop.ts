import { type Inventory, InventoryError, isInventoryError, type StockLine } from "@onhand/core";
import { type DemoProduct, demoProducts, demoStores, type Pace } from "./catalogue";
import { pastOf } from "./past";
import { createRandom, type Random } from "./random";
import { startTrade } from "./trade";

const linesPerDelivery = 500;
const creationsAtOnce = 500;
const dayMs = 86_400_000;
const warehouse = "lager";

/** How many of each the shop likes to have at each place. */
const shelfSizes = {
  staple: { shop: [14, 48], warehouse: [40, 180] },
  steady: { shop: [3, 14], warehouse: [6, 40] },
  slow: { shop: [1, 4], warehouse: [1, 8] },
} as const satisfies Record<Pace, object>;

const missingShares = { staple: 0.04, steady: 0.15, slow: 0.5 } as const satisfies Record<Pace, number>;

/**
 * Creates the demo shop's stores and products, the sales of its last weeks and what is on its shelves today, orders, transfers and all,
 * unless it is there already.
 *
 * Every step has an idempotency key, so opening the same shop anew on the same ledger changes nothing.
 *
 * @throws {@link InventoryError} `INVALID_STATE` when the ledger has stores of its own: made-up stock has no place among real stock.
 */
export async function openShop(
  inventory: Inventory,
  shop: { readonly products: readonly DemoProduct[]; readonly seed: number },
): Promise<void> {
  await refuseOthersStock(inventory);
  const random = createRandom(shop.seed);
  for (const store of demoStores) await unlessThere(inventory.stores.create(store));
  for (const some of chunks(shop.products, creationsAtOnce)) {
    await Promise.all(some.map(({ product }) => unlessThere(inventory.products.create(product))));
  }
  // By the ledger's own word, so that opening it again tells of the same days.
  const { createdAt: openedAt } = await inventory.stores.get(warehouse);
  const known = demoProducts.slice(0, shop.products.length);
  await book(inventory, pastOf(known, { openedAt, random: createRandom(shop.seed) }), { name: "past", ...shop });
  await book(
    inventory,
    shop.products.flatMap((product) => firstDelivery(product, { random, openedAt })),
    { name: "opening", ...shop },
  );
  await startTrade(inventory, { products: known, openedAt });
}

async function book(
  inventory: Inventory,
  lines: readonly StockLine[],
  { name, products, seed }: { readonly name: string; readonly products: readonly unknown[]; readonly seed: number },
): Promise<void> {
  for (const [index, some] of chunks(lines, linesPerDelivery).entries()) {
    await inventory.stock.apply(some, {
      actor: "demo",
      reference: { type: name === "past" ? "receipts" : "delivery", id: `${name.toUpperCase()}-${index + 1}` },
      idempotencyKey: `demo-${name}-${seed}-${products.length}-${index + 1}`,
    });
  }
}

async function refuseOthersStock(inventory: Inventory): Promise<void> {
  const { items } = await inventory.stores.list({ archived: "any", limit: 1_000 });
  const other = items.find(({ id }) => !demoStores.some((store) => store.id === id));
  if (other) throw new InventoryError("INVALID_STATE", { entity: "store", key: other.id, state: "not of the demo" });
}

function firstDelivery(
  { product, pace }: DemoProduct,
  { random, openedAt }: { readonly random: Random; readonly openedAt: number },
): StockLine[] {
  return demoStores.flatMap(({ id, kind }): StockLine[] => {
    // Not every place has everything, and some shelves are empty on the first day.
    if (random.chance(missingShares[pace])) return [];
    const [from, to] = shelfSizes[pace][kind === "warehouse" ? "warehouse" : "shop"];
    const quantity = random.between(from, to);
    const lots = product.tracking === "lot" && lotsOf(quantity, openedAt);
    return [
      { type: "receive", sku: product.sku, storeId: id, quantity, ...(product.cost && { unitCost: product.cost }), ...(lots && { lots }) },
    ];
  });
}

/** What goes off soon, and what keeps for longer. */
function lotsOf(quantity: number, openedAt: number) {
  const old = Math.ceil(quantity / 3);
  return [
    { lot: "L-2417", quantity: old, expiresAt: openedAt + 9 * dayMs },
    { lot: "L-2436", quantity: quantity - old, expiresAt: openedAt + 75 * dayMs },
  ].filter((lot) => lot.quantity > 0);
}

async function unlessThere(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if (!isInventoryError(error, "ALREADY_EXISTS")) throw error;
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
