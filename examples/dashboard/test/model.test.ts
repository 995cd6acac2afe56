import type { LevelView } from "@onhand/client";
import { type Alert, errorCodes, InventoryError, type InventoryErrorCode, type Product, type PurchaseOrder } from "@onhand/core";
import { describe, expect, test } from "vitest";
import { countByType, reasonOf } from "../src/model/alerts";
import { findByCode } from "../src/model/codes";
import { formatLastDay, formatTime } from "../src/model/format";
import { drawLabel, isEan13 } from "../src/model/label";
import {
  amountOfLots,
  emptyLot,
  endOf,
  lastDayOf,
  mustNameLots,
  plainAmount,
  serialsOf,
  textOf,
  toAmount,
  totalOf,
} from "../src/model/lots";
import { arrange, byName, type View } from "../src/model/order";
import { arrivedShare, isLate, orderValue } from "../src/model/orders";
import { describeRefusal } from "../src/model/refusal";
import { formatFigure, nameColumn, nameGroup } from "../src/model/reports";
import { barShare, statusOf } from "../src/model/status";
import { summarise } from "../src/model/summary";
import { createAdder } from "../src/model/totals";

const product = (sku: string, name: string, barcode?: string): Product => ({
  sku,
  name,
  ...(barcode !== undefined && { barcode }),
  decimals: 0,
  backorderLimit: 0,
  attributes: {},
  archived: false,
  createdAt: 0,
  updatedAt: 0,
  seq: 1,
});

const level = (sku: string, storeId: string, available: number): LevelView => ({
  sku,
  storeId,
  onHand: available,
  reserved: 0,
  available,
  incoming: 0,
  updatedAt: 0,
  seq: 1,
  pending: 0,
});

const products = byName([product("C", "Cup 10"), product("B", "Cup 9", "400"), product("A", "Apron", "A-1"), product("D", "Dish")]);
const levels = [level("A", "berlin", 12), level("A", "paris", 8), level("B", "berlin", 3), level("C", "berlin", 0)];
const stock = { totals: createAdder()(levels), lowMark: 10 };
const view: View = { search: "", status: undefined, sort: { column: "product", descending: false } };

describe("the order of the table", () => {
  test("is by name as people count, both ways", () => {
    expect(arrange(products, stock, view)).toEqual(["A", "B", "C", "D"]);
    expect(arrange(products, stock, { ...view, sort: { column: "product", descending: true } })).toEqual(["D", "C", "B", "A"]);
  });

  test("by quantity and by status keeps ties in the order of names", () => {
    expect(arrange(products, stock, { ...view, sort: { column: "quantity", descending: false } })).toEqual(["C", "D", "B", "A"]);
    expect(arrange(products, stock, { ...view, sort: { column: "quantity", descending: true } })).toEqual(["A", "B", "C", "D"]);
    expect(arrange(products, stock, { ...view, sort: { column: "status", descending: false } })).toEqual(["C", "D", "B", "A"]);
  });

  test("holds what matches every word and the status that was chosen", () => {
    expect(arrange(products, stock, { ...view, search: "CUP 9" })).toEqual(["B"]);
    expect(arrange(products, stock, { ...view, search: "400" })).toEqual(["B"]);
    expect(arrange(products, stock, { ...view, status: "out" })).toEqual(["C", "D"]);
  });
});

describe("totals", () => {
  test("add up over stores; products that nobody received count as out of stock", () => {
    expect(summarise(products, stock.totals, 10)).toEqual({ products: 4, units: 23, byStatus: { out: 2, low: 1, "in-stock": 1 } });
  });

  test("stay the same object while their product does not change", () => {
    const add = createAdder();
    const before = add(levels);
    const after = add([...levels.slice(0, 3), level("C", "berlin", 5)]);
    expect(after.get("A")).toBe(before.get("A"));
    expect(after.get("C")).toEqual({ onHand: 5, available: 5, pending: 0 });
  });
});

test("low is the mark or less, out is nothing or less, and a bar shows more for more", () => {
  expect([11, 10, 1, 0, -2].map((available) => statusOf(available, 10))).toEqual(["in-stock", "low", "low", "out", "out"]);
  expect([-1, 0, 120, 1_000].map((quantity) => barShare(quantity, 10))).toEqual([0, 0, 1, 1]);
  expect(barShare(11, 10)).toBeGreaterThan(barShare(10, 10));
});

