import { createInventory, type Inventory, isInventoryError } from "@onhand/core";
import { allOf, checkLedger, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const long = process.env.ONHAND_LONG === "1";
const places = ["s", "t"] as const;
/** Lots, with the moment they expire: `C` never does. */
const expiry: Readonly<Record<string, number | undefined>> = { A: 30, B: 60, C: undefined };

const storeId = fc.constantFrom(...places);
const quantity = fc.integer({ min: 1, max: 6 });
const lot = fc.constantFrom("A", "B", "C");
const named = fc.option(
  fc.uniqueArray(fc.record({ lot, quantity: fc.integer({ min: 1, max: 4 }) }), { selector: (one) => one.lot, maxLength: 3 }),
  {
    nil: undefined,
  },
);
/** Which of the movements made so far. */
const which = fc.nat({ max: 12 });

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("receive" as const), storeId, lot, quantity }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("sell" as const), storeId, quantity, named }) },
  fc.record({ do: fc.constant("transfer" as const), quantity, named }),
  fc.record({ do: fc.constant("count" as const), storeId, named: named.map((lots) => lots ?? []) }),
  fc.record({ do: fc.constant("adjust" as const), storeId, lot, quantity: fc.integer({ min: -3, max: 3 }).filter((delta) => delta !== 0) }),
  fc.record({ do: fc.constant("commit" as const), storeId, quantity }),
  fc.record({ do: fc.constant("reverse" as const), which }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Named = readonly { readonly lot: string; readonly quantity: number }[] | undefined;

/** Shelves with a box for each lot. */
function createModel() {
  const boxes = new Map<string, number>();
  const past = new Map<string, { readonly changes: readonly [box: string, delta: number][]; undone: boolean }>();
  const inBox = (lot: string, storeId: string) => boxes.get(`${lot} ${storeId}`) ?? 0;
  const total = (lots: Named) => (lots ?? []).reduce((sum, one) => sum + one.quantity, 0);

  /** Which boxes are reached into, or undefined when there is too little or what is named has expired. */
  function pick(storeId: string, quantity: number, lots: Named, now: number, sold: boolean): Map<string, number> | undefined {
    const taken = new Map<string, number>();
    const isGood = (lot: string) => (expiry[lot] ?? Number.POSITIVE_INFINITY) > now;
    if (lots) {
      if (total(lots) !== quantity) return undefined;
      for (const one of lots) {
        if (inBox(one.lot, storeId) < one.quantity || (sold && !isGood(one.lot))) return undefined;
        taken.set(one.lot, one.quantity);
      }
      return taken;
    }
    let left = quantity;
    for (const lot of ["A", "B", "C"].filter(isGood)) {
      const some = Math.min(left, inBox(lot, storeId));
      if (some > 0) taken.set(lot, some);
      left -= some;
    }
    return left === 0 ? taken : undefined;
  }

  function changesOf(each: Step, now: number): readonly [string, number][] | undefined {
    if (each.do === "receive") return [[`${each.lot} ${each.storeId}`, each.quantity]];
    if (each.do === "adjust")
      return inBox(each.lot, each.storeId) + each.quantity < 0 ? undefined : [[`${each.lot} ${each.storeId}`, each.quantity]];
    if (each.do === "count")
      return Object.keys(expiry).map((lot) => {
        const counted = each.named.find((one) => one.lot === lot)?.quantity ?? 0;
        return [`${lot} ${each.storeId}`, counted - inBox(lot, each.storeId)];
      });
    if (each.do === "reverse") return undefined;
    const from = each.do === "transfer" ? "s" : each.storeId;
    const taken = pick(from, each.quantity, "named" in each ? each.named : undefined, now, each.do !== "transfer");
    if (!taken) return undefined;
    const out = [...taken].map(([lot, some]): [string, number] => [`${lot} ${from}`, -some]);
    return each.do === "transfer" ? [...out, ...[...taken].map(([lot, some]): [string, number] => [`${lot} t`, some])] : out;
  }

  const change = (changes: readonly [string, number][]) => {
    for (const [box, delta] of changes) boxes.set(box, (boxes.get(box) ?? 0) + delta);
  };

  return {
    /** Does a step, or tells that it can't be done. */
    run(each: Step, now: number): readonly [string, number][] | undefined {
      const changes = changesOf(each, now);
      if (changes) change(changes);
      return changes;
    },
    note: (id: string, changes: readonly [string, number][]) => past.set(id, { changes, undone: false }),
    undo(id: string): boolean {
      const entry = past.get(id);
      if (!entry || entry.undone || entry.changes.some(([box, delta]) => (boxes.get(box) ?? 0) < delta)) return false;
      entry.undone = true;
      change(entry.changes.map(([box, delta]) => [box, -delta]));
      return true;
    },
    boxes: () => Object.fromEntries([...boxes].filter(([, some]) => some !== 0)),
  };
}

describe("lots against a model", () => {
  it(
    "random deliveries, sales, transfers, counts, kept promises and reversals leave in each lot what boxes on a shelf would hold, and lots add up to levels",
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
          const clock = manualClock(0);
          const inventory = await createInventory({ storage: memoryStorage(), clock });
          await inventory.products.create({ sku: "M", name: "M", tracking: "lot" });
          for (const id of places) await inventory.stores.create({ id, name: id });
          const model = createModel();
          const ids: string[] = [];
          for (const each of steps) {
            clock.advance(2);
            const id = each.do === "reverse" ? (ids[each.which] ?? "m999999-0") : "";
            const done = await runOn(inventory, each, id).catch(refusedOnly);
            const changes = each.do === "reverse" ? undefined : model.run(each, clock.now());
            const expected = each.do === "reverse" ? model.undo(id) : changes !== undefined;
            expect(done !== undefined, JSON.stringify(each)).toBe(expected);
            const movement = done?.movements[0];
            if (movement && changes) {
              ids.push(movement.id);
              model.note(movement.id, changes);
            }
            const rows = await allOf((page) => inventory.lots.list(page));
            expect(Object.fromEntries(rows.map((row) => [`${row.lot} ${row.storeId}`, row.quantity]))).toEqual(model.boxes());
            for (const place of places) {
              const { onHand } = await inventory.stock.level({ sku: "M", storeId: place });
              expect(rows.filter((row) => row.storeId === place).reduce((sum, row) => sum + row.quantity, 0)).toBe(onHand);
            }
          }
          for (const row of await allOf((page) => inventory.lots.list(page))) {
            const { movements } = await inventory.lots.trace({ sku: "M", lot: row.lot, limit: 1_000 });
            const here = movements.filter((movement) => movement.storeId === row.storeId);
            expect(here.reduce((sum, movement) => sum + movement.delta, 0)).toBe(row.quantity);
          }
          await checkLedger(inventory);
          await inventory.close();
        }),
        { numRuns: long ? 2_000 : 100 },
      );
    },
    long ? 900_000 : 60_000,
  );
});

