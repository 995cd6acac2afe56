import { beforeEach, describe, expect, it } from "vitest";
import { decider, type Rows, rowsOf } from "../../../test/given";
import { archiveStore } from "../catalog/decide";
import type { Row } from "../shared/rows";
import type { Table } from "../shared/slice";
import { slices } from "../slices";
import { adjust, apply, receive as receiveStock, reverse, transfer as transferAtOnce } from "../stock/decide";
import { foldLedger } from "../stock/fold";
import { type IncomingEventRow, incomingEvents, type LevelRow, levels, type MovementRow, movements } from "../stock/tables";
import { cancel, receive, ship } from "./decide";
import { type TransferRow, transferIncoming, transfers } from "./tables";

let rows: Rows;
let given: ReturnType<typeof decider>;

const at = (storeId: string, sku = "A") => rows.get(levels, [sku, storeId]) as LevelRow;
const figures = (storeId: string, sku = "A") => [at(storeId, sku)?.onHand ?? 0, at(storeId, sku)?.incoming ?? 0];
const shipped = (quantity = 6, sku = "A") => given.done(ship, { from: "s", to: "t", lines: [{ sku, quantity }], actor: "kim" }).transfer.id;

beforeEach(() => {
  rows = rowsOf(slices.flatMap((slice) => slice.tables) as Table<Row>[]);
  given = decider(rows);
  for (const sku of ["A", "B"]) given.product(sku);
  given.product("KG", { decimals: 3 });
  for (const id of ["s", "t"]) {
    given.store(id);
    given.done(receiveStock, { sku: "A", storeId: id, quantity: 10 });
  }
  given.done(receiveStock, { sku: "B", storeId: "s", quantity: 5 });
  given.done(receiveStock, { sku: "KG", storeId: "s", quantity: 2.5 });
});

describe("shipping", () => {
  it("takes goods off one shelf and has them on their way to the other, and says so in the ledger", () => {
    const {
      transfer,
      movements: moved,
      levels: left,
    } = given.done(ship, {
      from: "s",
      to: "t",
      lines: [
        { sku: "a", quantity: 6 },
        { sku: "KG", quantity: 0.125 },
      ],
      reference: { type: "request", id: "7" },
      expectedAt: 5_000,
      actor: "kim",
    });
    expect(transfer).toMatchObject({ from: "s", to: "t", status: "in_transit", expectedAt: 5_000, actor: "kim" });
    expect(transfer.reference).toEqual({ type: "request", id: "7" });
    expect(transfer.lines).toEqual([
      { sku: "A", quantity: 6, received: 0, returned: 0, writtenOff: 0, inTransit: 6 },
      { sku: "KG", quantity: 0.125, received: 0, returned: 0, writtenOff: 0, inTransit: 0.125 },
    ]);
    expect(moved).toMatchObject([
      { type: "transferred_out", storeId: "s", delta: -6, actor: "kim", reference: { type: "transfer", id: transfer.id } },
      { type: "transferred_out", sku: "KG", delta: -0.125 },
    ]);
    expect(left.map(({ sku, storeId, onHand, incoming }) => [sku, storeId, onHand, incoming])).toEqual([
      ["A", "s", 4, 0],
      ["A", "t", 10, 6],
      ["KG", "s", 2.375, 0],
      ["KG", "t", 0, 0.125],
    ]);
  });

  it("leaves a trace of every level it changes: a movement, or a note of what is on its way", () => {
    const { seq } = given.done(ship, {
      from: "s",
      to: "t",
      lines: [
        { sku: "A", quantity: 1 },
        { sku: "B", quantity: 1 },
      ],
    }).transfer;
    const traces = [...rows.find(movements, { seq }), ...rows.find(incomingEvents, { seq })] as (MovementRow | IncomingEventRow)[];
    expect(traces.map((row) => `${row.sku} ${row.storeId} ${row.delta}`).sort()).toEqual(["A s -1", "A t 1", "B s -1", "B t 1"]);
    const changed = (rows.find(levels, { seq }) as LevelRow[]).map((row) => `${row.sku} ${row.storeId}`).sort();
    expect(changed).toEqual(["A s", "A t", "B s", "B t"]);
  });

  it("of more than there is names every line that failed, and what else is wrong with a line", () => {
    const lines = [
      { sku: "A", quantity: 11 },
      { sku: "B", quantity: 5 },
      { sku: "NO", quantity: 1 },
      { sku: "b", quantity: 1 },
      { sku: "KG", quantity: 0.0001 },
      { sku: "KG", quantity: 3 },
    ];
    const { code, details } = given.refused(ship, { from: "s", to: "t", lines });
    expect(code).toBe("INSUFFICIENT_STOCK");
    expect(details).toMatchObject({
      sku: "A",
      storeId: "s",
      requested: 11,
      available: 10,
      lines: [
        { index: 0, code: "INSUFFICIENT_STOCK", sku: "A" },
        { index: 2, code: "UNKNOWN_PRODUCT", sku: "NO" },
        { index: 3, code: "INVALID_INPUT" },
        { index: 4, code: "INVALID_INPUT" },
        { index: 5, code: "INSUFFICIENT_STOCK", sku: "KG", available: 2.5 },
      ],
    });
    expect(figures("s")).toEqual([10, 0]);
  });

  it.each([
    ["to the store it leaves", { to: "s" }, "INVALID_INPUT"],
    ["to a store that is not", { to: "x" }, "UNKNOWN_STORE"],
    ["from a store that is not", { from: "x" }, "UNKNOWN_STORE"],
  ])("%s is refused", (_name, other, code) => {
    expect(given.refused(ship, { from: "s", to: "t", lines: [{ sku: "A", quantity: 1 }], ...other }).code).toBe(code);
  });

  it("of more than 500 products, or of none, is refused before it is decided", () => {
    const line = (_: unknown, index: number) => ({ sku: `P${index}`, quantity: 1 });
    for (const lines of [[], Array.from({ length: 501 }, line)])
      expect(() => ship.parse({ from: "s", to: "t", lines })).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });

  it("beyond what is exact is refused", () => {
    const most = Number.MAX_SAFE_INTEGER;
    given.done(adjust, { sku: "A", storeId: "s", delta: most - 10, reason: "found" });
    shipped(most);
    given.done(adjust, { sku: "A", storeId: "s", delta: 5, reason: "found" });
    expect(given.refused(ship, { from: "s", to: "t", lines: [{ sku: "A", quantity: 1 }] }).code).toBe("INVALID_INPUT");
  });
});

