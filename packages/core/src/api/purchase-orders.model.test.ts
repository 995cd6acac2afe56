import { createInventory, type Inventory, isInventoryError } from "@onhand/core";
import { allOf, checkLedger, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";

const skus = ["A", "B"] as const;
const places = ["s", "t"] as const;
type Sku = (typeof skus)[number];

const storeId = fc.constantFrom(...places);
const quantity = fc.integer({ min: 1, max: 6 });
const amounts = fc.record({ A: fc.option(quantity, { nil: 0 }), B: quantity });
/** Which of the orders, or of the receipts and their reversals, made so far. */
const which = fc.nat({ max: 5 });

const step = fc.oneof(
  fc.record({ do: fc.constant("create" as const), storeId, amounts }),
  fc.record({ do: fc.constant("update" as const), which, storeId, amounts }),
  fc.record({ do: fc.constant("submit" as const), which }),
  fc.record({ do: fc.constant("receive" as const), which, amounts: fc.option(amounts, { nil: undefined }), accept: fc.boolean() }),
  fc.record({ do: fc.constant("cancel" as const), which }),
  fc.record({ do: fc.constant("undo" as const), which: fc.nat({ max: 12 }) }),
  fc.record({ do: fc.constant("sell" as const), storeId, quantity }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Ordered {
  storeId: string;
  status: string;
  readonly lines: Map<Sku, { quantity: number; received: number }>;
}
interface Entry {
  readonly order: Ordered;
  readonly sku: Sku;
  readonly delta: number;
  undone: boolean;
}

const linesOf = (wanted: { A: number; B: number }) => skus.flatMap((sku) => (wanted[sku] > 0 ? [{ sku, quantity: wanted[sku] }] : []));

/** Orders and shelves in the fewest words. It keeps no `incoming`: what is on its way is asked of the orders each time. */
function createModel() {
  const orders: Ordered[] = [];
  const entries: Entry[] = [];
  const onHand = new Map<string, number>();
  const stock = (at: string) => onHand.get(at) ?? 0;
  const isOpen = (order: Ordered) => order.status === "submitted" || order.status === "partially_received";
  const openOf = (order: Ordered, sku: Sku) => {
    const line = order.lines.get(sku);
    return line && isOpen(order) ? Math.max(0, line.quantity - line.received) : 0;
  };
  const book = (order: Ordered, sku: Sku, delta: number) => {
    const line = order.lines.get(sku) as { quantity: number; received: number };
    line.received += delta;
    onHand.set(`${sku} ${order.storeId}`, stock(`${sku} ${order.storeId}`) + delta);
    entries.push({ order, sku, delta, undone: false });
    const lines = [...order.lines.values()];
    if (order.status === "cancelled") return;
    if (lines.every((each) => each.received >= each.quantity)) order.status = "received";
    else order.status = lines.some((each) => each.received > 0) ? "partially_received" : "submitted";
  };

  function run(each: Step): boolean {
    if (each.do === "create") {
      const lines = new Map(linesOf(each.amounts).map(({ sku, quantity: wanted }) => [sku, { quantity: wanted, received: 0 }]));
      orders.push({ storeId: each.storeId, status: "draft", lines });
      return true;
    }
    if (each.do === "sell") {
      if (stock(`A ${each.storeId}`) < each.quantity) return false;
      onHand.set(`A ${each.storeId}`, stock(`A ${each.storeId}`) - each.quantity);
      return true;
    }
    if (each.do === "undo") {
      const entry = entries[each.which];
      if (!entry || entry.undone || stock(`${entry.sku} ${entry.order.storeId}`) < entry.delta) return false;
      entry.undone = true;
      book(entry.order, entry.sku, -entry.delta);
      return true;
    }
    const order = orders[each.which];
    if (!order) return false;
    if (each.do === "update") {
      if (order.status !== "draft") return false;
      order.storeId = each.storeId;
      order.lines.clear();
      for (const { sku, quantity: wanted } of linesOf(each.amounts)) order.lines.set(sku, { quantity: wanted, received: 0 });
      return true;
    }
    if (each.do === "submit") {
      if (order.status !== "draft") return false;
      order.status = "submitted";
      return true;
    }
    if (each.do === "cancel") {
      if (order.status !== "draft" && !isOpen(order)) return false;
      order.status = "cancelled";
      return true;
    }
    if (!isOpen(order)) return false;
    const all = [...order.lines.keys()].map((sku) => ({ sku, quantity: openOf(order, sku) })).filter((line) => line.quantity > 0);
    const lines = each.amounts ? linesOf(each.amounts) : all;
    if (lines.some(({ sku, quantity: came }) => !order.lines.has(sku) || (!each.accept && came > openOf(order, sku)))) return false;
    for (const { sku, quantity: came } of lines) book(order, sku, came);
    return true;
  }

  return {
    run,
    levels: () =>
      Object.fromEntries(
        skus.flatMap((sku) =>
          places.map((id) => {
            const here = orders.filter((order) => order.storeId === id);
            return [`${sku} ${id}`, [stock(`${sku} ${id}`), here.reduce((sum, order) => sum + openOf(order, sku), 0)]];
          }),
        ),
      ),
    orders: () =>
      orders.map((order) => [
        order.storeId,
        order.status,
        Array.from(order.lines, ([sku, line]) => [sku, line.quantity, line.received, openOf(order, sku)]),
      ]),
  };
}

describe("purchase orders against a model", () => {
  it(
    "random orders, deliveries, reversals and cancellations, many at once, leave what a list of orders and a shelf would say; every invariant holds after every step",
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 25 }), async (moments) => {
          const inventory = await createInventory({ storage: memoryStorage(), clock: manualClock(0) });
          for (const sku of skus) await inventory.products.create({ sku, name: sku });
          for (const id of places) await inventory.stores.create({ id, name: id });
          await inventory.suppliers.create({ id: "x", name: "X" });
          const model = createModel();
          const ids: string[] = [];
          const entries: string[] = [];
          for (const commands of moments) {
            const known = { ids: [...ids], entries: [...entries] };
            const outcomes = await Promise.allSettled(commands.map((each) => runOn(inventory, known, each)));
            for (const [index, each] of commands.entries()) {
              const outcome = outcomes[index] as PromiseSettledResult<Told>;
              if (outcome.status === "rejected") expect(isInventoryError(outcome.reason), String(outcome.reason)).toBe(true);
              const unknown = "which" in each && each.which >= (each.do === "undo" ? known.entries : known.ids).length;
              expect([each.do, outcome.status], JSON.stringify(each)).toEqual([
                each.do,
                unknown || !model.run(each) ? "rejected" : "fulfilled",
              ]);
              if (outcome.status === "rejected") continue;
              if (each.do === "create") ids.push(outcome.value.purchaseOrder?.id as string);
              if (each.do === "receive" || each.do === "undo") entries.push(...outcome.value.movements.map(({ id }) => id));
            }
            const levels = await Promise.all(
              skus.flatMap((sku) =>
                places.map(async (id) => {
                  const { onHand, incoming } = await inventory.stock.level({ sku, storeId: id });
                  return [`${sku} ${id}`, [onHand, incoming]] as const;
                }),
              ),
            );
            expect(Object.fromEntries(levels)).toEqual(model.levels());
            const listed = await allOf((page) => inventory.purchaseOrders.list({ ...page, order: "asc" }));
            expect(
              listed.map((order) => [
                order.storeId,
                order.status,
                order.lines.map((line) => [line.sku, line.quantity, line.received, line.incoming]),
              ]),
            ).toEqual(model.orders());
            await checkLedger(inventory);
          }
          await inventory.close();
        }),
        { numRuns: budgets.histories.purchaseOrders },
      );
    },
    searchTimeoutMs,
  );
});

interface Told {
  readonly purchaseOrder?: { readonly id: string };
  readonly movements: readonly { readonly id: string }[];
}

function runOn(
  { stock, purchaseOrders }: Inventory,
  known: { readonly ids: readonly string[]; readonly entries: readonly string[] },
  each: Step,
): Promise<unknown> {
  if (each.do === "create") return purchaseOrders.create({ supplierId: "x", storeId: each.storeId, lines: linesOf(each.amounts) });
  if (each.do === "sell") return stock.sell({ sku: "A", storeId: each.storeId, quantity: each.quantity });
  if (each.do === "undo") return stock.reverse(known.entries[each.which] ?? "m999999-0");
  const id = known.ids[each.which] ?? "po999999-0";
  if (each.do === "update") return purchaseOrders.update(id, { storeId: each.storeId, lines: linesOf(each.amounts) });
  if (each.do === "submit") return purchaseOrders.submit(id);
  if (each.do === "cancel") return purchaseOrders.cancel(id);
  return purchaseOrders.receive(id, {
    overDelivery: each.accept ? "accept" : "refuse",
    ...(each.amounts && { lines: linesOf(each.amounts) }),
  });
}
