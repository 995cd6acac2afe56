import { createInventory, type Inventory, isInventoryError } from "@onhand/core";
import { allOf, checkLedger, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";

const skus = ["A", "B"] as const;
const places = ["s", "t", "v"] as const;

const sku = fc.constantFrom(...skus);
const storeId = fc.constantFrom(...places);
const quantity = fc.integer({ min: 1, max: 6 });
/** Which of the transfers shipped so far. */
const which = fc.nat({ max: 3 });
const lines = fc.array(fc.record({ sku, quantity }), { minLength: 1, maxLength: 3 });

const step = fc.oneof(
  fc.record({ do: fc.constant("buy" as const), sku, storeId, quantity }),
  fc.record({ do: fc.constant("sell" as const), sku, storeId, quantity }),
  fc.record({ do: fc.constant("ship" as const), from: storeId, to: storeId, lines }),
  fc.record({ do: fc.constant("receive" as const), which, lines: fc.option(lines, { nil: undefined }) }),
  fc.record({ do: fc.constant("cancel" as const), which, remaining: fc.constantFrom("return" as const, "write_off" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Amounts = Map<string, number>;

interface Sent {
  readonly from: string;
  readonly to: string;
  readonly open: Amounts;
  received: boolean;
  cancelled: boolean;
}

const plus = (amounts: Amounts, key: string, delta: number) => void amounts.set(key, (amounts.get(key) ?? 0) + delta);
const sum = (amounts: Amounts): number => [...amounts.values()].reduce((all, amount) => all + amount, 0);

/** Shelves and lorries in the fewest words. It knows no `incoming`: that is what the lorries carry. */
function createModel() {
  const onHand: Amounts = new Map();
  const sent: Sent[] = [];
  /** What came in from outside, less what left for good. */
  let balance = 0;
  const stock = (name: string, at: string) => onHand.get(`${name} ${at}`) ?? 0;
  const openOf = (each: Sent): number => (each.cancelled ? 0 : sum(each.open));

  function ship({ from, to, lines: wanted }: Extract<Step, { do: "ship" }>): boolean {
    const names = wanted.map((line) => line.sku);
    if (from === to || new Set(names).size < names.length || wanted.some((line) => stock(line.sku, from) < line.quantity)) return false;
    for (const line of wanted) plus(onHand, `${line.sku} ${from}`, -line.quantity);
    sent.push({ from, to, open: new Map(wanted.map((line) => [line.sku, line.quantity])), received: false, cancelled: false });
    return true;
  }

  function receive({ which: index, lines: given }: Extract<Step, { do: "receive" }>): boolean {
    const transfer = sent[index];
    if (!transfer || openOf(transfer) === 0) return false;
    const arriving = given ?? Array.from(transfer.open, ([name, left]) => ({ sku: name, quantity: left }));
    const names = arriving.map((line) => line.sku);
    if (new Set(names).size < names.length || arriving.some((line) => line.quantity > (transfer.open.get(line.sku) ?? 0))) return false;
    for (const line of arriving) {
      plus(onHand, `${line.sku} ${transfer.to}`, line.quantity);
      plus(transfer.open, line.sku, -line.quantity);
    }
    transfer.received = true;
    return true;
  }

  function cancel({ which: index, remaining }: Extract<Step, { do: "cancel" }>): boolean {
    const transfer = sent[index];
    if (!transfer || openOf(transfer) === 0) return false;
    if (remaining === "write_off") balance -= openOf(transfer);
    else for (const [name, left] of transfer.open) plus(onHand, `${name} ${transfer.from}`, left);
    transfer.cancelled = true;
    return true;
  }

  function run(each: Step): boolean {
    if (each.do === "ship") return ship(each);
    if (each.do === "receive") return receive(each);
    if (each.do === "cancel") return cancel(each);
    const delta = each.do === "buy" ? each.quantity : -each.quantity;
    if (stock(each.sku, each.storeId) + delta < 0) return false;
    plus(onHand, `${each.sku} ${each.storeId}`, delta);
    balance += delta;
    return true;
  }

  const coming = (name: string, at: string) =>
    sent.filter((each) => each.to === at && !each.cancelled).reduce((all, each) => all + (each.open.get(name) ?? 0), 0);
  return {
    run,
    balance: () => balance,
    levels: () =>
      Object.fromEntries(skus.flatMap((name) => places.map((at) => [`${name} ${at}`, [stock(name, at), coming(name, at)]] as const))),
    statuses: () =>
      sent.map((each) =>
        each.cancelled ? "cancelled" : openOf(each) === 0 ? "received" : each.received ? "partially_received" : "in_transit",
      ),
  };
}

describe("transfers against a model", () => {
  it(
    "random shipments, arrivals and cancellations, many at once and each asked for twice, happen at most once and leave what shelves and lorries would hold; nothing comes or goes on the way",
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 4, maxLength: 16, size: "max" }),
          async (moments) => {
            const inventory = await createInventory({ storage: memoryStorage(), clock: manualClock(0) });
            for (const name of skus) await inventory.products.create({ sku: name, name });
            for (const id of places) await inventory.stores.create({ id, name: id });
            for (const at of places) await inventory.stock.receive({ sku: "A", storeId: at, quantity: 5 });
            const model = createModel();
            for (const at of places) model.run({ do: "buy", sku: "A", storeId: at, quantity: 5 });
            const ids: string[] = [];
            let keys = 0;
            for (const moment of moments) {
              const known = [...ids];
              const twice = moment.flatMap((each) => {
                const idempotencyKey = `k${keys++}`;
                return [runOn(inventory, known, each, idempotencyKey), runOn(inventory, known, each, idempotencyKey)];
              });
              const outcomes = await Promise.allSettled(twice);
              for (const [index, each] of moment.entries()) {
                const [first, second] = outcomes.slice(index * 2, index * 2 + 2) as PromiseSettledResult<Answer>[];
                expect(second && replayOf(second)).toEqual(first && outcomeOf(first));
                const named = "which" in each && each.which >= known.length;
                expect([each.do, first?.status], JSON.stringify(each)).toEqual([
                  each.do,
                  named || !model.run(each) ? "rejected" : "fulfilled",
                ]);
                if (each.do === "ship" && first?.status === "fulfilled") ids.push(first.value.transfer?.id as string);
              }
              await compare(inventory, model);
            }
            await checkLedger(inventory);
            await inventory.close();
          },
        ),
        { numRuns: budgets.histories.transfers },
      );
    },
    searchTimeoutMs,
  );
});

