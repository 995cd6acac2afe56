import { type AlertType, createInventory, isInventoryError } from "@onhand/core";
import { allOf, checkLedger, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";

const skus = ["A", "B"] as const;
const places = ["s", "t"] as const;

const sku = fc.constantFrom(...skus);
const storeId = fc.constantFrom(...places);
const quantity = fc.integer({ min: 1, max: 8 });
const step = fc.oneof(
  fc.record({ do: fc.constant("adjust" as const), sku, storeId, delta: fc.integer({ min: -6, max: 6 }).filter((delta) => delta !== 0) }),
  fc.record({ do: fc.constant("hold" as const), sku, storeId, quantity, ms: fc.integer({ min: 1, max: 20 }) }),
  fc.record({
    do: fc.constant("set" as const),
    sku,
    storeId: fc.option(storeId, { nil: undefined }),
    low: fc.nat({ max: 6 }),
    more: fc.nat({ max: 6 }),
  }),
  fc.record({ do: fc.constant("remove" as const), sku, storeId: fc.option(storeId, { nil: undefined }) }),
  fc.record({ do: fc.constant("dismiss" as const), which: fc.nat({ max: 3 }) }),
  fc.record({ do: fc.constant("acknowledge" as const), which: fc.nat({ max: 3 }) }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 20 }) }),
);

/** Commands may be refused here; what matters is what they leave. */
function unlessRefused(error: unknown): void {
  if (!isInventoryError(error)) throw error;
}

describe("alerts against a model", () => {
  it(
    "after every step the open alerts are what the levels call for, but for those dismissed since stock last recovered",
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
          const clock = manualClock(0);
          const inventory = await createInventory({ storage: memoryStorage(), clock });
          for (const name of skus) await inventory.products.create({ sku: name, name });
          for (const id of places) await inventory.stores.create({ id, name: id });
          for (const name of skus) for (const id of places) await inventory.stock.receive({ sku: name, storeId: id, quantity: 6 });
          const rules = new Map<string, { readonly low: number; readonly high: number }>();
          const quiet = new Set<string>();
          const ever = new Map<string, number>();
          let open = new Set<string>();
          for (const each of steps) {
            if (each.do === "adjust")
              await inventory.stock
                .adjust({ sku: each.sku, storeId: each.storeId, delta: each.delta, reason: "other" })
                .catch(unlessRefused);
            else if (each.do === "hold")
              await inventory.reservations
                .hold({ sku: each.sku, storeId: each.storeId, quantity: each.quantity, expiresInMs: each.ms })
                .catch(unlessRefused);
            else if (each.do === "wait") {
              clock.advance(each.ms);
              await inventory.reservations.sweep();
            } else if (each.do === "set" || each.do === "remove") {
              const scope = { sku: each.sku, ...(each.storeId !== undefined && { storeId: each.storeId }) };
              const name = `${each.sku} ${each.storeId ?? ""}`;
              if (each.do === "remove") {
                await inventory.thresholds.remove(scope).catch(unlessRefused);
                rules.delete(name);
              } else {
                await inventory.thresholds.set({ ...scope, reorderPoint: each.low, maximum: each.low + each.more });
                rules.set(name, { low: each.low, high: each.low + each.more });
              }
            } else {
              const alert = (await inventory.alerts.list()).items.filter(({ status }) => status === "active")[each.which];
              if (alert && each.do === "dismiss") {
                await inventory.alerts.dismiss(alert.id);
                quiet.add(`${alert.sku} ${alert.storeId} ${alert.type}`);
              } else if (alert) await inventory.alerts.acknowledge(alert.id);
            }
            const wanted = new Set<string>();
            for (const level of (await inventory.stock.levels()).items) {
              const rule = rules.get(`${level.sku} ${level.storeId}`) ?? rules.get(`${level.sku} `);
              const calls: Record<AlertType, boolean> = {
                low_stock: rule !== undefined && level.available <= rule.low,
                out_of_stock: rule !== undefined && level.available <= 0,
                overstock: rule !== undefined && level.onHand > rule.high,
              };
              for (const [type, called] of Object.entries(calls)) {
                const name = `${level.sku} ${level.storeId} ${type}`;
                if (!called) quiet.delete(name);
                else if (!quiet.has(name)) wanted.add(name);
              }
            }
            for (const name of wanted) if (!open.has(name)) ever.set(name, (ever.get(name) ?? 0) + 1);
            open = wanted;
            const all = await allOf((page) => inventory.alerts.list(page));
            const now = all.filter(({ status }) => status === "active" || status === "acknowledged");
            expect(now.map((alert) => `${alert.sku} ${alert.storeId} ${alert.type}`).sort()).toEqual([...wanted].sort());
            expect(all).toHaveLength([...ever.values()].reduce((sum, count) => sum + count, 0));
            expect((await inventory.alerts.check()).alerts).toEqual([]);
          }
          await checkLedger(inventory);
          await inventory.close();
        }),
        { numRuns: budgets.histories.alerts },
      );
    },
    searchTimeoutMs,
  );
});
