import { beforeEach, describe, expect, it } from "vitest";
import { decider, rowsOf } from "../../../test/given";
import { archiveProduct, archiveStore, updateProduct } from "../catalog/decide";
import { products, stores } from "../catalog/tables";
import { count, receive, sell, transfer } from "../stock/decide";
import { foldLedger } from "../stock/fold";
import { levels, type MovementRow, movements } from "../stock/tables";
import { commit, expire, extend, hold, release, update } from "./decide";
import { type ReservationEventRow, type ReservationRow, reservationEvents, reservations } from "./tables";

let rows: ReturnType<typeof rowsOf>;
let given: ReturnType<typeof decider>;
const at = { sku: "A", storeId: "s" };
const forAWhile = { expiresInMs: 100 };

beforeEach(() => {
  rows = rowsOf([products, stores, levels, movements, reservations, reservationEvents]);
  given = decider(rows);
  given.product("A");
  given.product("KG", { decimals: 3 });
  given.product("BACK", { backorderLimit: 5 });
  given.store("s");
  given.store("t");
  given.done(receive, { ...at, quantity: 10 });
});

const level = (place = at) => rows.get(levels, [place.sku, place.storeId]);
const held = (quantity: number, fields: object = {}): string =>
  given.done(hold, { ...at, ...forAWhile, quantity, ...fields }).reservation.id;

