import { createInventory, type Inventory, isInventoryError } from "@onhand/core";
import { allOf, checkLedger, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";

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
    freq: 1,
  },
);
/** Which of the transfers shipped so far. */
const lorry = fc.nat({ max: 1 });
/** Which of the movements made so far. */
const which = fc.nat({ max: 12 });

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("receive" as const), storeId, lot, quantity }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("sell" as const), storeId, quantity, named }) },
  fc.record({ do: fc.constant("transfer" as const), quantity, named }),
  fc.record({ do: fc.constant("count" as const), storeId, named: named.map((lots) => lots ?? []) }),
  fc.record({ do: fc.constant("adjust" as const), storeId, lot, quantity: fc.integer({ min: -3, max: 3 }).filter((delta) => delta !== 0) }),
  fc.record({ do: fc.constant("commit" as const), storeId, quantity }),
  fc.record({ do: fc.constant("reverse" as const), which }),
  fc.record({ do: fc.constant("order" as const), storeId, lot, quantity }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant("ship" as const), quantity, named }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("arrive" as const), lorry, quantity: fc.option(quantity, { nil: undefined }), named }),
  },
  fc.record({ do: fc.constant("cancel" as const), lorry, remaining: fc.constantFrom("return" as const, "write_off" as const) }),
  fc.record({ do: fc.constant("sheet" as const), storeId, named: named.map((lots) => lots ?? []), sold: quantity }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Named = readonly { readonly lot: string; readonly quantity: number }[] | undefined;

/** Shelves with a box for each lot, and lorries with what they carry of each, in the order it was loaded. */
function createModel() {
  const boxes = new Map<string, number>();
  const lorries: Map<string, number>[] = [];
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

  /** What a lorry unloads: what is named, or of so much the first that was loaded. */
  function unload(carried: Map<string, number>, quantity: number, lots: Named): [string, number][] | undefined {
    if (lots) {
      const there = total(lots) === quantity && lots.every((one) => (carried.get(one.lot) ?? 0) >= one.quantity);
      return there ? lots.map((one) => [one.lot, one.quantity]) : undefined;
    }
    let left = quantity;
    const taken = [...carried].map(([lot, some]): [string, number] => {
      const part = Math.min(left, some);
      left -= part;
      return [lot, part];
    });
    return left === 0 ? taken : undefined;
  }

  function onTheWay(each: Extract<Step, { do: "ship" | "arrive" | "cancel" }>, now: number): readonly [string, number][] | undefined {
    if (each.do === "ship") {
      const taken = pick("s", each.quantity, each.named, now, false);
      if (taken) lorries.push(taken);
      return taken && [...taken].map(([lot, some]) => [`${lot} s`, -some]);
    }
    const carried = lorries[each.lorry];
    const left = carried ? [...carried.values()].reduce((sum, some) => sum + some, 0) : 0;
    if (!carried || left === 0) return undefined;
    if (each.do === "cancel") {
      const back = each.remaining === "return" ? [...carried] : [];
      carried.clear();
      return back.map(([lot, some]) => [`${lot} s`, some]);
    }
    const quantity = arrivingOf(each);
    const taken = unload(carried, quantity ?? left, quantity === undefined ? undefined : each.named);
    for (const [lot, some] of taken ?? []) carried.set(lot, (carried.get(lot) ?? 0) - some);
    return taken?.map(([lot, some]) => [`${lot} t`, some]);
  }

  /** Somebody counts, somebody else sells meanwhile; each box is then put right by how much it was off when it was counted. */
  function countSlowly(each: Extract<Step, { do: "sheet" }>, now: number): readonly [string, number][] | undefined {
    const off = Object.keys(expiry).map((lot): [string, number] => {
      const counted = each.named.find((one) => one.lot === lot)?.quantity ?? 0;
      return [`${lot} ${each.storeId}`, counted - inBox(lot, each.storeId)];
    });
    const taken = pick(each.storeId, each.sold, undefined, now, true);
    change([...(taken ?? [])].map(([lot, some]) => [`${lot} ${each.storeId}`, -some]));
    return off.every(([box, delta]) => (boxes.get(box) ?? 0) + delta >= 0) ? off : undefined;
  }

  function changesOf(each: Step, now: number): readonly [string, number][] | undefined {
    if (each.do === "ship" || each.do === "arrive" || each.do === "cancel") return onTheWay(each, now);
    if (each.do === "sheet") return countSlowly(each, now);
    if (each.do === "receive" || each.do === "order") return [[`${each.lot} ${each.storeId}`, each.quantity]];
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
    carried: () => lorries.map((carried) => Object.fromEntries([...carried].filter(([, some]) => some > 0))),
    boxes: () => Object.fromEntries([...boxes].filter(([, some]) => some !== 0)),
  };
}

describe("lots against a model", () => {
  it(
    "random deliveries, orders, sales, transfers in one step and in two, counts, sheets, kept promises and reversals leave in each lot what boxes on shelves and lorries would hold, and lots add up to levels",
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50, size: "max" }), async (steps) => {
          const clock = manualClock(0);
          const inventory = await createInventory({ storage: memoryStorage(), clock });
          await inventory.products.create({ sku: "M", name: "M", tracking: "lot" });
          for (const id of places) await inventory.stores.create({ id, name: id });
          const model = createModel();
          const ids: string[] = [];
          const lorries: string[] = [];
          await inventory.suppliers.create({ id: "x", name: "X" });
          for (const each of steps) {
            clock.advance(2);
            const id = each.do === "reverse" ? (ids[each.which] ?? "m999999-0") : "lorry" in each ? (lorries[each.lorry] ?? "t999999") : "";
            const done = await runOn(inventory, each, id).catch(refusedOnly);
            const changes = each.do === "reverse" ? undefined : model.run(each, clock.now());
            const expected = each.do === "reverse" ? model.undo(id) : changes !== undefined;
            expect(done !== undefined, JSON.stringify(each)).toBe(expected);
            const movement = done?.movements[0];
            if (each.do === "ship" && done?.transfer) lorries.push(done.transfer.id);
            if (movement && changes && !done?.transfer) {
              ids.push(movement.id);
              model.note(movement.id, changes);
            }
            const sent = await allOf((page) => inventory.transfers.list(page));
            const carriedLots = sent.map(({ lines }) => lines[0]?.lots?.filter(({ inTransit }) => inTransit > 0) ?? []);
            expect(carriedLots.map((lots) => Object.fromEntries(lots.map((one) => [one.lot, one.inTransit])))).toEqual(model.carried());
            const rows = await allOf((page) => inventory.lots.list(page));
            expect(Object.fromEntries(rows.map((row) => [`${row.lot} ${row.storeId}`, row.quantity]))).toEqual(model.boxes());
            for (const place of places) {
              const { onHand } = await inventory.stock.level({ sku: "M", storeId: place });
              expect(rows.filter((row) => row.storeId === place).reduce((sum, row) => sum + row.quantity, 0)).toBe(onHand);
            }
          }
          for (const row of await allOf((page) => inventory.lots.list(page))) {
            const { movements, inTransit } = await inventory.lots.trace({ sku: "M", lot: row.lot, limit: 1_000 });
            const carried = model.carried().reduce((sum, lots) => sum + (lots[row.lot] ?? 0), 0);
            expect(inTransit.reduce((sum, { quantity: some }) => sum + some, 0)).toBe(carried);
            const here = movements.filter((movement) => movement.storeId === row.storeId);
            expect(here.reduce((sum, movement) => sum + movement.delta, 0)).toBe(row.quantity);
          }
          await checkLedger(inventory);
          await inventory.close();
        }),
        { numRuns: budgets.histories.lots },
      );
    },
    searchTimeoutMs,
  );
});

