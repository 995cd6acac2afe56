import { describe, expect, test } from "vitest";
import { kindOf, planReplay, skipRule, storeIdOf } from "../../src/replay/plan";
import { reasonOf } from "../../src/replay/rules";
import { invoiceLine } from "./fixture";

describe("lines that are no stock", () => {
  test.each([
    [{ stockCode: "POST" }, "postage"],
    [{ stockCode: "DOT" }, "postage"],
    [{ stockCode: "C2" }, "carriage"],
    [{ stockCode: "m" }, "manual entry"],
    [{ stockCode: "D" }, "discount"],
    [{ stockCode: "S" }, "samples"],
    [{ stockCode: "BANK CHARGES" }, "bank charges"],
    [{ stockCode: "AMAZONFEE" }, "marketplace fee"],
    [{ stockCode: "CRUK" }, "commission"],
    [{ stockCode: "gift_0001_20" }, "gift voucher"],
    [{ stockCode: "B", invoice: "A563185" }, "bad debt"],
    [{ quantity: 0 }, "no quantity"],
    [{ quantity: Number.NaN }, "unreadable quantity"],
    [{ occurredAt: Number.NaN }, "unreadable date"],
    [{ price: Number.NaN }, "unreadable price"],
    [{ stockCode: "" }, "unreadable stock code"],
  ])("%o is skipped as %s", (fields, rule) => {
    expect(skipRule(invoiceLine(fields))).toBe(rule);
  });

  test.each(["22752", "85123A", "DCGS0003", "DCGSSBOY", "PADS", "15056BL"])("%s is stock", (stockCode) => {
    expect(skipRule(invoiceLine({ stockCode }))).toBeUndefined();
  });

  test("they are counted by name", () => {
    const { skipped, lines } = planReplay([invoiceLine({ stockCode: "POST" }), invoiceLine(), invoiceLine({ stockCode: "DOT" })]);
    expect([...skipped]).toEqual([["postage", 2]]);
    expect(lines).toHaveLength(1);
  });
});

describe("what a line is", () => {
  const soldAs = (description: string) => description === "WHITE HANGING HEART";
  test.each([
    ["a priced line", {}, "sell"],
    ["a gift to a customer", { price: 0, description: "" }, "sell"],
    ["an unpaid part of an anonymous order, by its usual description", { price: 0, customer: "" }, "sell"],
    ["a credit note", { invoice: "C536379", quantity: -1 }, "return"],
    ["a negative priced line without a credit note", { quantity: -1 }, "return"],
    ["an anonymous unpaid negative line", { quantity: -1, price: 0, customer: "" }, "adjust"],
    ["an anonymous unpaid line with a note", { price: 0, customer: "", description: "found" }, "adjust"],
    ["an anonymous unpaid line without a description", { price: 0, customer: "", description: "" }, "adjust"],
  ])("%s is told", (_, fields, kind) => {
    expect(kindOf(invoiceLine(fields), soldAs)).toBe(kind);
  });
});

test.each([
  ["wet/rusty", "damaged"],
  ["printing smudges/thrown away", "scrapped"],
  ["?lost", "lost"],
  ["found some more on shelf", "found"],
  ["wrong barcode (22467)", "data_entry_error"],
  ["sold as set on dotcom", "data_entry_error"],
  ["mailout ", "promotion"],
  ["", "correction"],
  ["?", "correction"],
])("an adjustment noted %j is %s", (note, reason) => {
  expect(reasonOf(note)).toBe(reason);
});

test("codes that differ only in case are one product, called what it is usually sold as, at its latest price", () => {
  const plan = planReplay([
    invoiceLine({ stockCode: "85123A", description: "WHITE HEART" }),
    invoiceLine({ stockCode: "85123a", description: "WHITE HANGING HEART" }),
    invoiceLine({ stockCode: "85123a", description: "WHITE HANGING HEART", price: 2.95 }),
    invoiceLine({ stockCode: "85123A", description: "damaged", price: 0, quantity: -1, customer: "" }),
  ]);
  expect(plan.products.map(({ input }) => input)).toEqual([
    { sku: "85123A", name: "WHITE HANGING HEART", price: { amount: 295, currency: "GBP" } },
  ]);
  expect(plan.lines.map(({ input }) => input.sku)).toEqual(["85123A", "85123A", "85123A", "85123A"]);
});

test("countries are the stores", () => {
  const plan = planReplay(["United Kingdom", "EIRE", "", "United Kingdom"].map((country) => invoiceLine({ country })));
  expect(plan.stores.map(({ input }) => input)).toEqual([
    { id: "united-kingdom", name: "United Kingdom" },
    { id: "eire", name: "EIRE" },
    { id: "unspecified", name: "Unspecified" },
  ]);
  expect(storeIdOf("Côte d’Ivoire ")).toBe("cote-d-ivoire");
});

test("lines come in time order, those of one time in the file's order, whatever the file's order is", () => {
  const at = (minute: number) => Date.UTC(2010, 11, 1, 8, minute);
  const lines = [3, 1, 1, 2].map((minute, index) => invoiceLine({ position: index + 1, occurredAt: at(minute) }));
  expect(planReplay(lines).lines.map(({ key }) => key)).toEqual(["line:2", "line:3", "line:4", "line:1"]);
});

test("the opening receipt is the smallest that lets every line through, in time order, dated the day before", () => {
  const at = (minute: number) => Date.UTC(2010, 11, 1, 8, minute);
  const plan = planReplay([
    invoiceLine({ position: 1, quantity: 5, occurredAt: at(3) }),
    invoiceLine({ position: 2, quantity: -3, invoice: "C1", occurredAt: at(2) }),
    invoiceLine({ position: 3, quantity: 4, occurredAt: at(1) }),
    invoiceLine({ position: 4, quantity: -1, invoice: "C2", stockCode: "RETURNED-ONLY" }),
  ]);
  expect(plan.openings).toEqual([
    {
      command: "stock.receive",
      input: {
        sku: "85123A",
        storeId: "united-kingdom",
        quantity: 6,
        reason: "opening stock",
        occurredAt: Date.UTC(2010, 10, 30),
      },
      key: "opening:3",
    },
  ]);
});
