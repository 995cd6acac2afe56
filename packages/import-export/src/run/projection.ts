import { checkCommand, InventoryError, type Product, type StockLine } from "@onhand/core";
import { skuKeyOf } from "@onhand/core/protocol";
import type { Target } from "./job";

/** What the levels would be, line by line, without anything being written. */
export interface Projection {
  product(sku: string): Promise<Product>;
  onHand(key: { readonly sku: string; readonly storeId: string }): Promise<number>;
  /** Books lines that stand or fall together. @throws what the ledger would refuse them with; then nothing is booked. */
  book(lines: readonly StockLine[]): Promise<void>;
  /** Lets a store be taken for one that exists. */
  addStore(storeId: string): void;
}

interface Level {
  onHand: number;
  readonly reserved: number;
}

interface Leg {
  readonly storeId: string;
  readonly amount: number;
  readonly absolute?: true;
  readonly field: string;
}

/** What each kind of line does to which level. */
const legsOf: { readonly [Type in StockLine["type"]]: (line: Extract<StockLine, { type: Type }>) => readonly Leg[] } = {
  receive: ({ storeId, quantity }) => [{ storeId, amount: quantity, field: "quantity" }],
  sell: ({ storeId, quantity }) => [{ storeId, amount: -quantity, field: "quantity" }],
  return: ({ storeId, quantity }) => [{ storeId, amount: quantity, field: "quantity" }],
  adjust: ({ storeId, delta }) => [{ storeId, amount: delta, field: "delta" }],
  count: ({ storeId, counted }) => [{ storeId, amount: counted, absolute: true, field: "counted" }],
  transfer: ({ from, to, quantity }) => [
    { storeId: from, amount: -quantity, field: "quantity" },
    { storeId: to, amount: quantity, field: "quantity" },
  ],
};

/** Products, stores and levels that are remembered. Checking a file takes as much memory as it touches levels, up to here. */
const maximumRemembered = 1_000_000;

/** Foretells what the ledger would say. It reads each product, store and level once. */
export function createProjection(inventory: Target): Projection {
  const products = new Map<string, Product>();
  const stores = new Map<string, boolean>();
  const levels = new Map<string, Level>();
  const newStores = new Set<string>();

  function remember<Value>(map: Map<string, Value>, key: string, value: Value): Value {
    if (map.size === maximumRemembered)
      throw new InventoryError("UNSUPPORTED", {
        feature: `checking a file that touches more than ${maximumRemembered} levels; split the file`,
      });
    map.set(key, value);
    return value;
  }

  async function product(sku: string): Promise<Product> {
    const key = skuKeyOf(sku.trim().normalize("NFC"));
    return products.get(key) ?? remember(products, key, await inventory.products.get(sku));
  }

  async function requireStore(storeId: string): Promise<void> {
    const archived = stores.get(storeId) ?? remember(stores, storeId, (await inventory.stores.get(storeId)).archived);
    if (archived) throw new InventoryError("INVALID_STATE", { entity: "store", key: storeId, state: "archived" });
  }

  /** Scaled by the product's decimals, so that sums are exact. */
  async function level({ sku, decimals }: Product, storeId: string): Promise<Level> {
    const key = `${sku}\u0000${storeId}`;
    const known = levels.get(key);
    if (known) return known;
    const { onHand, reserved } = newStores.has(storeId) ? { onHand: 0, reserved: 0 } : await inventory.stock.level({ sku, storeId });
    return remember(levels, key, { onHand: scaled(onHand, decimals), reserved: scaled(reserved, decimals) });
  }

  async function bookLine(line: StockLine, undo: (() => void)[]): Promise<void> {
    const found = await product(line.sku);
    if (found.archived) throw new InventoryError("INVALID_STATE", { entity: "product", key: found.sku, state: "archived" });
    if (line.type === "transfer" && line.from === line.to) throw invalid("to", "must be another store");
    for (const { storeId, amount, absolute, field } of (legsOf[line.type] as (line: StockLine) => readonly Leg[])(line)) {
      await requireStore(storeId);
      const change = scaled(amount, found.decimals);
      if (change / 10 ** found.decimals !== amount) throw invalid(field, `must have at most ${found.decimals} decimals and be exact`);
      const place = await level(found, storeId);
      const before = place.onHand;
      const after = absolute ? change : before + change;
      if (!Number.isSafeInteger(after)) throw invalid(field, "would pass the largest quantity that is exact");
      if (after < before && after - place.reserved < -scaled(found.backorderLimit, found.decimals))
        throw short(found, storeId, before - after, place);
      place.onHand = after;
      undo.push(() => {
        place.onHand = before;
      });
    }
  }

  return {
    product,
    async onHand({ sku, storeId }) {
      const found = await product(sku);
      await requireStore(storeId);
      return (await level(found, storeId)).onHand / 10 ** found.decimals;
    },
    async book(lines) {
      checkLines(lines);
      const undo: (() => void)[] = [];
      try {
        for (const line of lines) await bookLine(line, undo);
      } catch (error) {
        for (const back of undo.reverse()) back();
        throw error;
      }
    },
    addStore(storeId) {
      newStores.add(storeId);
      stores.set(storeId, false);
    },
  };
}

/** A line's fields are named by what they are, not by their place in a batch. */
function checkLines(lines: readonly StockLine[]): void {
  for (const { type, ...input } of lines) checkCommand(`stock.${type}`, input as Readonly<Record<string, unknown>>);
}

const scaled = (quantity: number, decimals: number): number => Math.round(quantity * 10 ** decimals) + 0;

const invalid = (path: string, message: string): InventoryError => new InventoryError("INVALID_INPUT", { issues: [{ path, message }] });

const short = ({ sku, decimals }: Product, storeId: string, requested: number, { onHand, reserved }: Level): InventoryError =>
  new InventoryError("INSUFFICIENT_STOCK", {
    sku,
    storeId,
    requested: requested / 10 ** decimals,
    available: (onHand - reserved) / 10 ** decimals,
  });
