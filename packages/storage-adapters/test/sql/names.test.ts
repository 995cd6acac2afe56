import { describe, expect, it } from "vitest";
import { boundedName, domainName, sqlName } from "../../src/sql/names";
import { createPatience } from "../../src/sql/retry";
import { byCodePoint, fromCodePoint } from "../../src/sql/text-order";

describe("names of columns and tables", () => {
  it("are the same after there and back", () => {
    for (const [name, sql] of [
      ["storeId", "store_id"],
      ["onHandAfter", "on_hand_after"],
      ["seq", "seq"],
      ["purchaseOrders", "purchase_orders"],
    ] as const) {
      expect(sqlName(name)).toBe(sql);
      expect(domainName(sql)).toBe(name);
    }
  });

  it("fit into an identifier and stay apart when they are shortened", () => {
    const [one, other] = ["a", "b"].map((end) => boundedName(`${"long_".repeat(20)}${end}`));
    expect([one?.length, other?.length]).toEqual([60, 60]);
    expect(one).not.toBe(other);
  });
});

describe("order of text", () => {
  it("by code point is that by code unit once it is rewritten, and comes back", () => {
    const texts = ["", "a", "z", "\uD7FF", "\uE000", "\uE001", "\uFF5E", "\uFFFF", "\u{10000}", "\u{1F600}", "\u{10FFFF}"];
    const pairs = texts.flatMap((first) => texts.map((second) => first + second));
    const codePoints = (text: string) => Array.from(text, (character) => String.fromCodePoint(character.codePointAt(0) as number));
    const byPoints = (a: string, b: string) => {
      const [left, right] = [codePoints(a), codePoints(b)].map((all) => all.map((each) => each.codePointAt(0) as number)) as [
        number[],
        number[],
      ];
      for (let index = 0; index < Math.min(left.length, right.length); index++)
        if (left[index] !== right[index]) return (left[index] as number) - (right[index] as number);
      return left.length - right.length;
    };
    expect(pairs.map(byCodePoint).sort(byPoints).map(fromCodePoint)).toEqual([...pairs].sort());
  });
});

describe("patience", () => {
  it("waits between tries, at random and ever longer within a bound, and gives up after ten seconds", async () => {
    let now = 0;
    const waits: number[] = [];
    const delay = async (ms: number) => {
      waits.push(ms);
      now += ms;
    };
    const patience = createPatience({ random: () => 1, now: () => now, delay });
    while (await patience.again());
    expect(waits.slice(0, 6)).toEqual([10, 20, 40, 80, 160, 250]);
    expect(Math.max(...waits)).toBe(250);
    expect(now).toBeGreaterThanOrEqual(10_000);
    expect(now).toBeLessThan(10_300);
  });
});