interface Answer {
  readonly transfer?: { readonly id: string };
  readonly replayed: boolean;
}

function outcomeOf(outcome: PromiseSettledResult<Answer>): object {
  if (outcome.status === "fulfilled") return { ...outcome.value, replayed: true };
  if (!isInventoryError(outcome.reason)) throw outcome.reason;
  return { code: outcome.reason.code, ...outcome.reason.details, replayed: true };
}

/** What a repeated command answered, which must say that it is repeated. */
function replayOf(outcome: PromiseSettledResult<Answer>): object {
  if (outcome.status === "fulfilled") return outcome.value;
  if (!isInventoryError(outcome.reason)) throw outcome.reason;
  return { code: outcome.reason.code, ...outcome.reason.details };
}

async function compare(inventory: Inventory, model: ReturnType<typeof createModel>): Promise<void> {
  const levels = await allOf((page) => inventory.stock.levels(page));
  const seen = Object.fromEntries(levels.map(({ sku: name, storeId: at, onHand, incoming }) => [`${name} ${at}`, [onHand, incoming]]));
  for (const [key, figures] of Object.entries(model.levels())) expect([key, seen[key] ?? [0, 0]]).toEqual([key, figures]);
  const transfers = await allOf((page) => inventory.transfers.list(page));
  expect(transfers.map(({ status }) => status)).toEqual(model.statuses());
  const inTransit = transfers.flatMap((transfer) => transfer.lines).reduce((all, line) => all + line.inTransit, 0);
  expect(levels.reduce((all, level) => all + level.onHand, 0) + inTransit).toBe(model.balance());
  expect(levels.reduce((all, level) => all + level.incoming, 0)).toBe(inTransit);
}

function runOn({ stock, transfers }: Inventory, ids: readonly string[], each: Step, idempotencyKey: string): Promise<Answer> {
  const id = "which" in each ? (ids[each.which] ?? "t999999") : "";
  if (each.do === "buy") return stock.receive({ sku: each.sku, storeId: each.storeId, quantity: each.quantity, idempotencyKey });
  if (each.do === "sell") return stock.sell({ sku: each.sku, storeId: each.storeId, quantity: each.quantity, idempotencyKey });
  if (each.do === "ship") return transfers.ship({ from: each.from, to: each.to, lines: each.lines, idempotencyKey });
  if (each.do === "receive") return transfers.receive(id, { ...(each.lines && { lines: each.lines }), idempotencyKey });
  return transfers.cancel(id, { remaining: each.remaining, idempotencyKey });
}
