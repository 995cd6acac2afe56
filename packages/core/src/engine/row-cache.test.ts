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
            cache.table("t").learn(String(each.set), image);
            model.set(String(each.set), image);
          } else {
            const found = cache.table("t").get(String(each.get));
            if (found !== undefined) expect(found).toBe(model.get(String(each.get)));
          }
        }
      }),
    );
  });

  it("drops rows only between groups, and keeps those in use", () => {
    const cache = createRowCache(8);
    for (let index = 0; index < 50; index++) cache.table("t").learn(String(index), row(index));
    for (let index = 0; index < 50; index++) expect(cache.table("t").get(String(index))).toEqual(row(index));
    cache.advance(1);
    expect(cache.table("t").get("7")).toEqual(row(7));
    for (let index = 100; index < 104; index++) cache.table("t").learn(String(index), row(index));
    cache.advance(2);
    expect(cache.table("t").get("7")).toEqual(row(7));
    expect(cache.table("t").get("8")).toBeUndefined();
    expect(cache.seq).toBe(2);
  });

  it("keeps tables apart, and knows that there is no row from not knowing", () => {
    const cache = createRowCache(8);
    cache.table("a").learn("1", null);
    expect([cache.table("a").get("1"), cache.table("b").get("1"), cache.table("a").get("2")]).toEqual([null, undefined, undefined]);
  });

  it("belongs to no head while it holds what is not committed yet", () => {
    const cache = createRowCache(8);
    cache.advance(4);
    cache.table("a").write("1", row(5));
    expect(cache.seq).toBeUndefined();
    cache.advance(5);
    expect([cache.seq, cache.table("a").get("1")]).toEqual([5, row(5)]);
    cache.table("a").write("1", row(6));
    cache.reset(5);
    expect([cache.seq, cache.table("a").get("1")]).toEqual([5, undefined]);
  });

  it("takes back what came to nothing, and stands at its head again", () => {
    const cache = createRowCache(8);
    const table = cache.table("a");
    table.learn("known", row(1));
    table.learn("absent", null);
    cache.advance(4);
    for (const seq of [5, 6]) for (const key of ["known", "absent", "unknown"]) table.write(key, row(seq));
    cache.restore();
    expect([cache.seq, ...["known", "absent", "unknown"].map(table.get)]).toEqual([4, row(1), null, undefined]);
    table.write("known", row(5));
    cache.advance(5);
    cache.restore();
    expect([cache.seq, table.get("known")]).toEqual([5, row(5)]);
  });

  it("takes in what others committed only for rows at hand", () => {
    const cache = createRowCache(8);
    cache.table("a").learn("1", row(1));
    cache.table("a").learn("2", null);
    for (const key of ["1", "2", "3"]) cache.table("a").refresh(key, row(7));
    expect(["1", "2", "3"].map((key) => cache.table("a").get(key))).toEqual([row(7), row(7), undefined]);
  });
});