function refusedOnly(error: unknown): undefined {
  if (!isInventoryError(error)) throw error;
  return undefined;
}

/** How much is said to arrive; undefined: all there is. */
const arrivingOf = ({ quantity: some, named: lots }: { quantity?: number | undefined; named: Named }): number | undefined =>
  some === undefined ? undefined : lots ? lots.reduce((sum, one) => sum + one.quantity, 0) || some : some;

interface Done {
  readonly movements: readonly { readonly id: string }[];
  readonly transfer?: { readonly id: string };
}

async function runOn(inventory: Inventory, each: Step, id: string): Promise<Done> {
  const { stock, reservations, transfers } = inventory;
  if (each.do === "reverse") return stock.reverse(id);
  if (each.do === "ship")
    return transfers.ship({ from: "s", to: "t", lines: [{ sku: "M", quantity: each.quantity, ...lotsOf(each.named) }] });
  if (each.do === "arrive") {
    const some = arrivingOf(each);
    return transfers.receive(id, some === undefined ? {} : { lines: [{ sku: "M", quantity: some, ...lotsOf(each.named) }] });
  }
  if (each.do === "cancel") return transfers.cancel(id, { remaining: each.remaining });
  if (each.do === "order") return receiveOrder(inventory, each);
  if (each.do === "sheet") return countBySheet(inventory, each);
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

async function receiveOrder({ purchaseOrders }: Inventory, { storeId: at, quantity: some, lot: code }: Extract<Step, { do: "order" }>) {
  const order = { supplierId: "x", storeId: at, lines: [{ sku: "M", quantity: some }] };
  const { id } = (await purchaseOrders.create(order)).purchaseOrder;
  await purchaseOrders.submit(id);
  return purchaseOrders.receive(id, { lines: [{ sku: "M", quantity: some, lots: [dated({ lot: code, quantity: some })] }] });
}

async function countBySheet({ counts, stock }: Inventory, { storeId: at, named: lots, sold }: Extract<Step, { do: "sheet" }>) {
  const { id } = (await counts.start({ storeId: at, skus: ["M"], blind: true })).count;
  await counts.record(id, { lines: [{ sku: "M", counted: lots.reduce((sum, one) => sum + one.quantity, 0), lots: lots.map(dated) }] });
  await stock.sell({ sku: "M", storeId: at, quantity: sold }).catch(refusedOnly);
  return counts.approve(id);
}
