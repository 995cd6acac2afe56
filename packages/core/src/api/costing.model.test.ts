import { createInventory, type Inventory, isInventoryError, type Row, type StorageAdapter } from "@onhand/core";
import { checkLedger, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";
import { createCostModel } from "../../test/cost-model";

const places = ["s", "t"] as const;

const storeId = fc.constantFrom(...places);
const quantity = fc.integer({ min: 1, max: 6 });
const unitCost = fc.option(fc.integer({ min: 0, max: 999 }), { nil: undefined });
/** Which of the movements made so far. */
const which = fc.nat({ max: 20 });

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("receive" as const), storeId, quantity, unitCost }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("sell" as const), storeId, quantity }) },
  fc.record({ do: fc.constant("return" as const), storeId, quantity, unitCost }),
  fc.record({ do: fc.constant("adjust" as const), storeId, quantity: fc.integer({ min: -4, max: 4 }).filter((delta) => delta !== 0) }),
  fc.record({ do: fc.constant("count" as const), storeId, quantity }),
  fc.record({ do: fc.constant("transfer" as const), quantity }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant("reverse" as const), which }) },
  fc.record({ do: fc.constant("correct" as const), which, amount: fc.integer({ min: -50, max: 500 }).filter((amount) => amount !== 0) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const eur = (amount: number) => ({ amount, currency: "EUR" });

describe("costing against a model", () => {
  it.each(["fifo", "average"] as const)(
    "%s: random deliveries, sales, returns, counts, reversals and corrections cost what single pieces with a price each would, and not a millionth is lost",
    async (method) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 1, maxLength: 40 }),
          fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
          async (steps, cost) => {
            const clock = manualClock(0);
            const storage = memoryStorage();
            const inventory = await createInventory({ storage, clock });
            const costs = { costing: { method, currency: "EUR" }, ...(cost !== undefined && { cost: eur(cost) }) };
            await inventory.products.create({ sku: "A", name: "A", backorderLimit: 6, ...costs });
            for (const id of places) await inventory.stores.create({ id, name: id });
            const model = createCostModel(method, cost);
            const ids: string[] = [];
            const told: { at: number; valuation: object }[] = [];
            for (const each of steps) {
              clock.advance(1);
              const id = "which" in each ? (ids[each.which] ?? "m999999-0") : "";
              const done = await runOn(inventory, each, id).catch(refusedOnly);
              if (done?.movements) for (const movement of done.movements) model.moved(movement);
              if (done?.movements && each.do !== "reverse") ids.push(...done.movements.map((movement) => movement.id));
              if (done?.movements === undefined && done && each.do === "correct") model.corrected(id, each.amount);
              told.push({ at: clock.now(), valuation: await inventory.reports.valuation() });
              await checkCosts(storage, model.standing());
            }
            for (const [id, expected] of model.costs()) {
              const { value, unknown, unsettled } = await inventory.costing.movement(id);
              expect([unknown, unsettled], id).toEqual([expected.unknown, expected.unsettled]);
              expect(Math.abs(value.amount - expected.value), id).toBeLessThan(0.51);
            }
            for (const { at, valuation } of told) expect(await inventory.reports.valuation({ at })).toEqual(valuation);
            await checkLedger(inventory);
            await inventory.close();
          },
        ),
        { numRuns: budgets.histories.costing },
      );
    },
    searchTimeoutMs,
  );
});

function refusedOnly(error: unknown): undefined {
  if (!isInventoryError(error)) throw error;
  return undefined;
}

interface Done {
  readonly movements?: Awaited<ReturnType<Inventory["stock"]["sell"]>>["movements"];
}

function runOn({ stock, costing }: Inventory, each: Step, id: string): Promise<Done> {
  const at = "storeId" in each ? { sku: "A", storeId: each.storeId } : { sku: "A", storeId: "" };
  const cost = "unitCost" in each && each.unitCost !== undefined ? { unitCost: eur(each.unitCost) } : {};
  if (each.do === "receive") return stock.receive({ ...at, quantity: each.quantity, ...cost });
  if (each.do === "return") return stock.return({ ...at, quantity: each.quantity, ...cost });
  if (each.do === "sell") return stock.sell({ ...at, quantity: each.quantity });
  if (each.do === "adjust") return stock.adjust({ ...at, delta: each.quantity, reason: "correction" });
  if (each.do === "count") return stock.count({ ...at, counted: each.quantity });
  if (each.do === "transfer") return stock.transfer({ sku: "A", from: "s", to: "t", quantity: each.quantity });
  if (each.do === "reverse") return stock.reverse(id);
  return costing.correct(id, { amount: eur(each.amount) }).then(() => ({}));
}

const millionths = (row: Row): bigint => BigInt(row.value as number) * 1_000_000n + BigInt(row.millionths as number);
const total = (rows: readonly Row[]): bigint => rows.reduce((sum, row) => sum + millionths(row), 0n);
const sum = (rows: readonly Row[], column: string): number => rows.reduce((all, row) => all + (row[column] as number), 0);

/** Rows agree with each other exactly, and with the model to its pieces and a thousandth of a cent. */
async function checkCosts(storage: StorageAdapter, model: { quantity: number; unknown: number; owed: number; value: number }) {
  const read = async (table: string) => (await storage.find(table, { limit: 10_000 })).rows;
  const [entries, layers, costs] = await Promise.all([read("cost_entries"), read("cost_layers"), read("product_costs")]);
  const pool = costs.find((row) => row.storeId === "");
  if (!pool) return;
  expect(total(entries)).toBe(millionths(pool));
  expect(sum(entries, "unknown")).toBe(pool.unknown);
  expect(sum(entries, "owed")).toBe(Math.max(0, -(pool.quantity as number)));
  expect(sum(costs, "quantity")).toBe(2 * (pool.quantity as number));
  const open = layers.filter((row) => (row.number as number) >= (pool.firstLayer as number));
  if (pool.method === "fifo" || (pool.quantity as number) < 0) expect(sum(open, "quantity")).toBe(pool.quantity);
  const goods = open.filter((row) => (row.quantity as number) > 0);
  if (pool.method === "fifo") expect([total(goods), sum(goods, "unknown")]).toEqual([millionths(pool), pool.unknown]);
  expect([pool.quantity, pool.unknown]).toEqual([model.quantity - model.owed, model.unknown]);
  expect(Math.abs(Number(millionths(pool)) / 1_000_000 - model.value)).toBeLessThan(0.001);
}