test("a code is a SKU in any case first, then a barcode; several answers stay several", () => {
  const shared = [product("X", "One", "77"), product("Y", "Two", "77")];
  expect(findByCode(products, " b ").map(({ sku }) => sku)).toEqual(["B"]);
  expect(findByCode(products, "a-1").map(({ sku }) => sku)).toEqual(["A"]);
  expect(findByCode(shared, "77")).toHaveLength(2);
});

test("an alert says what raised it, and alerts are counted by kind", () => {
  const alert = (type: Alert["type"], quantity: number, limit: number) => ({ type, quantity, limit }) as Alert;
  expect(reasonOf(alert("low_stock", 3, 12))).toBe("3 available, reorder at 12");
  expect(reasonOf(alert("out_of_stock", 0, 0))).toBe("nothing available");
  expect(reasonOf(alert("out_of_stock", -2, 0))).toBe("2 more promised than there is");
  expect(reasonOf(alert("overstock", 250, 200))).toBe("250 on hand, at most 200 wanted");
  expect(countByType([alert("low_stock", 1, 2), alert("low_stock", 1, 2)])).toEqual({ out_of_stock: 0, low_stock: 2, overstock: 0 });
});

describe("an order", () => {
  const euros = (amount: number) => ({ amount, currency: "EUR" });
  const order = (fields: Partial<PurchaseOrder>) => ({ status: "submitted", lines: [], ...fields }) as PurchaseOrder;
  const line = { sku: "A", quantity: 3, received: 1, incoming: 2 };

  test("is worth what its lines cost, where all have a cost in one currency", () => {
    expect(
      orderValue(
        order({
          lines: [
            { ...line, unitCost: euros(150) },
            { ...line, quantity: 0.5, unitCost: euros(101) },
          ],
        }),
      ),
    ).toEqual(euros(501));
    expect(orderValue(order({ lines: [{ ...line, unitCost: euros(150) }, line] }))).toBeUndefined();
    expect(
      orderValue(
        order({
          lines: [
            { ...line, unitCost: euros(1) },
            { ...line, unitCost: { amount: 1, currency: "USD" } },
          ],
        }),
      ),
    ).toBeUndefined();
  });

  test("is late while goods that were expected are missing, and no longer", () => {
    expect(isLate(order({ expectedAt: 5 }), 6)).toBe(true);
    expect(isLate(order({ expectedAt: 5 }), 5)).toBe(false);
    expect(isLate(order({ expectedAt: 5, status: "received" }), 6)).toBe(false);
    expect(isLate(order({}), 6)).toBe(false);
  });

  test("that brought more than was ordered is all here", () => {
    expect(arrivedShare([line, { quantity: 1, received: 1 }])).toBe(0.5);
    expect(arrivedShare([{ quantity: 1, received: 4 }])).toBe(1);
    expect(arrivedShare([])).toBe(0);
  });
});

test("a time of today is told without its day, and one of yesterday never", () => {
  const now = new Date(2026, 10, 21, 16, 0).getTime();
  expect(formatTime(new Date(2026, 10, 21, 0, 5).getTime(), now)).toBe("00:05:00");
  expect(formatTime(new Date(2026, 10, 20, 20, 5).getTime(), now)).toBe("Nov 20, 20:05");
});

