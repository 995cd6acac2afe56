import { QueryClient } from "@tanstack/query-core";
import { describe, expect, it } from "vitest";
import { createCache } from "../src/cache";
import { createIndex } from "../src/indexes";

describe("an index of the first few", () => {
  it("takes in what it had no room for when one of its rows leaves", () => {
    const rows = new Map([
      ["a", 3],
      ["b", 2],
      ["c", 1],
    ]);
    const source = { read: (id: string) => rows.get(id), ids: () => rows.keys() };
    const rule = { name: "newest", includes: () => true, compare: (a: number, b: number) => b - a, keyOf: (row: number) => row, limit: 2 };
    const index = createIndex(source, rule, createCache(new QueryClient()));
    expect(index.content().items).toEqual([3, 2]);
    rows.delete("a");
    index.update(["a"]);
    expect(index.content().items).toEqual([2, 1]);
  });
});
