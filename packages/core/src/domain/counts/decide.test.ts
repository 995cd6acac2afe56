import { beforeEach, describe, expect, it } from "vitest";
import { decider, type Rows, rowsOf } from "../../../test/given";
import { archiveProduct, archiveStore } from "../catalog/decide";
import { hold, release } from "../reservations/decide";
import type { Row } from "../shared/rows";
import type { Table } from "../shared/slice";
import { slices } from "../slices";
import { receive, reverse, sell } from "../stock/decide";
import { type LevelRow, levels } from "../stock/tables";
import { ship } from "../transfers/decide";
import { approve, cancel, record, recount, start } from "./decide";
import { type CountLineRow, countLines, toCountLine } from "./tables";

let rows: Rows;
let given: ReturnType<typeof decider>;

const onHand = (sku = "A", storeId = "s") => (rows.get(levels, [sku, storeId]) as LevelRow | undefined)?.onHand;
const started = (fields: object = {}) => given.done(start, { storeId: "s", ...fields }).count.id;
const counted = (id: string, lines: Readonly<Record<string, number>>) =>
  given.done(record, { id, lines: Object.entries(lines).map(([sku, quantity]) => ({ sku, counted: quantity })), actor: "kim" });
const linesOf = (id: string) => (rows.find(countLines, { sheet: Number(id.slice(1)) }) as CountLineRow[]).map(toCountLine);
const statusesOf = (id: string) => Object.fromEntries(linesOf(id).map(({ sku, status }) => [sku, status]));

beforeEach(() => {
  rows = rowsOf(slices.flatMap((slice) => slice.tables) as Table<Row>[]);
  given = decider(rows);
  given.product("A", { category: "Tea" });
  given.product("B", { category: "Tea" });
  given.product("KG", { decimals: 3 });
  given.product("NEW");
  for (const id of ["s", "t"]) given.store(id);
  given.done(receive, { sku: "A", storeId: "s", quantity: 10 });
  given.done(receive, { sku: "B", storeId: "s", quantity: 4 });
  given.done(receive, { sku: "KG", storeId: "s", quantity: 1.5 });
  given.done(receive, { sku: "NEW", storeId: "t", quantity: 1 });
});

describe("starting a sheet", () => {
  it("lists what should be at the store by the books, a category whether it is there or not, or some products once", () => {
    expect(statusesOf(started())).toEqual({ A: "open", B: "open", KG: "open" });
    expect(statusesOf(started({ storeId: "t", category: "Tea" }))).toEqual({ A: "open", B: "open" });
    expect(statusesOf(started({ skus: ["new", "NEW", "a"] }))).toEqual({ NEW: "open", A: "open" });
    expect(given.done(start, { storeId: "s", blind: true, actor: "mia", reference: { type: "audit", id: "q4" } }).count).toMatchObject({
      status: "open",
      blind: true,
      lineCount: 3,
      countedCount: 0,
      actor: "mia",
      reference: { type: "audit", id: "q4" },
    });
  });

  it("leaves archived products out, and refuses one that is named", () => {
    given.done(sell, { sku: "A", storeId: "s", quantity: 10 });
    given.done(archiveProduct, { sku: "A" });
    expect(statusesOf(started({ category: "Tea" }))).toEqual({ B: "open" });
    expect(given.refused(start, { storeId: "s", skus: ["B", "A", "NO"] })).toMatchObject({
      code: "INVALID_STATE",
      details: {
        lines: [
          { index: 1, code: "INVALID_STATE", key: "A" },
          { index: 2, code: "UNKNOWN_PRODUCT", sku: "NO" },
        ],
      },
    });
  });

  it.each([
    ["at a store that is not", { storeId: "x" }, "UNKNOWN_STORE"],
    ["of a category that nothing is in", { category: "Coffee" }, "INVALID_INPUT"],
  ])("%s is refused", (_name, fields, code) => {
    expect(given.refused(start, { storeId: "s", ...fields }).code).toBe(code);
  });

  it("at an empty or archived store is refused", () => {
    given.store("v");
    expect(given.refused(start, { storeId: "v" }).code).toBe("INVALID_INPUT");
    given.done(archiveStore, { id: "v" });
    expect(given.refused(start, { storeId: "v", category: "Tea" }).code).toBe("INVALID_STATE");
  });

  it("by a category and by products at once is refused before it is decided", () => {
    expect(() => start.parse({ storeId: "s", category: "Tea", skus: ["A"] })).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });

  it("of more than 5,000 products is refused, and says what to do", () => {
    const writes = Array.from({ length: 5_001 }, (_, index) => ({
      table: levels.name,
      row: { ...(rows.get(levels, ["A", "s"]) as LevelRow), sku: `P${index}`, storeId: "t" },
    }));
    rows.write(writes);
    expect(given.refused(start, { storeId: "t" }).details).toMatchObject({
      issues: [{ path: "storeId", message: expect.stringContaining("count by category") }],
    });
  });
});

