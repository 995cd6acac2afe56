import { type Balance, type Explained, type Explanation, isInventoryError } from "@onhand/core";
import { minutes } from "@onhand/core/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";
import { berlin, exampleInventory, refusalOf } from "../../test/inventory";

const hub = { ...berlin, storeId: "hub" };
const beans = { sku: "BEANS", storeId: "berlin" };

type Explain = (limit?: number, cursor?: string) => Promise<Explanation>;

async function pagesOf(explain: Explain, limit: number): Promise<readonly Explanation[]> {
  const pages: Explanation[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await explain(limit, cursor);
    pages.push(page);
    if (page.nextCursor === undefined) return pages;
    cursor = page.nextCursor;
  }
}

/** Sums in thousandths: the effects are exact, sums of their decimals are not. */
const thousandths = (value: number) => Math.round(value * 1_000);
const sum = (items: readonly Explained[], of: "onHand" | "reserved") => items.reduce((total, item) => total + thousandths(item[of]), 0);
const whole = ({ onHand, reserved }: Balance) => ({ onHand: thousandths(onHand), reserved: thousandths(reserved) });

function expectToAddUp(pages: readonly Explanation[], level: Balance): void {
  expect(whole(pages[0]?.closing as Balance)).toEqual(whole(level));
  for (const [index, { opening, closing, items }] of pages.entries()) {
    expect(whole(closing)).toEqual({
      onHand: thousandths(opening.onHand) + sum(items, "onHand"),
      reserved: thousandths(opening.reserved) + sum(items, "reserved"),
    });
    expect(opening).toEqual(pages[index + 1]?.closing ?? { onHand: 0, reserved: 0, available: 0 });
  }
}

