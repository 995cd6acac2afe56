import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { decider, rowsOf } from "../../../test/given";
import { archiveProduct, archiveStore, updateProduct } from "../catalog/decide";
import { products, stores } from "../catalog/tables";
import { levelKey } from "../shared/level-key";
import { adjust, apply, count, giveBack, receive, reverse, sell, transfer } from "./decide";
import { foldLedger } from "./fold";
import { levels, type MovementRow, movementEffects, movementId, movementPlace, movements } from "./tables";

let rows: ReturnType<typeof rowsOf>;
let given: ReturnType<typeof decider>;
const at = { sku: "A", storeId: "s" };

beforeEach(() => {
  rows = rowsOf([products, stores, levels, movements]);
  given = decider(rows);
  given.product("A");
  given.product("KG", { decimals: 3 });
  given.product("BACK", { backorderLimit: 5 });
  given.store("s");
  given.store("t");
  given.done(receive, { ...at, quantity: 10 });
});

const onHand = (place: { sku: string; storeId: string } = at): number | undefined => rows.get(levels, [place.sku, place.storeId])?.onHand;

describe("each command", () => {
  it.each([
    ["receive", receive, { quantity: 3 }, "received", 3],
    ["sell", sell, { quantity: 3 }, "sold", -3],
    ["return", giveBack, { quantity: 3 }, "returned", 3],
    ["adjust up", adjust, { delta: 2, reason: "found" }, "adjusted", 2],
    ["adjust down", adjust, { delta: -2, reason: "my own word" }, "adjusted", -2],
    ["count more", count, { counted: 12 }, "counted", 2],
    ["count less", count, { counted: 7 }, "counted", -3],
    ["count the same", count, { counted: 10 }, "counted", 0],
  ] as const)("%s writes one movement with its signed effect, and the level it leaves", (_name, definition, fields, type, delta) => {
    const { movements: written, levels: left } = given.done(definition as typeof sell, { ...at, ...fields });
    expect(written).toEqual([
      expect.objectContaining({
        id: "m7-0",
        seq: 7,
        line: 0,
        ...at,
        type,
        delta,
        onHandAfter: 10 + delta,
        reservedAfter: 0,
        occurredAt: 1_000,
        recordedAt: 1_000,
      }),
    ]);
    expect(left).toEqual([{ ...at, onHand: 10 + delta, reserved: 0, available: 10 + delta, incoming: 0, updatedAt: 1_000, seq: 7 }]);
    expect(onHand()).toBe(10 + delta);
    const effect = movementEffects[type];
    expect(effect === 0 || Math.sign(delta) === effect).toBe(true);
  });

  it("a transfer writes both legs and both levels under one number", () => {
    const { movements: legs, levels: left } = given.done(transfer, { sku: "A", from: "s", to: "t", quantity: 4, reason: "restock" });
    expect(legs.map(({ id, storeId, type, delta, onHandAfter, reason }) => [id, storeId, type, delta, onHandAfter, reason])).toEqual([
      ["m7-0", "s", "transferred_out", -4, 6, "restock"],
      ["m7-1", "t", "transferred_in", 4, 4, "restock"],
    ]);
    expect(left.map(({ storeId, onHand: there }) => [storeId, there])).toEqual([
      ["s", 6],
      ["t", 4],
    ]);
  });

  it("keeps who, why, what for, what it cost and when it happened", () => {
    const facts = {
      reason: "spring",
      reference: { type: "order", id: "7" },
      actor: "ada",
      unitCost: { amount: 120, currency: "EUR" },
      occurredAt: 500,
      idempotencyKey: "k",
    };
    const { movements: written } = given.done(receive, { ...at, quantity: 1, ...facts });
    expect(written[0]).toMatchObject({ ...facts, recordedAt: 1_000 });
  });

  it("a sale and a return keep the price they were made at: what was said, else the product's at that moment; nothing else has one", () => {
    const price = { amount: 499, currency: "EUR" };
    given.product("PRICED", { price });
    const place = { sku: "PRICED", storeId: "s" };
    const priceIn = (definition: unknown, fields: object) =>
      given.done(definition as typeof sell, { quantity: 1, ...fields } as never).movements[0]?.unitPrice;
    expect(priceIn(receive, place)).toBeUndefined();
    expect(priceIn(sell, place)).toEqual(price);
    given.done(updateProduct, { sku: "PRICED", price: { amount: 999, currency: "EUR" } });
    expect(priceIn(giveBack, place)).toEqual({ amount: 999, currency: "EUR" });
    expect(priceIn(giveBack, { ...place, unitPrice: price })).toEqual(price);
    expect(priceIn(sell, { ...place, unitPrice: { amount: 0, currency: "GBP" } })).toEqual({ amount: 0, currency: "GBP" });
    expect(priceIn(sell, at)).toBeUndefined();
  });
  it("finds the product however its SKU is spelt, and writes it as the product has it", () => {
    expect(given.done(sell, { sku: " a ", storeId: "s", quantity: 1 }).levels[0]?.sku).toBe("A");
  });
});

