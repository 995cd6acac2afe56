import { createInventory, isInventoryError } from "@onhand/core";
import { allOf, checkLedger, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";

/** Products by how far they may go below zero. */
const limits = { A: 0, B: 0, BACK: 4 } as const;
const places = ["s", "t"] as const;
type Sku = keyof typeof limits;

const sku = fc.constantFrom<Sku>("A", "B", "BACK");
const place = fc.constantFrom(...places);
const quantity = fc.integer({ min: 1, max: 6 });
const line = fc.oneof(
  fc.record({ type: fc.constant("receive" as const), sku, storeId: place, quantity }),
  fc.record({ type: fc.constant("sell" as const), sku, storeId: place, quantity }),
  fc.record({ type: fc.constant("return" as const), sku, storeId: place, quantity }),
  fc.record({
    type: fc.constant("adjust" as const),
    sku,
    storeId: place,
    delta: fc.integer({ min: -6, max: 6 }).filter((delta) => delta !== 0),
    reason: fc.constant("correction"),
  }),
  fc.record({ type: fc.constant("count" as const), sku, storeId: place, counted: fc.integer({ min: 0, max: 8 }) }),
  fc.record({ type: fc.constant("transfer" as const), sku, from: place, to: place, quantity }),
);
type Line = (typeof line extends fc.Arbitrary<infer T> ? T : never) & object;
const key = fc.option(fc.constantFrom("k1", "k2", "k3", "k4"), { nil: undefined });
const command = fc.record({
  lines: fc.oneof({ weight: 3, arbitrary: fc.tuple(line) }, { weight: 1, arbitrary: fc.array(line, { minLength: 2, maxLength: 4 }) }),
  key,
});
/** Commands of one inner array are made at the same moment. */
const scenario = fc.array(fc.array(command, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 });

type Stock = ReadonlyMap<string, number>;

/** What a shelf does, in the fewest words: the model knows no engine, rows or movements. */
function expected(stock: Stock, lines: readonly Line[]): Stock | "refused" {
  const after = new Map(stock);
  let refused = false;
  const move = (which: Sku, where: string, delta: number): boolean => {
    const left = (after.get(`${which} ${where}`) ?? 0) + delta;
    if (delta < 0 && left < -limits[which]) return false;
    after.set(`${which} ${where}`, left);
    return true;
  };
  for (const each of lines) {
    const had = new Map(after);
    let fine: boolean;
    if (each.type === "receive" || each.type === "return") fine = move(each.sku, each.storeId, each.quantity);
    else if (each.type === "sell") fine = move(each.sku, each.storeId, -each.quantity);
    else if (each.type === "adjust") fine = move(each.sku, each.storeId, each.delta);
    else if (each.type === "count") fine = move(each.sku, each.storeId, each.counted - (after.get(`${each.sku} ${each.storeId}`) ?? 0));
    else fine = each.from !== each.to && move(each.sku, each.from, -each.quantity) && move(each.sku, each.to, each.quantity);
    if (fine) continue;
    refused = true;
    after.clear();
    for (const [name, left] of had) after.set(name, left);
  }
  return refused ? "refused" : after;
}

describe("the ledger against a model", () => {
  it(
    "random commands, many at once, with keys used again, do what a shelf would do; every invariant holds after every step",
    async () => {
      await fc.assert(
        fc.asyncProperty(scenario, async (steps) => {
          const inventory = await createInventory({ storage: memoryStorage(), clock: manualClock() });
          await Promise.all([
            ...Object.entries(limits).map(([name, backorderLimit]) => inventory.products.create({ sku: name, name, backorderLimit })),
            ...places.map((id) => inventory.stores.create({ id, name: id })),
          ]);
          let stock: Stock = new Map();
          let head = 5;
          const keys = new Map<string, { readonly request: string; readonly seq: number | "refused" }>();
          for (const step of steps) {
            const outcomes = await Promise.allSettled(
              step.map(({ lines, key: idempotencyKey }) =>
                inventory.stock.apply(lines, { ...(idempotencyKey !== undefined && { idempotencyKey }) }),
              ),
            );
            for (const [index, { lines, key: used }] of step.entries()) {
              const outcome = outcomes[index] as PromiseSettledResult<{ seq: number; replayed: boolean }>;
              const request = JSON.stringify(lines);
              const before = used === undefined ? undefined : keys.get(used);
              if (outcome.status === "rejected") expect(isInventoryError(outcome.reason)).toBe(true);
              if (before && before.request !== request) {
                expect(outcome).toMatchObject({ status: "rejected", reason: { code: "IDEMPOTENCY_MISMATCH" } });
              } else if (before) {
                if (before.seq === "refused")
                  expect(outcome).toMatchObject({ status: "rejected", reason: { details: { replayed: true } } });
                else expect(outcome).toMatchObject({ status: "fulfilled", value: { seq: before.seq, replayed: true } });
              } else {
                const after = expected(stock, lines as Line[]);
                if (after === "refused") expect(outcome.status).toBe("rejected");
                else {
                  stock = after;
                  head++;
                  expect(outcome).toMatchObject({ status: "fulfilled", value: { seq: head, replayed: false } });
                }
                if (used !== undefined) keys.set(used, { request, seq: after === "refused" ? "refused" : head });
              }
            }
            expect(await inventory.feed.head()).toBe(head);
            const levels = await allOf((page) => inventory.stock.levels(page));
            expect(
              Object.fromEntries(
                levels.filter(({ onHand }) => onHand !== 0).map((level) => [`${level.sku} ${level.storeId}`, level.onHand]),
              ),
            ).toEqual(Object.fromEntries([...stock].filter(([, left]) => left !== 0)));
            await checkLedger(inventory);
          }
          await inventory.close();
        }),
        { numRuns: budgets.histories.stock },
      );
    },
    searchTimeoutMs,
  );
});
