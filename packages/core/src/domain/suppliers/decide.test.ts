import { beforeEach, describe, expect, it } from "vitest";
import { decider, rowsOf } from "../../../test/given";
import { products, stores } from "../catalog/tables";
import { archiveSupplier, createSupplier, removeTerms, setTerms, updateSupplier } from "./decide";
import { suppliers, supplierTerms } from "./tables";

let given: ReturnType<typeof decider>;
const cups = { supplierId: "weiss", sku: "CUP" };

beforeEach(() => {
  given = decider(rowsOf([products, stores, suppliers, supplierTerms]));
  given.product("CUP");
  given.product("KG", { decimals: 3 });
  given.done(createSupplier, { id: "weiss", name: "Weiß", currency: "EUR", leadTimeDays: 21, email: "hallo@weiss.example" });
});

describe("a supplier", () => {
  it("is made once", () => {
    expect(given.done(createSupplier, { id: "b", name: "B", attributes: { rating: 5 } }).supplier).toMatchObject({
      id: "b",
      attributes: { rating: 5 },
      archived: false,
    });
    expect(given.refused(createSupplier, { id: "weiss", name: "again" })).toEqual({
      code: "ALREADY_EXISTS",
      details: { entity: "supplier", key: "weiss" },
    });
  });

  it("keeps what a patch leaves out, and loses what it says null of", () => {
    const { supplier } = given.done(updateSupplier, { id: "weiss", email: null, phone: "+49 30 1" });
    expect(supplier).toMatchObject({ name: "Weiß", phone: "+49 30 1", leadTimeDays: 21, currency: "EUR" });
    expect(supplier).not.toHaveProperty("email");
  });

  it("is archived once and comes back", () => {
    expect(given.done(archiveSupplier, { id: "weiss" }).supplier.archived).toBe(true);
    expect(given.refused(archiveSupplier, { id: "weiss" })).toMatchObject({ code: "INVALID_STATE", details: { state: "archived" } });
    expect(given.done(updateSupplier, { id: "weiss", archived: false }).supplier.archived).toBe(false);
  });

  it.each([
    ["update", updateSupplier],
    ["archive", archiveSupplier],
  ] as const)("that does not exist can't be changed: %s", (_name, definition) => {
    expect(given.refused(definition as typeof archiveSupplier, { id: "no" })).toEqual({
      code: "UNKNOWN_SUPPLIER",
      details: { supplierId: "no" },
    });
  });

  it.each([
    ["no name", { id: "x" }],
    ["an address that is none", { id: "x", name: "X", email: "nobody" }],
    ["a currency that is none", { id: "x", name: "X", currency: "Euro" }],
    ["half a day", { id: "x", name: "X", leadTimeDays: 0.5 }],
    ["an unknown field", { id: "x", name: "X", vat: "DE1" }],
  ])("with %s is no supplier", (_name, input) => {
    expect(() => createSupplier.parse(input)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });
});

describe("terms", () => {
  it("are for a supplier and a product, as the product is spelt, and stand in place of those before", () => {
    given.done(setTerms, { ...cups, minimum: 48, multiple: 12, leadTimeDays: 3 });
    const { terms } = given.done(setTerms, { ...cups, sku: "cup", unitCost: { amount: 310, currency: "EUR" }, supplierSku: "T-1" });
    expect(terms).toEqual({ ...cups, unitCost: { amount: 310, currency: "EUR" }, supplierSku: "T-1", updatedAt: 1_000, seq: terms.seq });
  });

  it("of goods by weight take as many decimals as they have", () => {
    expect(given.done(setTerms, { ...cups, sku: "KG", minimum: 0.25, multiple: 0.125 }).terms).toMatchObject({
      minimum: 0.25,
      multiple: 0.125,
    });
    expect(given.refused(setTerms, { ...cups, sku: "KG", multiple: 0.0001 }).code).toBe("INVALID_INPUT");
  });

  it.each([
    ["an unknown supplier", { supplierId: "no" }, "UNKNOWN_SUPPLIER"],
    ["an unknown product", { sku: "NO" }, "UNKNOWN_PRODUCT"],
    ["half a piece", { minimum: 0.5 }, "INVALID_INPUT"],
    ["another currency", { unitCost: { amount: 1, currency: "USD" } }, "INVALID_INPUT"],
  ])("are refused for %s", (_name, fields, code) => {
    expect(given.refused(setTerms, { ...cups, ...fields }).code).toBe(code);
  });

  it("can be taken away, once", () => {
    given.done(setTerms, { ...cups, minimum: 48 });
    given.done(removeTerms, cups);
    expect(given.refused(removeTerms, cups)).toEqual({ code: "UNKNOWN_SUPPLIER_TERMS", details: cups });
    expect(given.done(setTerms, cups).terms).not.toHaveProperty("minimum");
  });
});