function refusedOnly(error: unknown): undefined {
  if (!isInventoryError(error)) throw error;
  return undefined;
}

async function runOn({ stock, reservations }: Inventory, each: Step, id: string) {
  if (each.do === "reverse") return stock.reverse(id);
  if (each.do === "transfer") return stock.transfer({ sku: "M", from: "s", to: "t", quantity: each.quantity, ...lotsOf(each.named) });
  const at = { sku: "M", storeId: each.storeId };
  if (each.do === "receive") {
    return stock.receive({ ...at, quantity: each.quantity, lots: [dated({ lot: each.lot, quantity: each.quantity })] });
  }
  if (each.do === "sell") return stock.sell({ ...at, quantity: each.quantity, ...lotsOf(each.named) });
  if (each.do === "count")
    return stock.count({ ...at, counted: each.named.reduce((sum, one) => sum + one.quantity, 0), lots: each.named.map(dated) });
  if (each.do === "adjust") {
    const lots = [dated({ lot: each.lot, quantity: Math.abs(each.quantity) })];
    return stock.adjust({ ...at, delta: each.quantity, reason: "correction", lots });
  }
  const { reservation } = await reservations.hold({ ...at, quantity: each.quantity, expiresInMs: 1_000 });
  return reservations.commit(reservation.id).catch(async (error: unknown) => {
    // Enough is there, but it has expired: the promise is given up.
    await reservations.release(reservation.id);
    throw error;
  });
}

function dated(one: { readonly lot: string; readonly quantity: number }) {
  const expiresAt = expiry[one.lot];
  return expiresAt === undefined ? one : { ...one, expiresAt };
}

const lotsOf = (named: Named) => (named ? { lots: [...named] } : {});
