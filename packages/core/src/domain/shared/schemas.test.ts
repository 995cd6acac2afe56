import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprint } from "./fingerprint";
import { fromScaled, maximumDecimals, toScaled } from "./quantity";
import { keyText } from "./rows";
import { attributes, idempotencyKey, instant, money, name, price, searchText, sku } from "./schemas";
import { skuKeyOf } from "./sku-key";

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown): boolean => schema.safeParse(value).success;

describe("a name", () => {
  it("may hold the joiners that Persian and emoji are written with, but no control characters", () => {
    for (const good of ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u{1F469}\u200d\u{1F373} apron"])
      expect(name.parse(good)).toBe(good);
    for (const bad of ["\u0000", "\n", "\t", "\u0085", "\ud800"]) expect(accepts(name, `a${bad}b`), JSON.stringify(bad)).toBe(false);
  });
});

describe("any text", () => {
  it("is kept trimmed and composed, whatever it starts and ends with", () => {
    const unit = fc.constantFrom("a", "~", "!", " ", "\u00a0", "e", "\u0301", "\u212b", "é", "\u{1F9F6}");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        const wanted = text.trim().normalize("NFC");
        const parsed = name.safeParse(text);
        expect(parsed.success ? parsed.data : undefined).toBe(wanted === "" ? undefined : wanted);
      }),
    );
  });
});

describe("a SKU", () => {
  it("is trimmed and composed, and otherwise kept as given", () => {
    expect(sku.parse("  Tea-50\u00a0 ")).toBe("Tea-50");
    expect(sku.parse("cafe\u0301")).toBe("café");
    expect(sku.parse("a  b")).toBe("a  b");
    expect(sku.parse("/%?#&=")).toBe("/%?#&=");
  });

  it("has 1 to 64 characters, counted as people do, after trimming", () => {
    expect(accepts(sku, "x".repeat(64))).toBe(true);
    expect(accepts(sku, "x".repeat(65))).toBe(false);
    expect(accepts(sku, "\u{1F9F6}".repeat(64))).toBe(true);
    expect(accepts(sku, `  ${"x".repeat(64)}  `)).toBe(true);
    expect(accepts(sku, " ")).toBe(false);
    expect(accepts(sku, "e\u0301".repeat(64))).toBe(true);
  });

  it("holds no control, format, private or unassigned characters and no lone surrogate", () => {
    for (const bad of ["\u0000", "\t", "\u007f", "\u0085", "\u200b", "\u202e", "\ue000", "\ud800", "\u0378"]) {
      expect(accepts(sku, `a${bad}b`), JSON.stringify(bad)).toBe(false);
    }
  });

  it("is unique regardless of case", () => {
    const key = (text: string) => skuKeyOf(text.normalize("NFC"));
    for (const unit of [
      "grapheme-ascii",
      "grapheme",
      fc.constantFrom("ß", "ẞ", "ς", "σ", "Σ", "İ", "ı", "i", "I", "ŉ", "ǰ", "a", "Ω"),
    ] as const) {
      fc.assert(
        fc.property(fc.string({ unit, minLength: 1 }), (text) => {
          expect(key(text.toUpperCase())).toBe(key(text));
          expect(key(text.toLowerCase())).toBe(key(text));
        }),
      );
    }
    expect(skuKeyOf("ΟΔΟΣ")).toBe(skuKeyOf("οδοσ"));
    expect(skuKeyOf("ÄPFEL")).toBe(skuKeyOf("äpfel"));
    expect(skuKeyOf("ΣΙΓΜΑ")).toBe(skuKeyOf("σιγμα"));
  });
});

describe("an idempotency key", () => {
  it("is 1 to 200 printable ASCII characters and never trimmed", () => {
    for (const good of ["a", "order 1", "~", "x".repeat(200), "550e8400-e29b-41d4-a716-446655440000"])
      expect(accepts(idempotencyKey, good), good).toBe(true);
    for (const bad of ["", " a", "a ", "x".repeat(201), "ä", "a\nb", "a\n", "\u007f"])
      expect(accepts(idempotencyKey, bad), bad).toBe(false);
  });
});

describe("an instant", () => {
  it("is epoch milliseconds, a Date, or ISO 8601 with its offset", () => {
    const moment = Date.UTC(2026, 0, 5, 9);
    for (const given of [moment, new Date(moment), "2026-01-05T09:00:00Z", "2026-01-05T10:00:00+01:00", "2026-01-05T09:00:00.000Z"]) {
      expect(instant.parse(given)).toBe(moment);
    }
  });

  it("is between 1970 and 9999", () => {
    expect(accepts(instant, 0)).toBe(true);
    expect(accepts(instant, -1)).toBe(false);
    expect(accepts(instant, "1969-12-31T23:59:59Z")).toBe(false);
    expect(accepts(instant, Date.UTC(10_000, 0))).toBe(false);
  });
});

