import { describe, expect, it } from "vitest";
import { exampleInventory } from "../../test/inventory";
import { allOf, checkLedger, days, manualClock, minutes, seededRandom } from "./index";

describe("the testing kit", () => {
  it("a manual clock stands still until it is moved", () => {
    const clock = manualClock(1_000);
    expect([clock.now(), clock.now()]).toEqual([1_000, 1_000]);
    expect(clock.advance(minutes(2))).toBe(121_000);
    clock.set(5);
    expect(clock.now()).toBe(5);
    expect(days(1)).toBe(minutes(24 * 60));
  });

  it("seeded randomness repeats, and covers its range", () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 200 }, () => random.below(10));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(new Set(draw(3))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });

  it("checkLedger passes a sound ledger with goods by weight, backorders and reversals", async () => {
    const inventory = await exampleInventory();
    await inventory.stock.receive({ sku: "BEANS", storeId: "hub", quantity: 1.25 });
    await inventory.stock.sell({ sku: "BEANS", storeId: "hub", quantity: 0.333 });
    const { movements } = await inventory.stock.sell({ sku: "GIFT-BOX", storeId: "hub", quantity: 5 });
    await inventory.stock.reverse(movements[0]?.id ?? "");
    await checkLedger(inventory);
  });

  it("checkLedger names a movement that took more than there was", async () => {
    const inventory = await exampleInventory();
    await inventory.stock.sell({ sku: "GIFT-BOX", storeId: "hub", quantity: 5 });
    await expect(checkLedger(inventory, { backorderLimitOf: () => 4 })).rejects.toThrow(/m9-0 took more than there was/);
  });

  it("allOf reads to the last page", async () => {
    const pages = [{ items: [1, 2], nextCursor: "a" }, { items: [], nextCursor: "b" }, { items: [3] }];
    expect(await allOf(async ({ cursor }) => pages[cursor === undefined ? 0 : cursor === "a" ? 1 : 2] ?? { items: [] })).toEqual([1, 2, 3]);
  });
});
