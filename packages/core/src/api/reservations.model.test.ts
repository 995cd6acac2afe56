import { createInventory, type Inventory, isInventoryError } from "@onhand/core";
import { allOf, checkLedger, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";

const limits = { A: 0, BACK: 3 } as const;
const places = ["s", "t"] as const;
type Sku = keyof typeof limits;

const sku = fc.constantFrom<Sku>("A", "BACK");
const storeId = fc.constantFrom(...places);
const quantity = fc.integer({ min: 1, max: 6 });
/** Which of the reservations made so far. */
const which = fc.nat({ max: 7 });
const ms = fc.integer({ min: 1, max: 40 });

const step = fc.oneof(
  fc.record({ do: fc.constant("receive" as const), sku, storeId, quantity }),
  fc.record({ do: fc.constant("sell" as const), sku, storeId, quantity }),
  fc.record({ do: fc.constant("count" as const), sku, storeId, quantity }),
  fc.record({ do: fc.constant("transfer" as const), sku, quantity }),
  fc.record({ do: fc.constant("hold" as const), sku, storeId, quantity, ms }),
  fc.record({
    do: fc.constant("commit" as const),
    which,
    quantity: fc.option(quantity, { nil: undefined }),
    rest: fc.constantFrom("keep" as const, "release" as const),
  }),
  fc.record({ do: fc.constant("release" as const), which }),
  fc.record({ do: fc.constant("extend" as const), which, ms }),
  fc.record({ do: fc.constant("update" as const), which, quantity: fc.option(quantity, { nil: undefined }), storeId }),
  fc.record({ do: fc.constant("sweep" as const) }),
  fc.record({ do: fc.constant("wait" as const), ms }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Promised {
  sku: Sku;
  storeId: string;
  quantity: number;
  committed: number;
  until: number;
  settled: string | undefined;
}

/** Shelves and promises in the fewest words. It knows no rows, no sweeps and no stored `reserved`. */
function createModel() {
  const onHand = new Map<string, number>();
  const promises: Promised[] = [];
  let now = 0;
  const standing = (promise: Promised) => promise.settled ?? (promise.until <= now ? "expired" : "active");
  const openOf = (promise: Promised) => (standing(promise) === "active" ? promise.quantity - promise.committed : 0);
  const reserved = (at: string) => promises.filter((one) => `${one.sku} ${one.storeId}` === at).reduce((sum, one) => sum + openOf(one), 0);
  const stock = (at: string) => onHand.get(at) ?? 0;
  const free = (at: string) => stock(at) - reserved(at) + limits[at.split(" ")[0] as Sku];
  const move = (at: string, delta: number) => {
    if (delta < 0 && free(at) < -delta) return false;
    onHand.set(at, stock(at) + delta);
    return true;
  };

  function run(each: Step): boolean {
    if (each.do === "wait") now += each.ms;
    if (each.do === "wait" || each.do === "sweep") return true;
    if (each.do === "transfer") return move(`${each.sku} s`, -each.quantity) && move(`${each.sku} t`, each.quantity);
    if (each.do === "hold") {
      if (free(`${each.sku} ${each.storeId}`) < each.quantity) return false;
      promises.push({
        sku: each.sku,
        storeId: each.storeId,
        quantity: each.quantity,
        committed: 0,
        until: now + each.ms,
        settled: undefined,
      });
      return true;
    }
    if (each.do === "receive") return move(`${each.sku} ${each.storeId}`, each.quantity);
    if (each.do === "sell") return move(`${each.sku} ${each.storeId}`, -each.quantity);
    if (each.do === "count") return move(`${each.sku} ${each.storeId}`, each.quantity - stock(`${each.sku} ${each.storeId}`));
    const promise = promises[each.which];
    if (!promise || standing(promise) !== "active") return false;
    if (each.do === "release") promise.settled = "released";
    else if (each.do === "extend") promise.until = Math.max(promise.until, now + each.ms);
    else if (each.do === "commit") {
      const sold = each.quantity ?? openOf(promise);
      if (sold > openOf(promise)) return false;
      const at = `${promise.sku} ${promise.storeId}`;
      onHand.set(at, stock(at) - sold);
      promise.committed += sold;
      if (promise.committed === promise.quantity || each.rest === "release") promise.settled = "committed";
    } else {
      const wanted = each.quantity ?? promise.quantity;
      if (wanted <= promise.committed) return false;
      const stays = each.storeId === promise.storeId;
      const more = stays ? wanted - promise.quantity : wanted - promise.committed;
      if (more > 0 && free(`${promise.sku} ${each.storeId}`) < more) return false;
      Object.assign(promise, { quantity: wanted, storeId: each.storeId });
    }
    return true;
  }

  return {
    run,
    levels: () =>
      Object.fromEntries(
        Object.keys(limits).flatMap((name) => places.map((id) => [`${name} ${id}`, [stock(`${name} ${id}`), reserved(`${name} ${id}`)]])),
      ),
    promises: () => promises.map((one) => [one.sku, one.storeId, one.quantity, one.committed, standing(one), openOf(one)]),
  };
}

describe("reservations against a model", () => {
  it(
    "random holds, their ends, sales and sweeps, in any order and many at once, leave what a shelf with promises would have; every invariant holds after every step",
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 25 }), async (moments) => {
          const clock = manualClock(0);
          const inventory = await createInventory({ storage: memoryStorage(), clock });
          for (const [name, backorderLimit] of Object.entries(limits)) await inventory.products.create({ sku: name, name, backorderLimit });
          for (const id of places) await inventory.stores.create({ id, name: id });
          const model = createModel();
          const ids: string[] = [];
          for (const moment of moments) {
            // Time passes between moments: commands of one moment are decided at the same time.
            const waits = moment.filter((each) => each.do === "wait");
            for (const each of waits) {
              model.run(each);
              clock.advance(each.ms);
            }
            const commands = moment.filter((each) => each.do !== "wait");
            const known = [...ids];
            const outcomes = await Promise.allSettled(commands.map((each) => runOn(inventory, known, each)));
            for (const [index, each] of commands.entries()) {
              const outcome = outcomes[index] as PromiseSettledResult<{ reservation?: { id: string } }>;
              if (outcome.status === "rejected") expect(isInventoryError(outcome.reason), String(outcome.reason)).toBe(true);
              const named = "which" in each && each.which >= known.length;
              expect([each.do, outcome.status], JSON.stringify(each)).toEqual([
                each.do,
                named || !model.run(each) ? "rejected" : "fulfilled",
              ]);
              if (each.do === "hold" && outcome.status === "fulfilled") ids.push(outcome.value.reservation?.id as string);
            }
            const levels = await Promise.all(
              Object.keys(limits).flatMap((name) =>
                places.map(async (id) => {
                  const { onHand, reserved } = await inventory.stock.level({ sku: name, storeId: id });
                  return [`${name} ${id}`, [onHand, reserved]] as const;
                }),
              ),
            );
            expect(Object.fromEntries(levels)).toEqual(model.levels());
            const listed = await allOf((page) => inventory.reservations.list(page));
            expect(listed.map((one) => [one.sku, one.storeId, one.quantity, one.committed, one.status, one.held])).toEqual(
              model.promises(),
            );
            await checkLedger(inventory);
          }
          await inventory.close();
        }),
        { numRuns: budgets.histories.reservations },
      );
    },
    searchTimeoutMs,
  );
});