describe("receiving", () => {
  it("without lines takes in all that is left, and then nothing is on its way", () => {
    const id = shipped();
    const { transfer, movements: moved } = given.done(receive, { id });
    expect(transfer).toMatchObject({ status: "received", lines: [{ received: 6, inTransit: 0 }], closedAt: 1_000 });
    expect(moved).toMatchObject([{ type: "transferred_in", storeId: "t", delta: 6, reference: { type: "transfer", id } }]);
    expect([figures("s"), figures("t")]).toEqual([
      [4, 0],
      [16, 0],
    ]);
    expect(given.refused(receive, { id })).toEqual({ code: "INVALID_STATE", details: { entity: "transfer", key: id, state: "received" } });
  });

  it("in parts leaves the rest on its way until the last", () => {
    const id = given.done(ship, {
      from: "s",
      to: "t",
      lines: [
        { sku: "A", quantity: 6 },
        { sku: "B", quantity: 2 },
      ],
    }).transfer.id;
    expect(given.done(receive, { id, lines: [{ sku: "a", quantity: 4 }] }).transfer).toMatchObject({
      status: "partially_received",
      lines: [{ received: 4, inTransit: 2 }, { inTransit: 2 }],
    });
    expect([figures("t"), figures("t", "B")]).toEqual([
      [14, 2],
      [0, 2],
    ]);
    expect(given.done(receive, { id, lines: [{ sku: "B", quantity: 2 }] }).transfer.status).toBe("partially_received");
    expect(given.done(receive, { id }).transfer.status).toBe("received");
    expect([figures("t"), figures("t", "B")]).toEqual([
      [16, 0],
      [2, 0],
    ]);
  });

  it("more than is on its way, something else, or one product twice is refused line by line and changes nothing", () => {
    const id = shipped();
    given.done(receive, { id, lines: [{ sku: "A", quantity: 4 }] });
    const { code, details } = given.refused(receive, {
      id,
      lines: [
        { sku: "A", quantity: 3 },
        { sku: "B", quantity: 1 },
        { sku: "NO", quantity: 1 },
        { sku: "A", quantity: 1 },
      ],
    });
    expect(code).toBe("INVALID_INPUT");
    expect(details).toMatchObject({
      lines: [
        { index: 0, issues: [{ path: "quantity", message: "must not be more than the 2 in transit" }] },
        { index: 1, issues: [{ path: "sku", message: "is not on this transfer" }] },
        { index: 2, code: "UNKNOWN_PRODUCT" },
        { index: 3, issues: [{ path: "sku", message: "is named twice" }] },
      ],
    });
    expect(figures("t")).toEqual([14, 2]);
  });

  it.each(["t999", "m1-0", "", "t", "t01", "x".repeat(64)])("of a transfer that does not exist (%j) is refused by that name", (id) => {
    expect(given.refused(receive, { id })).toEqual({ code: "UNKNOWN_TRANSFER", details: { id } });
    expect(given.refused(cancel, { id, remaining: "return" })).toEqual({ code: "UNKNOWN_TRANSFER", details: { id } });
  });
});