describe("what is available", () => {
  it("can be sold to the last unit and no further", () => {
    expect(given.refused(sell, { ...at, quantity: 11 })).toEqual({
      code: "INSUFFICIENT_STOCK",
      details: { ...at, requested: 11, available: 10 },
    });
    given.done(sell, { ...at, quantity: 10 });
    expect(given.refused(sell, { ...at, quantity: 1 })).toEqual({
      code: "INSUFFICIENT_STOCK",
      details: { ...at, requested: 1, available: 0 },
    });
  });

  it("bounds adjusting and transferring too", () => {
    expect(given.refused(adjust, { ...at, delta: -11, reason: "lost" })).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      details: { requested: 11, available: 10 },
    });
    expect(given.refused(transfer, { sku: "A", from: "s", to: "t", quantity: 11 })).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      details: { storeId: "s" },
    });
    expect(onHand({ sku: "A", storeId: "t" })).toBeUndefined();
  });

  it("goes below zero as far as the product may be backordered", () => {
    const back = { sku: "BACK", storeId: "s" };
    given.done(sell, { ...back, quantity: 5 });
    expect(given.refused(sell, { ...back, quantity: 1 })).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      details: { requested: 1, available: -5 },
    });
    expect(given.done(receive, { ...back, quantity: 2 }).levels[0]).toMatchObject({ onHand: -3, available: -3 });
  });

  it("is what nobody is promised: reserved goods are not sold and not counted away", () => {
    rows.write([{ table: levels.name, row: { ...rows.get(levels, ["A", "s"]), reserved: 8, seq: 6 } as never }]);
    expect(given.refused(sell, { ...at, quantity: 3 })).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      details: { requested: 3, available: 2 },
    });
    expect(given.refused(count, { ...at, counted: 7 })).toMatchObject({ code: "INSUFFICIENT_STOCK" });
    expect(given.done(count, { ...at, counted: 8 }).levels[0]).toMatchObject({ onHand: 8, reserved: 8, available: 0 });
  });

  it("may always grow, whatever is promised", () => {
    rows.write([{ table: levels.name, row: { ...rows.get(levels, ["A", "s"]), reserved: 50, seq: 6 } as never }]);
    expect(given.done(receive, { ...at, quantity: 1 }).levels[0]).toMatchObject({ onHand: 11, available: -39 });
  });
});

describe("quantities", () => {
  it("have at most the product's decimals, and the field at fault is named", () => {
    expect(given.refused(sell, { ...at, quantity: 0.5 })).toMatchObject({
      code: "INVALID_INPUT",
      details: { issues: [{ path: "quantity" }] },
    });
    expect(given.refused(adjust, { ...at, delta: 0.5, reason: "found" })).toMatchObject({ details: { issues: [{ path: "delta" }] } });
    expect(given.refused(count, { ...at, counted: 0.5 })).toMatchObject({ details: { issues: [{ path: "counted" }] } });
    expect(given.refused(receive, { sku: "KG", storeId: "s", quantity: 0.0001 })).toMatchObject({ code: "INVALID_INPUT" });
  });

  it("add up exactly", () => {
    const kg = { sku: "KG", storeId: "s" };
    for (let index = 0; index < 3; index++) given.done(receive, { ...kg, quantity: 0.1 });
    expect(given.done(sell, { ...kg, quantity: 0.3 }).levels[0]?.onHand).toBe(0);
  });

  it("never pass what is exact", () => {
    given.done(count, { ...at, counted: Number.MAX_SAFE_INTEGER });
    expect(given.refused(receive, { ...at, quantity: 1 })).toMatchObject({
      code: "INVALID_INPUT",
      details: { issues: [{ path: "quantity" }] },
    });
  });

  it("never move by more than is exact, though they would end where all is", () => {
    const owed = { sku: "BACK", storeId: "s" };
    given.done(sell, { ...owed, quantity: 2 });
    expect(given.refused(count, { ...owed, counted: Number.MAX_SAFE_INTEGER })).toMatchObject({
      code: "INVALID_INPUT",
      details: { issues: [{ path: "counted" }] },
    });
  });
});