describe("holding", () => {
  it("raises what is reserved and leaves what is on the shelf", () => {
    const {
      reservation,
      level: after,
      levels: all,
      movements: moved,
    } = given.done(hold, {
      ...at,
      quantity: 4,
      expiresAt: 5_000,
      reference: { type: "cart", id: "c1" },
      actor: "mia",
    });
    expect(reservation).toMatchObject({ quantity: 4, held: 4, committed: 0, status: "active", expiresAt: 5_000, actor: "mia" });
    expect(reservation.reference).toEqual({ type: "cart", id: "c1" });
    expect(after).toMatchObject({ onHand: 10, reserved: 4, available: 6 });
    expect(all).toEqual([after]);
    expect(moved).toEqual([]);
    expect(given.refused(sell, { ...at, quantity: 7 })).toMatchObject({ code: "INSUFFICIENT_STOCK", details: { available: 6 } });
  });

  it("of the last unit only the first of two holders gets it", () => {
    held(9);
    held(1);
    expect(given.refused(hold, { ...at, ...forAWhile, quantity: 1 })).toEqual({
      code: "INSUFFICIENT_STOCK",
      details: { ...at, requested: 1, available: 0 },
    });
  });

  it("goes as far below zero as a product may be backordered, and no further", () => {
    given.done(hold, { sku: "BACK", storeId: "s", quantity: 5, ...forAWhile });
    expect(given.refused(hold, { sku: "BACK", storeId: "s", quantity: 1, ...forAWhile }).code).toBe("INSUFFICIENT_STOCK");
  });

  it.each([
    ["an unknown product", { sku: "NO" }, "UNKNOWN_PRODUCT"],
    ["an unknown store", { storeId: "no" }, "UNKNOWN_STORE"],
    ["more decimals than the product has", { quantity: 0.5 }, "INVALID_INPUT"],
    ["an end that has passed", { expiresInMs: undefined, expiresAt: 1_000 }, "INVALID_INPUT"],
    ["more than is exact", { sku: "BACK", quantity: Number.MAX_SAFE_INTEGER }, "INSUFFICIENT_STOCK"],
  ])("is refused for %s", (_name, fields, code) => {
    expect(given.refused(hold, { ...at, quantity: 1, ...forAWhile, ...fields }).code).toBe(code);
  });

  it.each([
    ["no end", { ...at, quantity: 1 }],
    ["two ends", { ...at, quantity: 1, expiresInMs: 1, expiresAt: 5_000 }],
    ["nothing", { ...at, quantity: 0, ...forAWhile }],
    ["an end that is no time", { ...at, quantity: 1, expiresAt: "tomorrow" }],
    ["an unknown field", { ...at, quantity: 1, ...forAWhile, ttl: 5 }],
  ])("with %s is no command", (_name, input) => {
    expect(() => hold.parse(input)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });
});

describe("committing", () => {
  it("sells what is held with a reference to the hold, also when nothing else is left", () => {
    const id = held(10);
    const { reservation, level: after, movements: moved } = given.done(commit, { id });
    expect(moved).toMatchObject([{ type: "sold", delta: -10, onHandAfter: 0, reservedAfter: 0, reference: { type: "reservation", id } }]);
    expect(reservation).toMatchObject({ status: "committed", quantity: 10, committed: 10, held: 0 });
    expect(after).toMatchObject({ onHand: 0, reserved: 0, available: 0 });
  });

  it("of a part keeps the rest held, and settles with the last part", () => {
    const id = held(5);
    expect(given.done(commit, { id, quantity: 2 })).toMatchObject({
      reservation: { status: "active", committed: 2, held: 3 },
      level: { onHand: 8, reserved: 3 },
    });
    expect(given.refused(commit, { id, quantity: 4 }).code).toBe("INVALID_INPUT");
    expect(given.done(commit, { id })).toMatchObject({
      reservation: { status: "committed", committed: 5 },
      level: { onHand: 5, reserved: 0 },
    });
  });

  it("of a part gives up the rest when told to", () => {
    const id = held(5);
    expect(given.done(commit, { id, quantity: 2, rest: "release" })).toMatchObject({
      reservation: { status: "committed", quantity: 5, committed: 2, held: 0 },
      level: { onHand: 8, reserved: 0 },
    });
  });

  it("of goods by weight takes as many decimals as they have", () => {
    given.done(receive, { sku: "KG", storeId: "s", quantity: 1.5 });
    const id = held(0.75, { sku: "KG" });
    expect(given.refused(commit, { id, quantity: 0.0001 }).code).toBe("INVALID_INPUT");
    expect(given.done(commit, { id, quantity: 0.25 })).toMatchObject({ level: { onHand: 1.25, reserved: 0.5 } });
  });
});

describe("a reservation", () => {
  it.each([
    ["committed", commit],
    ["released", release],
  ] as const)("is settled once: %s, it can't be changed any more", (status, settle) => {
    const id = held(2);
    given.done(settle as typeof release, { id });
    for (const [definition, input] of [
      [commit, { id }],
      [release, { id }],
      [extend, { id, expiresInMs: 5 }],
      [update, { id, quantity: 1 }],
    ] as const)
      expect(given.refused(definition as typeof release, input)).toEqual({ code: "RESERVATION_SETTLED", details: { id, status } });
  });

  it("past its end is over, though nobody swept it", () => {
    const id = held(2);
    given.wait(100);
    for (const [definition, input] of [
      [commit, { id }],
      [release, { id }],
      [extend, { id, expiresInMs: 5 }],
      [update, { id, quantity: 1 }],
    ] as const)
      expect(given.refused(definition as typeof release, input)).toEqual({
        code: "RESERVATION_SETTLED",
        details: { id, status: "expired" },
      });
  });

  it.each(["r999", "m1-0", "", "r", "r01", "x".repeat(64)])("that does not exist (%j) is refused by that name", (id) => {
    for (const definition of [commit, release] as const)
      expect(given.refused(definition as typeof release, { id })).toEqual({ code: "UNKNOWN_RESERVATION", details: { id } });
    expect(given.done(expire, { ids: [id] })).toEqual({ reservations: [], levels: [] });
  });

  it("released gives back what is still held", () => {
    const id = held(5);
    given.done(commit, { id, quantity: 2 });
    expect(given.done(release, { id })).toMatchObject({
      reservation: { status: "released", committed: 2, held: 0 },
      level: { onHand: 8, reserved: 0 },
    });
  });
});

describe("extending", () => {
  it("holds on until at least then, and never shortens", () => {
    const id = held(2, { expiresInMs: 100 });
    expect(given.done(extend, { id, expiresAt: 1_500 }).reservation.expiresAt).toBe(1_500);
    expect(given.done(extend, { id, expiresInMs: 1 }).reservation.expiresAt).toBe(1_500);
    given.wait(499);
    expect(given.refused(sell, { ...at, quantity: 9 }).code).toBe("INSUFFICIENT_STOCK");
    given.wait(1);
    given.done(sell, { ...at, quantity: 10 });
  });

  it("to a time that has passed is refused", () => {
    expect(given.refused(extend, { id: held(2), expiresAt: 1_000 }).code).toBe("INVALID_INPUT");
  });
});

describe("updating", () => {
  it("from 3 to 10 has to find the 7 more, not 10", () => {
    const id = held(3);
    expect(given.done(update, { id, quantity: 10 })).toMatchObject({ reservation: { quantity: 10, held: 10 }, level: { reserved: 10 } });
    expect(given.refused(update, { id, quantity: 11 })).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      details: { requested: 1, available: 0 },
    });
  });

  it("to less gives back the difference, down to what was sold of it", () => {
    const id = held(5);
    given.done(commit, { id, quantity: 2 });
    expect(given.done(update, { id, quantity: 3 })).toMatchObject({ reservation: { quantity: 3, held: 1 }, level: { reserved: 1 } });
    expect(given.refused(update, { id, quantity: 2 }).code).toBe("INVALID_INPUT");
  });

  it("to another store leaves one and enters the other in one step, and both are noted", () => {
    given.done(receive, { sku: "A", storeId: "t", quantity: 4 });
    const id = held(3);
    const { reservation, level: after, levels: all } = given.done(update, { id, storeId: "t", quantity: 4 });
    expect(reservation).toMatchObject({ storeId: "t", quantity: 4, movedFrom: ["s"] });
    expect(after).toMatchObject({ storeId: "t", reserved: 4 });
    expect(all.map(({ storeId, reserved }) => [storeId, reserved])).toEqual([
      ["s", 0],
      ["t", 4],
    ]);
    const events = rows.find(reservationEvents, { seq: reservation.seq }) as ReservationEventRow[];
    expect(events.map(({ storeId, delta, line }) => [storeId, delta, line])).toEqual([
      ["s", -3, 0],
      ["t", 4, 1],
    ]);
    expect(given.done(update, { id, storeId: "s" }).reservation.movedFrom).toEqual(["t"]);
  });

  it("to a store with too little is refused and changes nothing", () => {
    given.done(receive, { sku: "A", storeId: "t", quantity: 2 });
    const id = held(3);
    expect(given.refused(update, { id, storeId: "t" })).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      details: { storeId: "t", available: 2 },
    });
    expect(given.refused(update, { id, storeId: "no" }).code).toBe("UNKNOWN_STORE");
    expect(level()?.reserved).toBe(3);
  });

  it("needs something to change", () => {
    expect(() => update.parse({ id: "r1" })).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });
});

