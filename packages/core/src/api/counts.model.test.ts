import { createInventory, type Inventory, isInventoryError } from "@onhand/core";
import { checkLedger, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";

const skus = ["A", "B"] as const;
const sku = fc.constantFrom(...skus);
const quantity = fc.integer({ min: 1, max: 4 });
/** Which of the sheets started so far. */
const which = fc.nat({ max: 1 });

const step = fc.oneof(
  fc.record({ do: fc.constant("buy" as const), sku, quantity }),
  fc.record({ do: fc.constant("sell" as const), sku, quantity }),
  fc.record({ do: fc.constant("ship" as const), sku, quantity }),
  fc.record({ do: fc.constant("vanish" as const), sku, quantity }),
  fc.record({ do: fc.constant("countAtOnce" as const), sku }),
  fc.record({ do: fc.constant("adjust" as const), sku, quantity }),
  fc.record({ do: fc.constant("start" as const), blind: fc.boolean() }),
  fc.record({ do: fc.constant("record" as const), which, sku }),
  fc.record({ do: fc.constant("recount" as const), which, sku }),
  fc.record({ do: fc.constant("approve" as const), which }),
  fc.record({ do: fc.constant("cancel" as const), which }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Line {
  state: "open" | "counted" | "recount";
  tallies: number;
  /** What vanished after it was counted: nobody can know of that. */
  vanishedSince: number;
  /** Whether the books were set right after it was counted. */
  corrected: boolean;
}

interface Sheet {
  readonly lines: Map<string, Line>;
  over: boolean;
}

/** Shelves, books and sheets in the fewest words: approved books say what was on the shelf when it was counted, with all that happened since. */
function createModel() {
  const shelf = new Map<string, number>(skus.map((name) => [name, 5]));
  const books = new Map<string, number>(skus.map((name) => [name, 5]));
  const sheets: Sheet[] = [];
  const of = (amounts: Map<string, number>, name: string) => amounts.get(name) ?? 0;
  const linesOf = (name: string) => sheets.flatMap(({ over, lines }) => (over ? [] : (lines.get(name) ?? [])));
  const correct = (name: string) => {
    for (const line of linesOf(name)) if (line.state === "counted") line.corrected = true;
  };

  /** Goods that come and go with a document move on the shelf and in the books. */
  function move(name: string, delta: number): boolean {
    if (of(books, name) + delta < 0) return false;
    shelf.set(name, of(shelf, name) + delta);
    books.set(name, of(books, name) + delta);
    return true;
  }

  function onSheet(each: Extract<Step, { which: number }>): boolean {
    const sheet = sheets[each.which];
    if (!sheet || sheet.over) return false;
    if (each.do === "cancel") {
      sheet.over = true;
      return true;
    }
    if (each.do === "approve") return approve(sheet);
    const line = sheet.lines.get(each.sku);
    if (each.do === "recount") {
      if (!line) return false;
      if (line.state === "counted") line.state = "recount";
      return true;
    }
    if (line?.state === "counted") return false;
    sheet.lines.set(each.sku, { state: "counted", tallies: (line?.tallies ?? 0) + 1, vanishedSince: 0, corrected: false });
    return true;
  }

  function approve(sheet: Sheet): boolean {
    const lines = [...sheet.lines];
    const counted = lines.filter(([, line]) => line.state === "counted");
    if (counted.length === 0 || lines.some(([, line]) => line.state === "recount" || (line.state === "counted" && line.corrected)))
      return false;
    sheet.over = true;
    for (const [name, line] of counted) {
      books.set(name, of(shelf, name) + line.vanishedSince);
      correct(name);
    }
    return true;
  }

  function run(each: Step): boolean {
    if ("which" in each) return onSheet(each);
    if (each.do === "start") {
      const there = skus.filter((name) => of(books, name) !== 0);
      if (there.length === 0) return false;
      sheets.push({
        lines: new Map(there.map((name) => [name, { state: "open", tallies: 0, vanishedSince: 0, corrected: false }])),
        over: false,
      });
      return true;
    }
    if (each.do === "buy") return move(each.sku, each.quantity);
    if (each.do === "sell" || each.do === "ship") return move(each.sku, -each.quantity);
    if (each.do === "vanish") {
      shelf.set(each.sku, of(shelf, each.sku) - each.quantity);
      for (const line of linesOf(each.sku)) line.vanishedSince += each.quantity;
      return true;
    }
    const to = each.do === "adjust" ? of(books, each.sku) + each.quantity : of(shelf, each.sku);
    books.set(each.sku, to);
    correct(each.sku);
    return true;
  }

  return {
    run,
    /** What somebody who can hand over so much, or see so much, would do: nobody sells or steals what is not on the shelf. */
    isPossible: (each: Step) => !("quantity" in each) || each.do === "buy" || each.do === "adjust" || of(shelf, each.sku) >= each.quantity,
    onShelf: (name: string) => of(shelf, name),
    books: () => Object.fromEntries(books),
    tallies: () => sheets.map(({ lines }) => Object.fromEntries([...lines].map(([name, line]) => [name, line.tallies]))),
  };
}

describe("counts against a model", () => {
  it(
    "random counts, recounts and approvals among sales, shipments, losses and corrections leave books that say what was on the shelf when it was counted, with what happened since; no difference is booked twice",
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: "max" }), async (steps) => {
          const inventory = await createInventory({ storage: memoryStorage(), clock: manualClock(0) });
          for (const id of ["s", "t"]) await inventory.stores.create({ id, name: id });
          for (const name of skus) {
            await inventory.products.create({ sku: name, name });
            await inventory.stock.receive({ sku: name, storeId: "s", quantity: 5 });
          }
          const model = createModel();
          const ids: string[] = [];
          for (const each of steps) {
            if (!model.isPossible(each)) continue;
            const counted = "sku" in each ? model.onShelf(each.sku) : 0;
            const accepted = model.run(each);
            if (each.do === "vanish") continue;
            const [outcome] = await Promise.allSettled([runOn(inventory, ids, each, counted)]);
            if (outcome?.status === "rejected") expect(isInventoryError(outcome.reason), String(outcome.reason)).toBe(true);
            expect([each, outcome?.status]).toEqual([each, accepted ? "fulfilled" : "rejected"]);
            if (each.do === "start" && outcome?.status === "fulfilled") ids.push((outcome.value as { count: { id: string } }).count.id);
            const levels = (await inventory.stock.levels({ storeId: "s" })).items;
            expect(Object.fromEntries(levels.map(({ sku: name, onHand }) => [name, onHand]))).toEqual(model.books());
          }
          const sheets = await Promise.all(ids.map((id) => inventory.counts.get(id)));
          expect(sheets.map(({ lines }) => Object.fromEntries(lines.map(({ sku: name, tallies }) => [name, tallies.length])))).toEqual(
            model.tallies(),
          );
          await checkLedger(inventory);
          await inventory.close();
        }),
        { numRuns: budgets.histories.counts },
      );
    },
    searchTimeoutMs,
  );
});

function runOn({ stock, transfers, counts }: Inventory, ids: readonly string[], each: Step, counted: number): Promise<unknown> {
  const id = "which" in each ? (ids[each.which] ?? "c999999") : "";
  if (each.do === "buy") return stock.receive({ sku: each.sku, storeId: "s", quantity: each.quantity });
  if (each.do === "sell") return stock.sell({ sku: each.sku, storeId: "s", quantity: each.quantity });
  if (each.do === "ship") return transfers.ship({ from: "s", to: "t", lines: [{ sku: each.sku, quantity: each.quantity }] });
  if (each.do === "countAtOnce") return stock.count({ sku: each.sku, storeId: "s", counted });
  if (each.do === "adjust") return stock.adjust({ sku: each.sku, storeId: "s", delta: each.quantity, reason: "found" });
  if (each.do === "start") return counts.start({ storeId: "s", blind: each.blind });
  if (each.do === "record") return counts.record(id, { lines: [{ sku: each.sku, counted }] });
  if (each.do === "recount") return counts.recount(id, { skus: [each.sku] });
  return each.do === "approve" ? counts.approve(id) : counts.cancel(id);
}