describe("what is archived", () => {
  it("moves no more", () => {
    given.done(archiveProduct, { sku: "BACK" });
    given.done(archiveStore, { id: "t" });
    expect(given.refused(receive, { sku: "BACK", storeId: "s", quantity: 1 })).toEqual({
      code: "INVALID_STATE",
      details: { entity: "product", key: "BACK", state: "archived" },
    });
    expect(given.refused(receive, { sku: "A", storeId: "t", quantity: 1 })).toEqual({
      code: "INVALID_STATE",
      details: { entity: "store", key: "t", state: "archived" },
    });
    expect(given.refused(transfer, { sku: "A", from: "s", to: "t", quantity: 1 })).toMatchObject({ code: "INVALID_STATE" });
  });
});

describe("a batch", () => {
  const line = (type: string, fields: object) => ({ type, ...at, ...fields });

  it("adds up demand for one level and names every failing line with its own details", () => {
    const refusal = given.refused(apply, {
      lines: [
        line("sell", { quantity: 6 }),
        line("sell", { quantity: 6 }),
        line("sell", { quantity: 4 }),
        line("sell", { sku: "X", quantity: 1 }),
        line("adjust", { delta: 0.5, reason: "r" }),
      ],
    });
    expect(refusal.code).toBe("INSUFFICIENT_STOCK");
    expect(refusal.details).toEqual({
      ...at,
      requested: 6,
      available: 4,
      lines: [
        { index: 1, code: "INSUFFICIENT_STOCK", ...at, requested: 6, available: 4 },
        { index: 3, code: "UNKNOWN_PRODUCT", sku: "X" },
        { index: 4, code: "INVALID_INPUT", issues: [{ path: "delta", message: expect.any(String) }] },
      ],
    });
    expect(onHand()).toBe(10);
  });

  it("decides lines in their order, each on what the lines before it left", () => {
    const { movements: written, levels: left } = given.done(apply, {
      lines: [
        line("receive", { quantity: 5 }),
        line("sell", { quantity: 15 }),
        line("count", { counted: 2 }),
        { type: "transfer", sku: "A", from: "s", to: "t", quantity: 2 },
      ],
    });
    expect(written.map(({ line: place, delta, onHandAfter }) => [place, delta, onHandAfter])).toEqual([
      [0, 5, 15],
      [1, -15, 0],
      [2, 2, 2],
      [3, -2, 0],
      [4, 2, 2],
    ]);
    expect(left.map(({ storeId, onHand: there }) => [storeId, there])).toEqual([
      ["s", 0],
      ["t", 2],
    ]);
  });

  it("gives its reference and time to lines that have none, and its actor to all", () => {
    const { movements: written } = given.done(apply, {
      lines: [line("sell", { quantity: 1 }), line("sell", { quantity: 1, reference: { type: "order", id: "own" }, occurredAt: 5 })],
      reference: { type: "order", id: "all" },
      occurredAt: 9,
      actor: "ada",
    });
    expect(written.map(({ reference, occurredAt, actor }) => [reference?.id, occurredAt, actor])).toEqual([
      ["all", 9, "ada"],
      ["own", 5, "ada"],
    ]);
  });

  it("a transfer whose second leg fails leaves nothing of its first", () => {
    expect(
      given.refused(apply, {
        lines: [{ type: "transfer", sku: "A", from: "s", to: "nowhere", quantity: 4 }, line("sell", { quantity: 10 })],
      }),
    ).toMatchObject({
      details: { lines: [{ index: 0, code: "UNKNOWN_STORE" }] },
    });
  });
});