describe("why a level is what it is", () => {
  it("tells movements and holds, newest first, with who did them", async () => {
    const inventory = await exampleInventory();
    await inventory.stock.receive({ ...berlin, quantity: 10, actor: "ada" });
    await inventory.stock.receive({ ...hub, quantity: 99 });
    const { reservation } = await inventory.reservations.hold({ ...berlin, quantity: 4, expiresInMs: minutes(5), actor: "mia" });
    await inventory.stock.receive({ sku: "CUP", storeId: "berlin", quantity: 99 });
    await inventory.reservations.commit(reservation.id, { quantity: 3, actor: "tom" });
    const { closing, opening, items, nextCursor } = await inventory.stock.explain({ sku: "tea-50", storeId: "berlin" });
    expect(closing).toEqual({ onHand: 7, reserved: 1, available: 6 });
    expect(opening).toEqual({ onHand: 0, reserved: 0, available: 0 });
    expect(nextCursor).toBeUndefined();
    const told = items.map((item) =>
      item.kind === "movement"
        ? [item.movement.type, item.onHand, item.reserved, item.movement.actor]
        : [item.kind === "hold" && item.change, item.onHand, item.reserved, item.kind === "hold" && item.actor],
    );
    expect(told).toEqual([
      ["sold", -3, 0, "tom"],
      ["committed", 0, -3, "tom"],
      ["held", 0, 4, "mia"],
      ["received", 10, 0, "ada"],
    ]);
    expect(items[1]).toMatchObject({ reservationId: reservation.id });
  });

  it("takes off what has run out, though nobody wrote it down yet", async () => {
    const inventory = await exampleInventory();
    await inventory.stock.receive({ ...beans, quantity: 1.25 });
    for (const quantity of [0.5, 0.125]) await inventory.reservations.hold({ ...beans, quantity, expiresInMs: minutes(5) });
    await inventory.reservations.hold({ ...beans, quantity: 0.1, expiresInMs: minutes(9) });
    inventory.clock.advance(minutes(5));
    const lapsed = await inventory.stock.explain(beans);
    expect(lapsed.items[0]).toEqual({ kind: "lapsed", at: inventory.clock.now(), onHand: 0, reserved: -0.625 });
    expectToAddUp([lapsed], await inventory.stock.level(beans));
    await inventory.reservations.sweep();
    const settled = await inventory.stock.explain(beans);
    expect(settled.items.slice(0, 2)).toMatchObject([
      { kind: "hold", change: "expired" },
      { kind: "hold", change: "expired" },
    ]);
    expect(settled.closing).toEqual(lapsed.closing);
  });

  it("is nothing where nothing ever moved, and no typing error is an empty shelf", async () => {
    const { stock } = await exampleInventory();
    const nothing = { onHand: 0, reserved: 0, available: 0 };
    expect(await stock.explain(berlin)).toEqual({ ...berlin, opening: nothing, closing: nothing, items: [] });
    expect(await refusalOf(stock.explain({ ...berlin, sku: "TEE" }))).toMatchObject({ code: "UNKNOWN_PRODUCT" });
    expect(await refusalOf(stock.explain({ ...berlin, storeId: "b" }))).toMatchObject({ code: "UNKNOWN_STORE" });
    expect(await refusalOf(stock.explain({ ...berlin, cursor: "x" }))).toMatchObject({ code: "INVALID_INPUT" });
  });

  it("pages stay what they were when more happens in between", async () => {
    const inventory = await exampleInventory();
    const explain: Explain = (limit = 2, cursor) => inventory.stock.explain({ ...berlin, limit, ...(cursor !== undefined && { cursor }) });
    for (let quantity = 1; quantity <= 5; quantity += 1) await inventory.stock.receive({ ...berlin, quantity });
    const first = await explain();
    await inventory.stock.sell({ ...berlin, quantity: 9 });
    const second = await explain(2, first.nextCursor);
    expect([...first.items, ...second.items].map(({ onHand }) => onHand)).toEqual([5, 4, 3, 2]);
    expect(second.closing).toEqual(first.opening);
  });

  it("whatever happened, opening and items add up to the level, on pages of any size", { timeout: searchTimeoutMs }, async () => {
    const at = fc.constantFrom("berlin", "hub");
    const step = fc.oneof(
      fc.record({ do: fc.constant("receive" as const), storeId: at, quantity: fc.integer({ min: 1, max: 9_000 }) }),
      fc.record({ do: fc.constant("sell" as const), storeId: at, quantity: fc.integer({ min: 1, max: 5_000 }) }),
      fc.record({ do: fc.constant("transfer" as const), storeId: at, quantity: fc.integer({ min: 1, max: 5_000 }) }),
      fc.record({ do: fc.constant("hold" as const), storeId: at, quantity: fc.integer({ min: 1, max: 3_000 }) }),
      fc.record({ do: fc.constant("settle" as const), storeId: at, quantity: fc.nat({ max: 9 }) }),
      fc.record({ do: fc.constant("wait" as const), storeId: at, quantity: fc.integer({ min: 1, max: 4 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer({ min: 1, max: 7 }), async (steps, limit) => {
        const inventory = await exampleInventory();
        const holds: string[] = [];
        const acts = {
          receive: (storeId: string, quantity: number) => inventory.stock.receive({ sku: "BEANS", storeId, quantity: quantity / 1_000 }),
          sell: (storeId: string, quantity: number) => inventory.stock.sell({ sku: "BEANS", storeId, quantity: quantity / 1_000 }),
          transfer: (storeId: string, quantity: number) =>
            inventory.stock.transfer({
              sku: "BEANS",
              from: storeId,
              to: storeId === "hub" ? "berlin" : "hub",
              quantity: quantity / 1_000,
            }),
          hold: async (storeId: string, quantity: number) => {
            const held = { sku: "BEANS", storeId, quantity: quantity / 1_000, expiresInMs: minutes(3) };
            holds.push((await inventory.reservations.hold(held)).reservation.id);
          },
          settle: (storeId: string, which: number) =>
            which % 2 === 0
              ? inventory.reservations.commit(holds[which] ?? "r0")
              : inventory.reservations.update(holds[which] ?? "r0", { storeId }),
          wait: async (_: string, quantity: number) => inventory.clock.advance(minutes(quantity)),
        };
        for (const { do: name, storeId, quantity } of steps) {
          await acts[name](storeId, quantity).catch((error: unknown) => {
            if (!isInventoryError(error)) throw error;
          });
        }
        for (const storeId of ["berlin", "hub"]) {
          const key = { sku: "BEANS", storeId };
          const pages = await pagesOf(
            (size = limit, cursor) => inventory.stock.explain({ ...key, limit: size, ...(cursor !== undefined && { cursor }) }),
            limit,
          );
          expectToAddUp(pages, await inventory.stock.level(key));
          const { items } = await inventory.stock.explain({ ...key, limit: 1_000 });
          expect(pages.flatMap((page) => page.items)).toEqual(items);
          expect(pages.every((page, index) => page.items.length === limit || index === pages.length - 1)).toBe(true);
        }
      }),
      { numRuns: budgets.histories.explain },
    );
  });
});
