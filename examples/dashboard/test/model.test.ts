import type { LevelView } from "@onhand/client";
import type { Product } from "@onhand/core";
import { describe, expect, test } from "vitest";
import { findByCode } from "../src/model/codes";
import { arrange, byName, type View } from "../src/model/order";
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