describe("reversing", () => {
  it.each([
    ["receive", receive, { ...at, quantity: 3 }],
    ["sell", sell, { ...at, quantity: 3 }],
    ["return", giveBack, { ...at, quantity: 3 }],
    ["adjust", adjust, { ...at, delta: -2, reason: "lost" }],
    ["count", count, { ...at, counted: 4 }],
    ["an even count", count, { ...at, counted: 10 }],
    ["transfer", transfer, { sku: "A", from: "s", to: "t", quantity: 3 }],
  ] as const)("a %s puts every level back, by movements that name what they reverse, and only once", (_name, definition, input) => {
    const { movements: written } = given.done(definition as typeof sell, { ...input, reference: { type: "order", id: "1" } });
    const last = written.at(-1)?.id as string;
    const { movements: undone } = given.done(reverse, { id: last, actor: "ada" });
    expect(undone.map((movement) => movement.reverses).sort()).toEqual(written.map((movement) => movement.id).sort());
    for (const movement of undone) {
      const original = written.find(({ id }) => id === movement.reverses);
      expect(movement).toMatchObject({
        type: "adjusted",
        reason: "correction",
        reference: { type: "order", id: "1" },
        actor: "ada",
        storeId: original?.storeId,
      });
      expect(movement.delta).toBe(0 - (original?.delta ?? 0));
    }
    expect(onHand()).toBe(10);
    for (const { id } of written)
      expect(given.refused(reverse, { id })).toMatchObject({ code: "INVALID_STATE", details: { entity: "movement", state: "reversed" } });
  });

  it("what came in and is gone can't be undone", () => {
    const { movements: received } = given.done(receive, { ...at, quantity: 5 });
    given.done(sell, { ...at, quantity: 12 });
    expect(given.refused(reverse, { id: received[0]?.id })).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      details: { requested: 5, available: 3 },
    });
  });

  it("a transfer whose goods are gone can't be undone, not even half", () => {
    const { movements: legs } = given.done(transfer, { sku: "A", from: "s", to: "t", quantity: 4 });
    given.done(sell, { sku: "A", storeId: "t", quantity: 1 });
    expect(given.refused(reverse, { id: legs[0]?.id })).toMatchObject({ code: "INSUFFICIENT_STOCK", details: { storeId: "t" } });
    expect([onHand(), onHand({ sku: "A", storeId: "t" })]).toEqual([6, 3]);
  });

  it.each(["m99-0", "m6-1", "m0-0", "x", "m-1-0", "m6-0 ", "m6", "", "m6-00", "m99999999999999999-0"])("%j is no movement", (id) => {
    expect(given.refused(reverse, { id })).toEqual({ code: "UNKNOWN_MOVEMENT", details: { id } });
  });

  it("a reversal can itself be reversed", () => {
    const { movements: sold } = given.done(sell, { ...at, quantity: 3 });
    const { movements: undone } = given.done(reverse, { id: sold[0]?.id });
    given.done(reverse, { id: undone[0]?.id, reason: "was right" });
    expect(onHand()).toBe(7);
  });

  it.each([0, 1])("the reversal of a transfer is reversed with both its legs, whichever is named (%i)", (line) => {
    const { movements: legs } = given.done(transfer, { sku: "A", from: "s", to: "t", quantity: 4 });
    const { movements: undone } = given.done(reverse, { id: legs[0]?.id });
    given.done(reverse, { id: undone[line]?.id });
    expect([onHand(), onHand({ sku: "A", storeId: "t" })]).toEqual([6, 4]);
  });
});

describe("names", () => {
  it("a movement's id and its place name each other", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 }), fc.integer({ min: 0, max: 9_999_999 }), (seq, line) => {
        expect(movementPlace(movementId({ seq, line }))).toEqual({ seq, line });
      }),
    );
  });

  it("two different levels never have the same key", () => {
    const part = fc.string({ unit: fc.constantFrom("a", "/", "%", "2", "F", " "), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(part, part, part, part, (a, b, c, d) => {
        expect(levelKey({ sku: a, storeId: b }) === levelKey({ sku: c, storeId: d })).toBe(a === c && b === d);
      }),
    );
  });
});

describe("folding the ledger", () => {
  it("tells the first movement and every level that disagree", () => {
    const fold = foldLedger();
    const row = rows.get(movements, [6, 0]) as MovementRow;
    expect(fold.add(row)).toBeUndefined();
    expect(fold.add({ ...row, seq: 7, delta: -1, onHandAfter: 8 })).toEqual({
      ...at,
      field: "onHandAfter",
      expected: 9,
      actual: 8,
      seq: 7,
    });
    const level = rows.get(levels, ["A", "s"]);
    expect(level && fold.check(level)).toMatchObject([{ field: "onHand", expected: 9, actual: 10 }]);
    expect([...fold.keys()]).toHaveLength(1);
  });
});