describe("an amount that is being typed", () => {
  test("is sent with its lots and what they come to, each sold to the end of its last day", () => {
    const lots = [
      { lot: " L-1 ", quantity: "0.1", lastDay: "2026-12-31" },
      { lot: "L-2", quantity: "0.2", lastDay: "" },
      { ...emptyLot, lot: "L-3", quantity: "0" },
    ];
    expect(toAmount({ quantity: "7", lots })).toEqual({
      quantity: 0.3,
      lots: [
        { lot: "L-1", quantity: 0.1, expiresAt: new Date(2027, 0, 1).getTime() },
        { lot: "L-2", quantity: 0.2 },
      ],
    });
    expect(formatLastDay(endOf("2026-12-31"))).toBe("Dec 31, 2026");
    for (const day of ["2026-12-31", "2028-02-29", "2026-03-29", "2026-10-25"]) expect(lastDayOf(endOf(day))).toBe(day);
  });

  test("names no lots where none are, and counts nothing where lots are named and none was found", () => {
    expect(toAmount(plainAmount("12"))).toEqual({ quantity: 12 });
    expect(toAmount(amountOfLots([{ lot: "L-1", quantity: "" }]))).toEqual({ quantity: 0 });
  });

  test("takes serial numbers as they are scanned, a line each, and shows them as they were typed", () => {
    const typed = "SN-1\nSN-2\n";
    expect(toAmount({ quantity: "9", lots: serialsOf(typed) })).toEqual({
      quantity: 2,
      lots: [
        { lot: "SN-1", quantity: 1 },
        { lot: "SN-2", quantity: 1 },
      ],
    });
    expect(textOf(serialsOf(typed))).toBe(typed);
    expect(totalOf({ quantity: "9", lots: serialsOf("") })).toBe(9);
  });

  test("needs its lots when they come in, and serial numbers always", () => {
    const needs = (tracking?: Product["tracking"]) =>
      (["add", "sell"] as const).map((mode) => mustNameLots({ ...product("T", "Tea"), ...(tracking && { tracking }) }, mode));
    expect([needs(), needs("lot"), needs("serial")]).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
  });
});

test("every refusal has words, which name what is at fault and no code", () => {
  const details = {
    issues: [{ path: "quantity", message: "must be more than 0" }],
    sku: "TEA",
    storeId: "berlin",
    supplierId: "weiss",
    lot: "L-1",
    requested: 3,
    available: 1,
    status: "expired",
    state: "partially_received",
    key: "x",
  };
  for (const code of Object.keys(errorCodes) as InventoryErrorCode[]) {
    const words = describeRefusal(new InventoryError(code, details as never));
    expect(words).not.toMatch(/[A-Z]{3,}_|undefined/u);
    expect(words.length).toBeGreaterThan(10);
  }
  expect(describeRefusal(new InventoryError("INSUFFICIENT_STOCK", { sku: "TEA", storeId: "b", requested: 3, available: 1 }))).toBe(
    "Of TEA 3 are wanted and 1 available.",
  );
  expect(describeRefusal(new TypeError("oops"))).toBe("Something unexpected happened.");
});

test("figures are read as their columns say", () => {
  expect(
    formatFigure({ name: "value", kind: "money" }, [
      { amount: 150, currency: "EUR" },
      { amount: 2, currency: "USD" },
    ]),
  ).toBe("€1.50 + US$0.02");
  expect(formatFigure({ name: "share", kind: "share" }, 0.1234)).toBe("12.3%");
  expect(formatFigure({ name: "daysOfCover", kind: "number" }, undefined)).toBe("–");
  expect(nameColumn({ name: "daysOfCover", kind: "number" })).toBe("Days of cover");
  const placeName = (id: string) => id.toUpperCase();
  expect(nameGroup({ category: null, storeId: "berlin", sku: "T", name: "Tea" }, "category", placeName)).toBe("none");
  expect(nameGroup({ storeId: "berlin" }, "storeId", placeName)).toBe("BERLIN");
  expect(nameGroup({ storeId: null }, "storeId", placeName)).toBe("between stores");
  expect(nameGroup({ sku: "T", name: "Tea" }, "sku", placeName)).toBe("Tea");
});

test("a label has the product's barcode, or its SKU, as bars and as a QR code, with nothing a strict page would refuse", async () => {
  expect(["2000001000014", "2000001000015", "TEA"].map(isEan13)).toEqual([true, false, false]);
  const coded = await drawLabel(product("TEA", "Tea", "2000001000014"));
  const plain = await drawLabel(product("TEA", "Tea"));
  expect([coded.text, plain.text]).toEqual(["2000001000014", "TEA"]);
  expect(coded.barcode).not.toBe(plain.barcode);
  for (const image of [coded.barcode, coded.qr, plain.barcode])
    expect(decodeURIComponent(image)).toMatch(/^data:image\/svg\+xml,<svg(?!.*style=)/su);
});
