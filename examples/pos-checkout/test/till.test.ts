import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isInventoryError } from "@onhand/core";
import { allOf, minutes } from "@onhand/core/testing";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { emptyCart, totalOf } from "../src/cart";
import { fileJournal } from "../src/journal";
import { type Fate, openShop, PowerCut, type Shop, tea } from "./fixture";

const level = async ({ inventory }: Shop) => {
  const { onHand, reserved } = await inventory.stock.level(tea);
  return { onHand, reserved };
};
const soldOf = async ({ inventory }: Shop) => (await allOf((page) => inventory.stock.movements({ ...page, type: "sold" }))).length;
const taken = ({ charged }: Shop) => [...charged.values()].reduce((sum, amount) => sum + amount, 0);

test("what is scanned is held, and what is paid is sold", async () => {
  const shop = await openShop(5);
  const till = await shop.open();
  await till.scan("4006381333931");
  await till.scan("TEA");
  expect(await level(shop)).toEqual({ onHand: 5, reserved: 2 });
  expect(totalOf(till.cart)).toBe(998);
  expect(await till.pay()).toEqual({ paid: 998 });
  expect(await level(shop)).toEqual({ onHand: 3, reserved: 0 });
  expect(till.cart).toMatchObject({ status: "open", lines: [] });
});

test("of two tills that scan the last one, one gets it and the other is told", async () => {
  const shop = await openShop(1);
  const other = await shop.open({ journal: { load: async () => undefined, save: async () => undefined } });
  const till = await shop.open();
  await till.scan("TEA");
  await expect(other.scan("TEA")).rejects.toMatchObject({ code: "INSUFFICIENT_STOCK" });
  expect(other.cart.lines).toEqual([]);
  await till.cancel();
  await other.scan("TEA");
  expect(await level(shop)).toEqual({ onHand: 1, reserved: 1 });
});

test("a code that stands for nothing is refused", async () => {
  const till = await (await openShop(1)).open();
  await expect(till.scan("0000")).rejects.toMatchObject({ code: "UNKNOWN_PRODUCT" });
});

test("without a network the till asks again, and what had arrived is not done twice", async () => {
  const shop = await openShop(3);
  const till = await shop.open();
  shop.fates.push("lost", "answer lost", "lost", "answer lost");
  await till.scan("TEA");
  expect(await level(shop)).toEqual({ onHand: 3, reserved: 1 });
  // The hold is made longer, the money taken, the unit sold.
  shop.fates.push("lost", "arrives", "arrives", "answer lost", "answer lost", "lost");
  await till.pay();
  expect(await level(shop)).toEqual({ onHand: 2, reserved: 0 });
  expect([taken(shop), await soldOf(shop)]).toEqual([499, 1]);
});

test("a card that is declined leaves the cart as it was, and the next card pays it", async () => {
  const shop = await openShop(3);
  const till = await shop.open();
  await till.scan("TEA");
  shop.declines = true;
  expect(await till.pay()).toEqual({ paid: 0 });
  expect(await level(shop)).toEqual({ onHand: 3, reserved: 1 });
  shop.declines = false;
  expect(await till.pay()).toEqual({ paid: 499 });
  expect(await level(shop)).toEqual({ onHand: 2, reserved: 0 });
});

test("while nobody knows about the money the cart takes nothing more; paying again asks again, and it is taken once", async () => {
  const shop = await openShop(3);
  const till = await shop.open();
  await till.scan("TEA");
  shop.fates.push("arrives", "answer lost");
  await expect(till.pay()).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  await expect(till.scan("TEA")).rejects.toMatchObject({ code: "INVALID_STATE" });
  await expect(till.cancel()).rejects.toMatchObject({ code: "INVALID_STATE" });
  expect(await till.pay()).toEqual({ paid: 499 });
  expect([taken(shop), await soldOf(shop)]).toEqual([499, 1]);
});

test("a hold that ran out is held anew before money is taken, or the customer is told that it is gone", async () => {
  const shop = await openShop(1);
  const till = await shop.open();
  await till.scan("TEA");
  shop.clock.advance(minutes(11));
  await shop.inventory.stock.sell({ ...tea, quantity: 1 });
  await expect(till.pay()).rejects.toMatchObject({ code: "INSUFFICIENT_STOCK" });
  expect(taken(shop)).toBe(0);
  await shop.inventory.stock.receive({ ...tea, quantity: 1 });
  expect(await till.pay()).toEqual({ paid: 499 });
});

test("paid, then without power until the hold had run out: the sale is booked, and where another has the unit it says so", async () => {
  for (const gone of [false, true]) {
    const shop = await openShop(1);
    const till = await shop.open();
    await till.scan("TEA");
    shop.fates.push("arrives", "arrives", "power cut before");
    await expect(till.pay()).rejects.toBeInstanceOf(PowerCut);
    shop.clock.advance(minutes(60));
    if (gone) await shop.inventory.stock.sell({ ...tea, quantity: 1 });
    expect((await shop.open()).cart.lines).toEqual([]);
    expect([taken(shop), await soldOf(shop)]).toEqual([499, gone ? 2 : 1]);
    const { items } = await shop.inventory.stock.movements({ type: "adjusted" });
    expect(items.map(({ reason }) => reason)).toEqual(gone ? ["paid after its hold"] : []);
  }
});

const fate = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fate>("arrives") },
  { weight: 2, arbitrary: fc.constantFrom<Fate>("lost", "answer lost") },
  { weight: 1, arbitrary: fc.constantFrom<Fate>("power cut before", "power cut after") },
);
const step = fc.oneof({ weight: 4, arbitrary: fc.constant("scan") }, { weight: 2, arbitrary: fc.constant("pay") }, fc.constant("cancel"));

test("whatever the network and the power do: what was paid for is sold, once, and in the end nothing stays held", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.array(fate, { maxLength: 60 }), async (steps, fates) => {
      const shop = await openShop(4);
      shop.fates.push(...fates);
      let till = await untilOn(shop);
      for (const name of steps) {
        try {
          if (name === "scan") await till.scan("TEA");
          else if (name === "pay") await till.pay();
          else await till.cancel();
        } catch (error) {
          if (error instanceof PowerCut) till = await untilOn(shop);
          else if (!isInventoryError(error)) throw error;
        }
      }
      shop.fates.length = 0;
      till = await shop.open();
      if (till.cart.lines.length > 0) await till.cancel();
      const sold = await soldOf(shop);
      expect(taken(shop)).toBe(sold * 499);
      expect(await level(shop)).toEqual({ onHand: 4 - sold, reserved: 0 });
      expect(await shop.inventory.verify()).toMatchObject({ ok: true });
    }),
    { numRuns: 100 },
  );
});

/** Turns the till on until it stays on. */
async function untilOn(shop: Shop) {
  for (;;) {
    try {
      return await shop.open();
    } catch (error) {
      if (!(error instanceof PowerCut) && !isInventoryError(error, "OUTCOME_UNKNOWN") && !isInventoryError(error, "STORAGE_UNAVAILABLE"))
        throw error;
    }
  }
}

test("a journal gives back the cart it was given last, and refuses one that is damaged", async () => {
  const directory = await mkdtemp(join(tmpdir(), "onhand-till-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const journal = fileJournal(join(directory, "till.json"));
  expect(await journal.load()).toBeUndefined();
  await journal.save(emptyCart("a"));
  await journal.save({ ...emptyCart("b"), status: "paid" });
  expect(await journal.load()).toMatchObject({ id: "b", status: "paid" });
  await writeFile(join(directory, "till.json"), '{"id":');
  await expect(journal.load()).rejects.toThrow(SyntaxError);
});