function runOn({ stock, reservations }: Inventory, ids: readonly string[], each: Step): Promise<unknown> {
  const id = "which" in each ? (ids[each.which] ?? "r999999") : "";
  if (each.do === "receive") return stock.receive({ sku: each.sku, storeId: each.storeId, quantity: each.quantity });
  if (each.do === "sell") return stock.sell({ sku: each.sku, storeId: each.storeId, quantity: each.quantity });
  if (each.do === "count") return stock.count({ sku: each.sku, storeId: each.storeId, counted: each.quantity });
  if (each.do === "transfer") return stock.transfer({ sku: each.sku, from: "s", to: "t", quantity: each.quantity });
  if (each.do === "hold") return reservations.hold({ sku: each.sku, storeId: each.storeId, quantity: each.quantity, expiresInMs: each.ms });
  if (each.do === "commit")
    return reservations.commit(id, { rest: each.rest, ...(each.quantity !== undefined && { quantity: each.quantity }) });
  if (each.do === "release") return reservations.release(id);
  if (each.do === "extend") return reservations.extend(id, { expiresInMs: each.ms });
  if (each.do === "update")
    return reservations.update(id, { storeId: each.storeId, ...(each.quantity !== undefined && { quantity: each.quantity }) });
  return reservations.sweep();
}