describe("counting", () => {
  it("remembers what the level said at that moment, and tells the variance in units and percent", () => {
    const id = started();
    const { count, lines } = counted(id, { a: 8, KG: 1.625 });
    expect(count).toMatchObject({ lineCount: 3, countedCount: 2 });
    expect(lines).toMatchObject([
      { sku: "A", status: "counted", counted: 8, expected: 10, variance: -2, variancePercent: -20 },
      { sku: "KG", counted: 1.625, expected: 1.5, variance: 0.125 },
    ]);
    expect(lines[0]?.tallies).toMatchObject([{ counted: 8, expected: 10, actor: "kim", countedAt: 1_000 }]);
    expect(onHand()).toBe(10);
  });

  it("where nothing was expected has no percent", () => {
    const [line] = counted(started({ skus: ["NEW"] }), { NEW: 3 }).lines;
    expect(line).toMatchObject({ expected: 0, variance: 3 });
    expect(line).not.toHaveProperty("variancePercent");
  });

  it("on a blind sheet tells nobody what should be there until it is approved", () => {
    const id = started({ blind: true });
    const told = JSON.stringify([counted(id, { A: 8 }), given.done(recount, { id, skus: ["A"] }), counted(id, { A: 9 }), linesOf(id)]);
    for (const word of ["expected", "variance"]) expect(told).not.toContain(word);
    given.done(approve, { id });
    expect(linesOf(id)[0]).toMatchObject({ counted: 9, expected: 10, variance: -1, tallies: [{ expected: 10 }, { expected: 10 }] });
  });

  it("takes up on a sheet for the whole store what was found beside it, and refuses it on others", () => {
    const whole = started();
    expect(counted(whole, { NEW: 2 }).count).toMatchObject({ lineCount: 4, countedCount: 1 });
    const tea = started({ category: "Tea" });
    expect(given.refused(record, { id: tea, lines: [{ sku: "NEW", counted: 2 }] })).toMatchObject({
      code: "INVALID_INPUT",
      details: { issues: [{ path: "sku", message: "is not on this sheet" }] },
    });
  });

  it("names every line that failed and notes none of them", () => {
    const id = started();
    counted(id, { B: 4 });
    const lines = [
      { sku: "A", counted: 1.5 },
      { sku: "B", counted: 3 },
      { sku: "NO", counted: 1 },
      { sku: "KG", counted: 1 },
      { sku: "kg", counted: 1 },
    ];
    expect(given.refused(record, { id, lines }).details).toMatchObject({
      lines: [
        { index: 0, code: "INVALID_INPUT", issues: [{ path: "counted" }] },
        { index: 1, code: "INVALID_STATE", state: "counted" },
        { index: 2, code: "UNKNOWN_PRODUCT" },
        { index: 4, code: "INVALID_INPUT", issues: [{ path: "sku", message: "is named twice" }] },
      ],
    });
    expect(statusesOf(id)).toEqual({ A: "open", B: "counted", KG: "open" });
  });

  it("again after a recount keeps both; without one it is refused, so that nothing is overwritten unseen", () => {
    const id = started();
    counted(id, { A: 8 });
    given.wait(50);
    given.done(sell, { sku: "A", storeId: "s", quantity: 1 });
    expect(given.done(recount, { id, skus: ["a", "B"] })).toMatchObject({
      count: { countedCount: 0 },
      lines: [{ sku: "A", status: "recount", tallies: [{ counted: 8 }] }],
    });
    expect(linesOf(id)[0]).not.toHaveProperty("counted");
    const [line] = counted(id, { A: 9 }).lines;
    expect(line).toMatchObject({ counted: 9, expected: 9, variance: 0 });
    expect(line?.tallies.map(({ counted: found, expected, countedAt }) => [found, expected, countedAt])).toEqual([
      [8, 10, 1_000],
      [9, 9, 1_050],
    ]);
  });

  it("ends after 20 times", () => {
    const id = started();
    for (let time = 0; time < 20; time++) {
      counted(id, { A: time });
      given.done(recount, { id, skus: ["A"] });
    }
    expect(given.refused(record, { id, lines: [{ sku: "A", counted: 1 }] }).details).toMatchObject({ state: "counted 20 times" });
  });

  it("again of what nobody counted yet asks for nothing; of what is not on the sheet is refused", () => {
    const id = started({ category: "Tea" });
    expect(given.done(recount, { id, skus: ["A"] }).lines).toEqual([]);
    expect(given.refused(recount, { id, skus: ["A", "KG"] }).details).toMatchObject({ lines: [{ index: 1, code: "INVALID_INPUT" }] });
  });
});

