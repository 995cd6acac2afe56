import { ok, strictEqual } from "node:assert/strict";
import { type Inventory, type List, levelKey, type Movement, type Product, type Reservation, type StockLevel } from "../index";

/** What {@link checkLedger} can't read from the inventory. */
export interface LedgerChecks {
  /** How far below zero `available` was ever allowed to go; the product's present limit unless given. */
  readonly backorderLimitOf?: (product: Product) => number;
}

/**
 * Reads the whole ledger and proves its invariants: ids are unique; movements stand in order of seq and line, lines
 * without gaps; every prefix adds up to what its movement says and keeps `onHand - reserved` within the backorder
 * limit; every level is the sum of its movements and of what is held of it; nothing is newer than the head; and the inventory's own `verify()` agrees.
 *
 * Nothing else may write meanwhile.
 *
 * @throws AssertionError naming the level or movement at fault.
 * @see DESIGN.md §3
 */
export async function checkLedger(
  inventory: Inventory,
  { backorderLimitOf = (product) => product.backorderLimit }: LedgerChecks = {},
): Promise<void> {
  const head = await inventory.feed.head();
  const products = new Map(
    (await allOf((page) => inventory.products.list({ ...page, archived: "any" }))).map((product) => [product.sku, product]),
  );
  const movements = await allOf((page) => inventory.stock.movements(page));
  const levels = await allOf((page) => inventory.stock.levels(page));
  const held = await allOf((page) => inventory.reservations.list({ ...page, status: "active" }));
  checkOrder(movements, head);
  checkReserved(levels, held, products);
  checkLevels(levels, foldMovements(movements, products, backorderLimitOf), head);
  const { ok: verified, mismatches } = await inventory.verify();
  ok(verified, `verify() found ${JSON.stringify(mismatches)}`);
}

/**
 * Reads a list to its end.
 *
 * @example
 * const levels = await allOf((page) => inventory.stock.levels({ ...page, storeId: "berlin" }));
 */
export async function allOf<Item>(
  read: (page: { readonly limit: number; readonly cursor?: string }) => Promise<List<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: 1_000, ...(cursor !== undefined && { cursor }) });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return items;
}

function checkOrder(movements: readonly Movement[], head: number): void {
  const ids = new Set(movements.map((movement) => movement.id));
  strictEqual(ids.size, movements.length, "two movements have the same id");
  for (const [index, movement] of movements.entries()) {
    const before = movements[index - 1];
    ok(
      Number.isSafeInteger(movement.seq) && movement.seq >= 1 && movement.seq <= head,
      `${movement.id} is outside the ledger, whose head is ${head}`,
    );
    if (before?.seq === movement.seq) strictEqual(movement.line, before.line + 1, `${movement.id} leaves a line out`);
    else {
      ok(movement.seq > (before?.seq ?? 0), `${movement.id} is out of order`);
      strictEqual(movement.line, 0, `${movement.id} is not its command's first line`);
    }
  }
}

function checkReserved(levels: readonly StockLevel[], held: readonly Reservation[], products: ReadonlyMap<string, Product>): void {
  const sums = new Map<string, number>();
  for (const reservation of held) {
    const key = levelKey(reservation);
    sums.set(key, (sums.get(key) ?? 0) + Math.round(reservation.held * 10 ** (products.get(reservation.sku)?.decimals ?? 0)));
  }
  for (const level of levels) {
    const key = levelKey(level);
    const sum = (sums.get(key) ?? 0) / 10 ** (products.get(level.sku)?.decimals ?? 0);
    strictEqual(level.reserved, sum, `the level ${key} says ${level.reserved} are reserved, its reservations hold ${sum}`);
    sums.delete(key);
  }
  strictEqual(sums.size, 0, `there is no level for what is held at ${[...sums.keys()].join(", ")}`);
}

function foldMovements(
  movements: readonly Movement[],
  products: ReadonlyMap<string, Product>,
  backorderLimitOf: (product: Product) => number,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const movement of movements) {
    const product = products.get(movement.sku);
    ok(product, `${movement.id} moves ${movement.sku}, which is no product`);
    const scale = 10 ** product.decimals;
    const key = levelKey(movement);
    const onHand = (sums.get(key) ?? 0) + Math.round(movement.delta * scale);
    sums.set(key, onHand);
    strictEqual(
      movement.onHandAfter,
      onHand / scale,
      `${movement.id} says ${movement.onHandAfter}, the ledger adds up to ${onHand / scale}`,
    );
    const available = movement.onHandAfter - movement.reservedAfter;
    ok(
      movement.delta >= 0 || available >= -backorderLimitOf(product),
      `${movement.id} took more than there was: ${available} is left at ${key}`,
    );
  }
  return new Map(
    Array.from(sums, ([key, sum]) => [key, sum / 10 ** (products.get(decodeURIComponent(key.split("/")[0] as string))?.decimals ?? 0)]),
  );
}

function checkLevels(levels: readonly StockLevel[], sums: ReadonlyMap<string, number>, head: number): void {
  const unseen = new Map(sums);
  for (const level of levels) {
    const key = levelKey(level);
    strictEqual(level.onHand, sums.get(key) ?? 0, `the level ${key} says ${level.onHand}, its movements add up to ${sums.get(key) ?? 0}`);
    ok(level.seq <= head, `the level ${key} is newer than the head`);
    unseen.delete(key);
  }
  for (const [key, sum] of unseen) strictEqual(sum, 0, `there is no level ${key}, its movements add up to ${sum}`);
}
