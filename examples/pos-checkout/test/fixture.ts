import { createInventory, type Inventory, InventoryError } from "@onhand/core";
import { type ManualClock, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import type { Cart } from "../src/cart";
import type { Journal } from "../src/journal";
import { openTill, type Till, type TillOptions } from "../src/till";

export const tea = { sku: "TEA", storeId: "berlin" };

/** What may happen to a command on its way. */
export type Fate = "arrives" | "lost" | "answer lost" | "power cut before" | "power cut after";

/** Ends a till where it stands, as pulling the plug does. */
export class PowerCut extends Error {}

/** A shop with one product, a card terminal that keeps its word, and a till whose network and power can fail. */
export interface Shop {
  readonly inventory: Inventory;
  readonly clock: ManualClock;
  /** What was taken, by key. */
  readonly charged: ReadonlyMap<string, number>;
  /** What happens next, one for each command, and to the card terminal as well. */
  readonly fates: Fate[];
  declines: boolean;
  /** Turns the till on, at whatever its journal says. */
  open(options?: Partial<TillOptions>): Promise<Till>;
}

export async function openShop(quantity: number): Promise<Shop> {
  const clock = manualClock();
  const inventory = await createInventory({ storage: memoryStorage(), clock });
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  await inventory.products.create({ sku: "TEA", name: "Green tea", barcode: "4006381333931", price: { amount: 499, currency: "EUR" } });
  await inventory.stock.receive({ ...tea, quantity });
  const charged = new Map<string, number>();
  const fates: Fate[] = [];
  const written: { cart?: Cart } = {};
  let ids = 0;

  async function suffer<T>(step: () => Promise<T>): Promise<T> {
    const fate = fates.shift() ?? "arrives";
    if (fate === "power cut before") throw new PowerCut();
    if (fate === "lost") throw new InventoryError("STORAGE_UNAVAILABLE", { reason: "no network" });
    const answer = await step();
    if (fate === "power cut after") throw new PowerCut();
    if (fate === "answer lost") throw new InventoryError("OUTCOME_UNKNOWN", {});
    return answer;
  }

  const journal: Journal = {
    load: async () => written.cart,
    save: async (cart) => {
      written.cart = structuredClone(cart);
    },
  };

  const shop: Shop = {
    inventory,
    clock,
    charged,
    fates,
    declines: false,
    open: (options) =>
      openTill({
        storeId: "berlin",
        execute: (command, input) => suffer(() => inventory.execute(command, input)),
        productOf: async (code) => {
          const { items } = await inventory.products.list({ search: code });
          return items.find(({ sku, barcode }) => sku === code || barcode === code);
        },
        charge: (amount, key) =>
          suffer(async () => {
            if (shop.declines && !charged.has(key)) return "declined";
            charged.set(key, amount);
            return "taken";
          }),
        journal,
        newId: () => `cart-${++ids}`,
        pause: async () => undefined,
        ...options,
      }),
  };
  return shop;
}