describe("approving", () => {
  it("books what was off when it was counted: what was sold since is not counted twice", () => {
    const id = started();
    counted(id, { A: 8, B: 4, KG: 1.625 });
    given.done(sell, { sku: "A", storeId: "s", quantity: 3 });
    given.done(receive, { sku: "B", storeId: "s", quantity: 6 });
    const { count, movements, levels: left } = given.done(approve, { id, actor: "mia", reason: "year end" });
    expect(count).toMatchObject({ status: "approved", differenceCount: 2, closedBy: "mia", reason: "year end", closedAt: 1_000 });
    expect(movements.map(({ type, sku, delta, onHandAfter }) => [type, sku, delta, onHandAfter])).toEqual([
      ["counted", "A", -2, 5],
      ["counted", "B", 0, 10],
      ["counted", "KG", 0.125, 1.625],
    ]);
    expect(movements[0]).toMatchObject({ reference: { type: "count", id }, actor: "mia", reason: "year end" });
    expect(left).toHaveLength(3);
    expect(statusesOf(id)).toEqual({ A: "approved", B: "approved", KG: "approved" });
  });

  it("leaves what nobody counted as it is", () => {
    const id = started();
    counted(id, { A: 10 });
    expect(given.done(approve, { id }).movements.map(({ sku }) => sku)).toEqual(["A"]);
    expect([onHand("B"), onHand("KG")]).toEqual([4, 1_500]);
    expect(statusesOf(id)).toEqual({ A: "approved", B: "uncounted", KG: "uncounted" });
  });

  it("happens once, and a sheet that is over takes nothing more", () => {
    const id = started();
    counted(id, { A: 9 });
    given.done(approve, { id });
    for (const [definition, input] of [
      [approve, { id }],
      [cancel, { id }],
      [recount, { id, skus: ["A"] }],
      [record, { id, lines: [{ sku: "B", counted: 1 }] }],
    ] as const)
      expect(given.refused(definition as typeof approve, input)).toEqual({
        code: "INVALID_STATE",
        details: { entity: "count", key: id, state: "approved" },
      });
    expect(onHand()).toBe(9);
  });

  it("is refused while nothing is counted, or lines are to be counted again", () => {
    const id = started();
    expect(given.refused(approve, { id }).details).toMatchObject({ state: "not counted" });
    counted(id, { A: 9, B: 4 });
    given.done(recount, { id, skus: ["B"] });
    expect(given.refused(approve, { id })).toMatchObject({
      code: "INVALID_STATE",
      details: { entity: "count", key: id, state: "to be counted again", lines: [{ sku: "B", state: "to be counted again" }] },
    });
  });

  it("below what is promised is refused naming every line; the sheet stays open and can be approved when holds are gone", () => {
    const id = started();
    counted(id, { A: 3, B: 1, KG: 1.5 });
    const holds = [
      given.done(hold, { sku: "A", storeId: "s", quantity: 4, expiresInMs: 100 }),
      given.done(hold, { sku: "B", storeId: "s", quantity: 2, expiresInMs: 100 }),
    ].map(({ reservation }) => reservation.id);
    expect(given.refused(approve, { id })).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      details: {
        sku: "A",
        storeId: "s",
        requested: 7,
        available: 6,
        lines: [
          { index: 0, code: "INSUFFICIENT_STOCK", sku: "A" },
          { index: 1, code: "INSUFFICIENT_STOCK", sku: "B", requested: 3, available: 2 },
        ],
      },
    });
    expect([onHand(), onHand("B"), statusesOf(id).A]).toEqual([10, 4, "counted"]);
    for (const held of holds) given.done(release, { id: held });
    given.done(approve, { id });
    expect([onHand(), onHand("B")]).toEqual([3, 1]);
  });

  it("is in nobody's way when a promise has run out", () => {
    const id = started();
    counted(id, { A: 3 });
    given.done(hold, { sku: "A", storeId: "s", quantity: 10, expiresInMs: 100 });
    given.wait(100);
    expect(given.done(approve, { id }).levels).toMatchObject([{ onHand: 3, reserved: 0 }]);
  });

  it("when more was sold since than was found is refused until it is counted again", () => {
    const id = started();
    counted(id, { A: 2 });
    given.done(sell, { sku: "A", storeId: "s", quantity: 7 });
    expect(given.refused(approve, { id }).code).toBe("INSUFFICIENT_STOCK");
    given.done(recount, { id, skus: ["A"] });
    counted(id, { A: 1 });
    given.done(approve, { id });
    expect(onHand()).toBe(1);
  });

  it("of goods that left for another store since books only what was off", () => {
    const id = started();
    counted(id, { A: 9 });
    given.done(ship, { from: "s", to: "t", lines: [{ sku: "A", quantity: 5 }] });
    given.done(approve, { id });
    expect(onHand()).toBe(4);
  });

  it("can be undone line by line: the movement is reversed like any other", () => {
    const id = started();
    counted(id, { A: 8, B: 3 });
    const { movements } = given.done(approve, { id });
    expect(given.done(reverse, { id: movements[0]?.id as string }).movements).toMatchObject([
      { type: "adjusted", delta: 2, onHandAfter: 10, reverses: movements[0]?.id, reference: { type: "count", id } },
    ]);
    expect(onHand("B")).toBe(3);
    expect(given.refused(reverse, { id: movements[0]?.id as string }).details).toMatchObject({ state: "reversed" });
  });
});

describe("cancelling", () => {
  it("books nothing and ends every line", () => {
    const id = started({ blind: true });
    counted(id, { A: 1 });
    expect(given.done(cancel, { id, reason: "alarm", actor: "mia" }).count).toMatchObject({
      status: "cancelled",
      reason: "alarm",
      closedBy: "mia",
    });
    expect(onHand()).toBe(10);
    expect(statusesOf(id)).toEqual({ A: "cancelled", B: "cancelled", KG: "cancelled" });
    expect(JSON.stringify(linesOf(id))).not.toContain("expected");
  });

  it.each(["c999", "r1", "", "c", "c01", "x".repeat(64)])("a sheet that does not exist (%j) is refused by that name", (id) => {
    for (const [definition, input] of [
      [approve, { id }],
      [cancel, { id }],
      [recount, { id, skus: ["A"] }],
      [record, { id, lines: [{ sku: "A", counted: 1 }] }],
    ] as const)
      expect(given.refused(definition as typeof approve, input)).toEqual({ code: "UNKNOWN_COUNT", details: { id } });
  });
});
