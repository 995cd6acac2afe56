import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRowCache } from "./row-cache";

const row = (seq: number) => Object.freeze({ seq });

describe("the row cache", () => {
  it("may forget rows but never gives a wrong one, and stays within its bound", () => {
    const step = fc.oneof(
      fc.record({ set: fc.integer({ min: 0, max: 40 }), seq: fc.option(fc.nat(1_000)) }),
      fc.record({ get: fc.integer({ min: 0, max: 40 }) }),
      fc.constant("advance" as const),
      fc.constant("reset" as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const cache = createRowCache(16);
        const model = new Map<string, object | null>();
        for (const [index, each] of steps.entries()) {
          if (each === "advance") cache.advance(index);
          else if (each === "reset") {
            cache.reset(index);
            model.clear();
          } else if ("set" in each) {
            const image = each.seq === null ? null : row(each.seq);
            cache.set("t", String(each.set), image);
            model.set(String(each.set), image);
          } else {
            const found = cache.get("t", String(each.get));
            if (found !== undefined) expect(found).toBe(model.get(String(each.get)));
          }
        }
      }),
    );
  });

  it("drops rows only between groups, and keeps those in use", () => {
    const cache = createRowCache(8);
    for (let index = 0; index < 50; index++) cache.set("t", String(index), row(index));
    for (let index = 0; index < 50; index++) expect(cache.get("t", String(index))).toEqual(row(index));
    cache.advance(1);
    expect(cache.get("t", "7")).toEqual(row(7));
    for (let index = 100; index < 104; index++) cache.set("t", String(index), row(index));
    cache.advance(2);
    expect(cache.get("t", "7")).toEqual(row(7));
    expect(cache.get("t", "8")).toBeUndefined();
    expect(cache.seq).toBe(2);
  });

  it("keeps tables apart, and knows that there is no row from not knowing", () => {
    const cache = createRowCache(8);
    cache.set("a", "1", null);
    expect([cache.get("a", "1"), cache.get("b", "1"), cache.get("a", "2")]).toEqual([null, undefined, undefined]);
  });
});
