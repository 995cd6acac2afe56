import { describe, expect, it } from "vitest";
import { currencyDecimals, minorText, parseNumber, toMinor } from "./cells";

describe("a number in a cell", () => {
  it.each([
    ["42", 42],
    ["-3.50", -3.5],
    [".5", 0.5],
    ["5.", 5],
    ["1,234,567.25", 1_234_567.25],
    ["1'234.5", 1_234.5],
    ["$8,395.00", 8_395],
    ["12,50 €".replace(",", "."), 12.5],
    ["\u22127", -7],
    ["(7)", -7],
    [" 1 000 ", 1_000],
    ["-0", 0],
  ])("%j is %d", (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it.each(["", "abc", "1,23", "1.2.3", "12,34,567", "#N/A", "1e5", "--1", "0x10", "Infinity", "-", "."])("%j is none", (text) => {
    expect(parseNumber(text)).toBeUndefined();
  });

  it("reads a decimal comma only where it is told to", () => {
    expect(parseNumber("1.234,50", ",")).toBe(1_234.5);
    expect(parseNumber("12,5", ",")).toBe(12.5);
    expect(parseNumber("1.5", ",")).toBeUndefined();
    expect(parseNumber("12,5")).toBeUndefined();
  });
});

describe("an amount", () => {
  it("has as many decimals as its currency, never rounded", () => {
    expect([currencyDecimals("EUR"), currencyDecimals("JPY"), currencyDecimals("KWD"), currencyDecimals("euro")]).toEqual([
      2,
      0,
      3,
      undefined,
    ]);
    expect(toMinor(4.99, 2)).toBe(499);
    expect(toMinor(0.1 + 0.2, 2)).toBeUndefined();
    expect(toMinor(0.068, 2)).toBeUndefined();
    expect([minorText(499, 2), minorText(5, 2), minorText(-5, 3), minorText(7, 0)]).toEqual(["4.99", "0.05", "-0.005", "7"]);
  });
});