describe("what has run out", () => {
  const expiredNow = () => (rows.find(reservations, { status: "expired" }) as ReservationRow[]).map((row) => row.createdSeq);

  it("is free for whoever comes next, who settles it on the way and leaves the level right", () => {
    held(6);
    const stays = held(2, { expiresInMs: 10_000 });
    given.wait(100);
    const { movements: moved, levels: left } = given.done(sell, { ...at, quantity: 8 });
    expect(moved).toMatchObject([{ onHandAfter: 2, reservedAfter: 2 }]);
    expect(left).toMatchObject([{ onHand: 2, reserved: 2, available: 0 }]);
    expect(expiredNow()).toHaveLength(1);
    expect(given.done(commit, { id: stays })).toMatchObject({ level: { onHand: 0, reserved: 0 } });
  });

  it.each([
    ["counted", () => given.done(count, { ...at, counted: 0 })],
    ["transferred", () => given.done(transfer, { sku: "A", from: "s", to: "t", quantity: 10 })],
    ["held", () => given.done(hold, { ...at, quantity: 10, ...forAWhile })],
  ])("is in nobody's way when stock is %s", (_name, run) => {
    held(10);
    given.wait(100);
    run();
  });

  it("keeps no product and no store from the archive, and no lower backorder limit from a product", () => {
    given.done(sell, { ...at, quantity: 10 });
    given.done(hold, { sku: "BACK", storeId: "t", quantity: 5, ...forAWhile });
    expect(given.refused(updateProduct, { sku: "BACK", backorderLimit: 0 }).code).toBe("INVALID_STATE");
    expect(given.refused(archiveStore, { id: "t" }).code).toBe("HAS_STOCK");
    given.wait(100);
    given.done(updateProduct, { sku: "BACK", backorderLimit: 0 });
    given.done(archiveProduct, { sku: "BACK" });
    given.done(archiveStore, { id: "t" });
  });

  it("a sweep settles what it is told of, and only that of it which is over", () => {
    const over = [held(1), held(2)];
    const stays = held(3, { expiresInMs: 10_000 });
    given.wait(100);
    const swept = given.done(expire, { ids: [...over, stays, "r999"] });
    expect(swept.reservations.map(({ id, status, held: left }) => [id, status, left])).toEqual(over.map((id) => [id, "expired", 0]));
    expect(swept.levels).toMatchObject([{ reserved: 3 }]);
    expect(given.done(expire, { ids: over })).toEqual({ reservations: [], levels: [] });
  });

  it("a sweep of a part leaves the rest for the next", () => {
    const [first] = [held(1), held(2)];
    given.wait(100);
    expect(given.done(expire, { ids: [first] }).levels).toMatchObject([{ reserved: 2 }]);
    given.done(sell, { ...at, quantity: 10 });
    expect(expiredNow()).toHaveLength(2);
  });

  it("a level where nothing is promised asks for no reservations, nor does one whose promises still hold", () => {
    const asked = () => sell.needs(sell.parse({ ...at, quantity: 1 }), rows, 1_000).map(({ table }) => table.name);
    expect(asked()).not.toContain("reservations");
    held(1);
    expect(asked()).not.toContain("reservations");
    expect(sell.needs(sell.parse({ ...at, quantity: 1 }), rows, 1_100).map(({ table }) => table.name)).toContain("reservations");
  });
});

describe("folding the ledger", () => {
  it("tells a level whose reserved is not the sum of its active reservations, or would let one run out unnoticed", () => {
    const fold = foldLedger();
    held(2);
    fold.add(rows.get(movements, [6, 0]) as MovementRow);
    for (const row of rows.find(reservations, {})) fold.hold(row as ReservationRow);
    const right = level();
    if (!right) throw new TypeError("there is a level");
    expect(fold.check(right)).toEqual([]);
    expect(fold.check({ ...right, reserved: 3 })).toMatchObject([{ field: "reserved", expected: 2, actual: 3 }]);
    expect(fold.check({ ...right, heldUntil: 1_101 })).toMatchObject([{ field: "heldUntil", expected: 1_100, actual: 1_101 }]);
    expect(fold.check({ ...right, heldUntil: 1_050 })).toEqual([]);
  });
});