describe("money", () => {
  it("is a whole number of minor units with an ISO 4217 code; a price is not negative", () => {
    expect(money.parse({ amount: -250, currency: "EUR" })).toEqual({ amount: -250, currency: "EUR" });
    expect(accepts(price, { amount: -1, currency: "EUR" })).toBe(false);
    expect(accepts(price, { amount: Number.MAX_SAFE_INTEGER, currency: "JPY" })).toBe(true);
    for (const currency of ["eur", "EURO", "E1R", ""]) expect(accepts(money, { amount: 1, currency }), currency).toBe(false);
  });
});

describe("attributes", () => {
  it("are plain JSON, up to 16 KiB and 8 levels", () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : { in: nested(depth - 1) });
    expect(accepts(attributes, nested(8))).toBe(true);
    expect(accepts(attributes, nested(9))).toBe(false);
    expect(accepts(attributes, { text: "x".repeat(16_300) })).toBe(true);
    expect(accepts(attributes, { text: "x".repeat(16_384) })).toBe(false);
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(accepts(attributes, cycle)).toBe(false);
  });

  it("are copied, so that changing what was given changes nothing", () => {
    const given = { ribbon: { colour: "red" }, sizes: [1, 2] };
    const kept = attributes.parse(given);
    given.ribbon.colour = "blue";
    given.sizes.push(3);
    expect(kept).toEqual({ ribbon: { colour: "red" }, sizes: [1, 2] });
  });
});

describe("a search", () => {
  it("is composed like the names it is looked for in", () => {
    expect(searchText.parse(" cafe\u0301 ")).toBe("café");
  });
});

describe("a quantity", () => {
  const decimals = fc.integer({ min: 0, max: maximumDecimals });

  it("goes to a scaled integer and back without a change", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), decimals, (scaled, digits) => {
        expect(toScaled(fromScaled(scaled, digits), digits)).toBe(scaled);
      }),
    );
  });

  it("is refused when it has more decimals than the product, or would not be exact", () => {
    expect(toScaled(1.005, 3)).toBe(1005);
    expect(toScaled(1.005, 2)).toBeUndefined();
    expect(toScaled(0.1 + 0.2, 1)).toBeUndefined();
    expect(toScaled(0.1, 0)).toBeUndefined();
    expect(toScaled(2 ** 53, 0)).toBeUndefined();
    expect(toScaled(Number.MAX_SAFE_INTEGER, 1)).toBeUndefined();
    expect(toScaled(Number.NaN, 0)).toBeUndefined();
    expect(toScaled(Number.POSITIVE_INFINITY, 0)).toBeUndefined();
  });

  it("is never minus zero", () => {
    expect(toScaled(-0, 0)).toBe(0);
    expect(toScaled(-0, 3)).toBe(0);
  });

  it("is what the decimal text says, for any text with as many decimals", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), fc.integer({ min: 0, max: 999 }), (whole, part) => {
        expect(toScaled(Number(`${whole}.${String(part).padStart(3, "0")}`), 3)).toBe(whole * 1000 + part);
      }),
    );
  });
});

describe("names of rows and requests", () => {
  it("distinct keys have distinct texts", () => {
    const part = fc.string({ unit: fc.constantFrom("a", "b", " ", "/", ",", "1", '"'), minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.tuple(part, part), fc.tuple(part, part), (a, b) => {
        expect(keyText(a) === keyText(b)).toBe(a[0] === b[0] && a[1] === b[1]);
      }),
    );
  });

  it("a request's fingerprint is a safe integer, the same for the same text and another for a near one", () => {
    const seen = new Set<number>();
    for (let quantity = 0; quantity < 20_000; quantity++) seen.add(fingerprint("stock.sell", `{"quantity":${quantity}}`));
    expect(seen.size).toBe(20_000);
    for (const name of seen) expect(Number.isSafeInteger(name) && name >= 0).toBe(true);
    expect(fingerprint("stock.sell", "{}")).toBe(fingerprint("stock.sell", "{}"));
  });

  it("a request's fingerprint stays what earlier versions stored", () => {
    const input = '{"sku":"TEA-50","storeId":"berlin","quantity":2,"idempotencyKey":"order-1042","type":"sell"}';
    expect(fingerprint("stock.sell", input)).toBe(4_393_027_546_612_649);
  });
});
