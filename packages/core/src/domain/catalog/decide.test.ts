import { beforeEach, describe, expect, it } from "vitest";
import { decider, rowsOf } from "../../../test/given";
import { receive, sell } from "../stock/decide";
import { levels, movements } from "../stock/tables";
import { archiveProduct, archiveStore, createProduct, createStore, updateProduct, updateStore } from "./decide";
import { products, stores } from "./tables";

let given: ReturnType<typeof decider>;
beforeEach(() => {
  given = decider(rowsOf([products, stores, levels, movements]));
});

describe("creating a product", () => {
  it("keeps what was given, fills in what was not, and stamps time and number", () => {
    const { product } = given.done(createProduct, { sku: " Tea-50 ", name: "Tea", price: { amount: 499, currency: "EUR" } });
    expect(product).toEqual({
      sku: "Tea-50",
      name: "Tea",
      price: { amount: 499, currency: "EUR" },
      decimals: 0,
      backorderLimit: 0,
      attributes: {},
      archived: false,
      createdAt: 1_000,
      updatedAt: 1_000,
      seq: 1,
    });
  });

  it.each(["tea-50", "TEA-50", "  Tea-50  "])("refuses the SKU %j where Tea-50 is taken, and names the one that is", (sku) => {
    given.product("Tea-50");
    expect(given.refused(createProduct, { sku, name: "Other" })).toEqual({
      code: "ALREADY_EXISTS",
      details: { entity: "product", key: "Tea-50" },
    });
  });

  it("takes composed and decomposed spellings for the same SKU", () => {
    given.product("Café");
    expect(given.refused(createProduct, { sku: "cafe\u0301", name: "Other" })).toMatchObject({ code: "ALREADY_EXISTS" });
  });

  it("refuses a backorder limit finer than the product's decimals", () => {
    expect(given.refused(createProduct, { sku: "A", name: "A", backorderLimit: 0.5 })).toMatchObject({
      code: "INVALID_INPUT",
      details: { issues: [{ path: "backorderLimit" }] },
    });
    expect(given.done(createProduct, { sku: "B", name: "B", decimals: 1, backorderLimit: 0.5 }).product.backorderLimit).toBe(0.5);
  });

  it("refuses the SKU of an archived product", () => {
    given.product("A");
    given.done(archiveProduct, { sku: "A" });
    expect(given.refused(createProduct, { sku: "a", name: "Again" })).toMatchObject({ code: "ALREADY_EXISTS" });
  });
});

describe("updating a product", () => {
  beforeEach(() => {
    given.product("A", { barcode: "1", category: "Tea", cost: { amount: 5, currency: "EUR" }, decimals: 1, attributes: { a: 1 } });
    given.store("s");
  });

  it("changes what is given, leaves the rest, and null clears", () => {
    const { product } = given.done(updateProduct, { sku: "a", name: "Better", barcode: null, cost: null, attributes: { b: 2 } });
    expect(product).toMatchObject({
      sku: "A",
      name: "Better",
      category: "Tea",
      attributes: { b: 2 },
      decimals: 1,
      createdAt: 1_000,
      seq: 3,
    });
    expect(product).not.toHaveProperty("barcode");
    expect(product).not.toHaveProperty("cost");
  });

  it("refuses to lower the backorder limit below what some store already owes", () => {
    given.done(updateProduct, { sku: "A", backorderLimit: 3 });
    given.done(sell, { sku: "A", storeId: "s", quantity: 2.5 });
    expect(given.refused(updateProduct, { sku: "A", backorderLimit: 2 })).toMatchObject({ code: "INVALID_STATE" });
    expect(given.done(updateProduct, { sku: "A", backorderLimit: 2.5 }).product.backorderLimit).toBe(2.5);
    given.done(receive, { sku: "A", storeId: "s", quantity: 9 });
    expect(given.done(updateProduct, { sku: "A", backorderLimit: 0 }).product.backorderLimit).toBe(0);
  });

  it("brings an archived product back", () => {
    given.done(archiveProduct, { sku: "A" });
    expect(given.done(updateProduct, { sku: "A", archived: false }).product.archived).toBe(false);
  });
});

describe("archiving", () => {
  beforeEach(() => {
    given.product("A");
    given.store("s");
  });

  it("refuses a product or a store with stock, and names where it is", () => {
    given.done(receive, { sku: "A", storeId: "s", quantity: 2 });
    const where = { levels: [{ sku: "A", storeId: "s", onHand: 2 }] };
    expect(given.refused(archiveProduct, { sku: "a" })).toEqual({ code: "HAS_STOCK", details: { entity: "product", key: "A", ...where } });
    expect(given.refused(archiveStore, { id: "s" })).toEqual({ code: "HAS_STOCK", details: { entity: "store", key: "s", ...where } });
    given.done(sell, { sku: "A", storeId: "s", quantity: 2 });
    expect(given.done(archiveProduct, { sku: "A" }).product.archived).toBe(true);
    expect(given.done(archiveStore, { id: "s" }).store.archived).toBe(true);
  });

  it("refuses stock that is owed as well as stock that is there", () => {
    given.product("B", { backorderLimit: 5 });
    given.done(sell, { sku: "B", storeId: "s", quantity: 1 });
    expect(given.refused(archiveProduct, { sku: "B" })).toMatchObject({ code: "HAS_STOCK", details: { levels: [{ onHand: -1 }] } });
  });

  it("is refused twice", () => {
    given.done(archiveProduct, { sku: "A" });
    given.done(archiveStore, { id: "s" });
    expect(given.refused(archiveProduct, { sku: "A" })).toEqual({
      code: "INVALID_STATE",
      details: { entity: "product", key: "A", state: "archived" },
    });
    expect(given.refused(archiveStore, { id: "s" })).toEqual({
      code: "INVALID_STATE",
      details: { entity: "store", key: "s", state: "archived" },
    });
  });
});

describe("a store", () => {
  it("is made once, by an id that is kept as given, case and all", () => {
    expect(given.done(createStore, { id: "Berlin", name: "Berlin" }).store).toMatchObject({ id: "Berlin", kind: "store", archived: false });
    expect(given.refused(createStore, { id: "Berlin", name: "Again" })).toEqual({
      code: "ALREADY_EXISTS",
      details: { entity: "store", key: "Berlin" },
    });
  });

  it("changes what is given and opens again", () => {
    given.store("s");
    given.done(archiveStore, { id: "s" });
    expect(given.done(updateStore, { id: "s", kind: "warehouse", archived: false }).store).toMatchObject({
      name: "s",
      kind: "warehouse",
      archived: false,
    });
    expect(given.refused(updateStore, { id: "t", name: "T" })).toEqual({ code: "UNKNOWN_STORE", details: { storeId: "t" } });
  });
});
