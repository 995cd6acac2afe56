import type { Inventory } from "@onhand/core";
import { expect } from "vitest";
import { changedMind, type Ordering, shelf } from "./shop";

/** An order and its stock are kept together, vanish together, and listeners hear of what was kept alone. */
export async function expectTogether(inventory: Inventory, { order, kept }: Ordering): Promise<void> {
  const heard: number[] = [];
  let stop = () => {};
  const heardLast = new Promise<void>((resolve) => {
    stop = inventory.on("stock.changed", ({ level }) => {
      heard.push(level.onHand);
      if (level.onHand === 1) resolve();
    });
  });
  const onHand = async () => (await inventory.stock.level(shelf)).onHand;

  await order(1, 3);
  expect([await kept(), await onHand()]).toEqual([[1], 7]);

  await expect(order(2, 4, true)).rejects.toThrow(changedMind);
  expect([await kept(), await onHand()]).toEqual([[1], 7]);

  await expect(order(3, 8)).rejects.toMatchObject({ code: "INSUFFICIENT_STOCK", details: { requested: 8, available: 7 } });
  expect([await kept(), await onHand()]).toEqual([[1], 7]);

  await order(4, 7);
  expect([await kept(), await onHand()]).toEqual([[1, 4], 0]);
  expect(await inventory.verify()).toMatchObject({ ok: true });

  // Listeners hear in order, so whoever has heard of this has heard of all before it.
  await inventory.stock.receive({ ...shelf, quantity: 1 });
  const { items } = await inventory.feed.since(0);
  expect(items.filter(({ entity }) => entity === "movement").map(({ value }) => (value as { delta: number }).delta)).toEqual([
    10, -3, -7, 1,
  ]);
  await heardLast;
  stop();
  expect(heard).not.toContain(3);
}