describe("cancelling", () => {
  it("brings back what is still on its way; what was received stays", () => {
    const id = shipped();
    given.done(receive, { id, lines: [{ sku: "A", quantity: 1 }] });
    const { transfer, movements: moved } = given.done(cancel, { id, remaining: "return", reason: "wrong store" });
    expect(transfer).toMatchObject({ status: "cancelled", reason: "wrong store", lines: [{ received: 1, returned: 5, writtenOff: 0 }] });
    expect(moved).toMatchObject([{ type: "transferred_in", storeId: "s", delta: 5, reason: "wrong store" }]);
    expect([figures("s"), figures("t")]).toEqual([
      [9, 0],
      [11, 0],
    ]);
    expect(given.refused(cancel, { id, remaining: "return" }).details).toMatchObject({ state: "cancelled" });
    expect(given.refused(receive, { id }).details).toMatchObject({ state: "cancelled" });
  });

  it("writes off what is lost at the store it came from, so that what went out came in and shrinkage has its reason", () => {
    const id = shipped();
    const { transfer, movements: moved } = given.done(cancel, { id, remaining: "write_off" });
    expect(transfer).toMatchObject({ status: "cancelled", reason: "lost", lines: [{ writtenOff: 6, inTransit: 0 }] });
    expect(moved.map(({ type, storeId, delta, reason, reference }) => [type, storeId, delta, reason, reference?.id])).toEqual([
      ["transferred_in", "s", 6, "lost", id],
      ["adjusted", "s", -6, "lost", id],
    ]);
    expect([figures("s"), figures("t")]).toEqual([
      [4, 0],
      [10, 0],
    ]);
  });

  it("says what becomes of the rest, or is refused before it is decided", () => {
    for (const remaining of [undefined, "keep"])
      expect(() => cancel.parse({ id: "t1", remaining })).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });

  it("has a store to go back to: one with goods in transit is not archived", () => {
    given.store("v");
    given.done(receiveStock, { sku: "A", storeId: "v", quantity: 3 });
    const { id } = given.done(ship, { from: "v", to: "t", lines: [{ sku: "A", quantity: 3 }] }).transfer;
    const held = { code: "INVALID_STATE", details: { entity: "store", key: "v", state: "goods from it are in transit" } };
    expect(given.refused(archiveStore, { id: "v" })).toEqual(held);
    given.done(receive, { id, lines: [{ sku: "A", quantity: 1 }] });
    expect(given.refused(archiveStore, { id: "v" })).toEqual(held);
    given.done(receive, { id });
    given.done(archiveStore, { id: "v" });
  });
});

describe("reversing", () => {
  it("a movement of a transfer in transit is refused: the transfer is cancelled instead", () => {
    const { transfer, movements: out } = given.done(ship, {
      from: "s",
      to: "t",
      lines: [
        { sku: "A", quantity: 2 },
        { sku: "B", quantity: 2 },
      ],
    });
    const { movements: inward } = given.done(receive, { id: transfer.id, lines: [{ sku: "A", quantity: 1 }] });
    const { movements: back } = given.done(cancel, { id: transfer.id, remaining: "write_off" });
    for (const movement of [...out, ...inward, ...back].filter(({ type }) => type !== "adjusted"))
      expect(given.refused(reverse, { id: movement.id })).toMatchObject({
        code: "INVALID_STATE",
        details: { entity: "transfer", key: transfer.id },
      });
  });

  it("a write-off is possible when the goods turn up after all", () => {
    const { movements: back } = given.done(cancel, { id: shipped(), remaining: "write_off" });
    const { movements: undone } = given.done(reverse, { id: back[1]?.id as string });
    expect(undone).toMatchObject([{ type: "adjusted", storeId: "s", delta: 6, reverses: back[1]?.id }]);
    expect(figures("s")).toEqual([10, 0]);
  });

  it("a transfer of one step still undoes both of its legs, also among others of the same product", () => {
    const line = { type: "transfer", sku: "A", quantity: 2 };
    const { movements: moved } = given.done(apply, {
      lines: [
        { ...line, from: "s", to: "t" },
        { ...line, from: "t", to: "s" },
        { ...line, from: "s", to: "t" },
      ],
    });
    given.done(reverse, { id: moved[3]?.id as string });
    expect([figures("s"), figures("t")]).toEqual([
      [6, 0],
      [14, 0],
    ]);
    given.done(transferAtOnce, { sku: "A", from: "s", to: "t", quantity: 1 });
  });
});

describe("adding up the ledger", () => {
  it("tells a level whose incoming is not what open transfers have on their way", () => {
    shipped(6);
    given.done(receive, { id: shipped(2), lines: [{ sku: "A", quantity: 1 }] });
    const fold = foldLedger();
    for (const row of rows.find(movements, { sku: "A", storeId: "t" })) fold.add(row as MovementRow);
    const open = (rows.find(transfers, {}) as TransferRow[]).filter(({ status }) => transferIncoming.open.in.includes(status));
    for (const goods of open.flatMap(transferIncoming.expected)) fold.expect(goods);
    expect(fold.check(at("t"))).toEqual([]);
    expect(fold.check({ ...at("t"), incoming: 6 })).toMatchObject([{ field: "incoming", expected: 7, actual: 6 }]);
  });

  it("takes nothing off that is not there: a level that says less than its transfers is to be rebuilt first", () => {
    const id = shipped(6);
    rows.write([{ table: levels.name, row: { ...at("t"), incoming: 5 } }]);
    expect(given.refused(receive, { id })).toMatchObject({ code: "INVALID_STATE", details: { entity: "level", key: "A/t" } });
  });
});
