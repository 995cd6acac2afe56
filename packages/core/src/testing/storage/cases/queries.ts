import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import type { Query, Row, StorageAdapter, Value } from "../../../index";
import type { StorageCase } from "../handle";
import { commit, everything, idsOf, parcel, probeTables, putParcels, scan, shelf } from "../probe-tables";

const found = async (storage: StorageAdapter, where: NonNullable<Query["where"]>): Promise<Value[]> =>
  idsOf(await storage.find("parcels", { where, limit: 100 }));

const ordered = async (storage: StorageAdapter, orderBy: NonNullable<Query["orderBy"]>): Promise<Value[]> =>
  idsOf(await storage.find("parcels", { orderBy, limit: 100 }));

/** Reads page by page, each after the last row of the one before. */
async function pageThrough(storage: StorageAdapter, query: Query, columns: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const last = rows.at(-1);
    const page = await storage.find("parcels", { ...query, ...(last && { after: columns.map((column) => last[column] as Value) }) });
    rows.push(...page.rows);
    if (!page.more) return rows;
    strictEqual(page.rows.length, query.limit, "a page before the last is full");
  }
}

/** What `find` and `aggregate` promise. */
export const queryCases: readonly StorageCase[] = [
  {
    id: "find/equal",
    promise: "A value in `where` asks for rows equal to it, in every type of column; several conditions all hold.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: { weight: 5, dueAt: 7 }, b: { fragile: true, label: "x" }, c: { weight: 5, fragile: true } });
      deepStrictEqual(await found(storage, { weight: 5 }), ["a", "c"]);
      deepStrictEqual(await found(storage, { fragile: true }), ["b", "c"]);
      deepStrictEqual(await found(storage, { fragile: false }), ["a"]);
      deepStrictEqual(await found(storage, { weight: 5, fragile: true }), ["c"]);
      deepStrictEqual(await found(storage, { dueAt: 7 }), ["a"]);
      deepStrictEqual(await found(storage, { label: "X" }), [], "text is compared exactly");
      deepStrictEqual(await found(storage, { id: "b" }), ["b"]);
      deepStrictEqual(await found(storage, { id: "b", weight: 5 }), []);
      deepStrictEqual(await found(storage, { seq: 1 }), ["a", "b", "c"]);
    },
  },
  {
    id: "find/null",
    promise: "A condition of null asks for rows without a value; `not: null` for those with one.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: {}, b: { label: "" }, c: { label: "null" } });
      deepStrictEqual(await found(storage, { label: null }), ["a"]);
      deepStrictEqual(await found(storage, { label: { not: null } }), ["b", "c"]);
      deepStrictEqual(await found(storage, { label: "" }), ["b"]);
      deepStrictEqual(await found(storage, { label: "null" }), ["c"]);
    },
  },
  {
    id: "find/not",
    promise: "`not` asks for everything else, rows without a value included.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: {}, b: { label: "x" }, c: { label: "y", fragile: true } });
      deepStrictEqual(await found(storage, { label: { not: "x" } }), ["a", "c"]);
      deepStrictEqual(await found(storage, { fragile: { not: true } }), ["a", "b"]);
    },
  },
  {
    id: "find/in",
    promise: "`in` asks for one of several values, null among them; of none, for nothing.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: {}, b: { label: "x", weight: 2 }, c: { label: "y", weight: 3 }, d: { label: "z" } });
      deepStrictEqual(await found(storage, { label: { in: ["z", "x", "nobody"] } }), ["b", "d"]);
      deepStrictEqual(await found(storage, { label: { in: ["y", null] } }), ["a", "c"]);
      deepStrictEqual(await found(storage, { label: { in: [] } }), []);
      deepStrictEqual(await found(storage, { id: { in: ["c", "a", "c"] }, weight: { in: [3, 4] } }), ["c"]);
      const many = Array.from({ length: 1_500 }, (_, index) => `no-${index}`);
      deepStrictEqual(await found(storage, { id: { in: [...many, "d"] } }), ["d"]);
    },
  },
  {
    id: "find/bounds",
    promise: "`gt`, `gte`, `lt` and `lte` bound numbers, times and text, together or alone, and leave out rows without a value.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: { dueAt: 10 }, b: { dueAt: 20 }, c: { dueAt: 30 }, d: { weight: -4 } });
      deepStrictEqual(await found(storage, { dueAt: { gt: 10 } }), ["b", "c"]);
      deepStrictEqual(await found(storage, { dueAt: { gte: 10, lt: 30 } }), ["a", "b"]);
      deepStrictEqual(await found(storage, { dueAt: { lte: 20 } }), ["a", "b"]);
      deepStrictEqual(await found(storage, { dueAt: { gt: 30 } }), []);
      deepStrictEqual(await found(storage, { weight: { lt: 0 } }), ["d"]);
      deepStrictEqual(await found(storage, { id: { gt: "a", lte: "c" } }), ["b", "c"]);
      deepStrictEqual(await found(storage, { seq: { gt: 1 } }), []);
    },
  },
  {
    id: "find/search",
    promise: "`search` finds a text inside any of its columns regardless of case, and takes `%`, `_`, `\\` and `*` as they are.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, {
        a: { label: "Green TEA" },
        b: { zone: "Teahouse" },
        "tea-c": {},
        d: { label: "50% off_now" },
        e: { label: "C:\\*" },
      });
      const search = async (text: string, columns = ["id", "label", "zone"]) =>
        idsOf(await storage.find("parcels", { search: { columns, text }, limit: 10 }));
      deepStrictEqual(await search("tea"), ["a", "b", "tea-c"]);
      deepStrictEqual(await search("TEA"), ["a", "b", "tea-c"]);
      deepStrictEqual(await search("tea", ["label"]), ["a"]);
      deepStrictEqual(await search("0%"), ["d"]);
      deepStrictEqual(await search("%"), ["d"]);
      deepStrictEqual(await search("_"), ["d"]);
      deepStrictEqual(await search("\\*"), ["e"]);
      const page = await storage.find("parcels", {
        search: { columns: ["id", "label", "zone"], text: "tea" },
        where: { zone: "A" },
        limit: 1,
      });
      deepStrictEqual([idsOf(page), page.more], [["a"], true]);
    },
  },
  {
    id: "find/order",
    promise:
      "`orderBy` orders by several columns, each its own way; the key settles ties, in the direction of the last column. Without it the key orders.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, {
        d: { weight: 1, zone: "B" },
        c: { weight: 2, zone: "A" },
        b: { weight: 1, zone: "A" },
        a: { weight: 2, zone: "B" },
      });
      deepStrictEqual(idsOf(await storage.find("parcels", everything)), ["a", "b", "c", "d"]);
      deepStrictEqual(await ordered(storage, [{ column: "id", descending: true }]), ["d", "c", "b", "a"]);
      deepStrictEqual(await ordered(storage, [{ column: "weight" }]), ["b", "d", "a", "c"]);
      deepStrictEqual(await ordered(storage, [{ column: "weight", descending: true }]), ["c", "a", "d", "b"]);
      deepStrictEqual(await ordered(storage, [{ column: "zone" }, { column: "weight", descending: true }]), ["c", "b", "a", "d"]);
      deepStrictEqual(await ordered(storage, [{ column: "fragile" }, { column: "zone", descending: true }]), ["d", "a", "c", "b"]);
    },
  },
  {
    id: "find/order-nulls",
    promise: "Rows without a value come first ascending and last descending.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: { label: "x", dueAt: -1 }, b: {}, c: { label: "" }, d: { dueAt: 0 } });
      deepStrictEqual(await ordered(storage, [{ column: "label" }]), ["b", "d", "c", "a"]);
      deepStrictEqual(await ordered(storage, [{ column: "label", descending: true }]), ["a", "c", "d", "b"]);
      deepStrictEqual(await ordered(storage, [{ column: "dueAt" }]), ["b", "c", "a", "d"]);
    },
  },
  {
    id: "find/order-code-units",
    promise: "Text is ordered and bounded by code unit, whatever the machine's language.",
    async run({ storage }) {
      await storage.open(probeTables);
      const names = ["", " ", "-", "1", "10", "2", "A", "B", "Z", "_", "a", "b", "z", "~", "ß", "ä", "é", "中", "\u{1F600}", "～"];
      await putParcels(
        storage,
        Object.fromEntries(names.map((label, index) => [`p${String(names.length - index).padStart(2, "0")}`, { label }])),
      );
      const { rows } = await storage.find("parcels", { orderBy: [{ column: "label" }], limit: 100 });
      deepStrictEqual(
        rows.map((row) => row.label),
        [...names].sort(),
      );
      const above = await storage.find("parcels", { where: { label: { gt: "z" } }, orderBy: [{ column: "label" }], limit: 100 });
      deepStrictEqual(
        above.rows.map((row) => row.label),
        names.filter((name) => name > "z").sort(),
      );
    },
  },
  {
    id: "find/cursor",
    promise: "Pages joined by `after` give every row once, across ties and rows without a value, in either direction, for every page size.",
    async run({ storage }) {
      await storage.open(probeTables);
      const labels = [null, "a", "a", "a", "b", null, "b", "a", "c", null, "a"];
      await putParcels(storage, Object.fromEntries(labels.map((label, index) => [`p${index}`, { label, weight: index % 2 }])));
      const orders: NonNullable<Query["orderBy"]>[] = [
        [{ column: "label" }],
        [{ column: "label", descending: true }],
        [{ column: "weight" }, { column: "label", descending: true }],
        [{ column: "weight", descending: true }, { column: "label" }],
        [{ column: "id", descending: true }],
        [],
      ];
      for (const orderBy of orders) {
        const columns = [...new Set([...orderBy.map((entry) => entry.column), "id"])];
        const whole = await storage.find("parcels", { orderBy, limit: 100 });
        for (const limit of [1, 2, 3, 11]) {
          deepStrictEqual(
            idsOf({ rows: await pageThrough(storage, { orderBy, limit }, columns) }),
            idsOf(whole),
            JSON.stringify({ orderBy, limit }),
          );
        }
      }
    },
  },
  {
    id: "find/cursor-of-composite-key",
    promise: "A key of several columns orders and continues column by column.",
    async run({ storage }) {
      await storage.open(probeTables);
      await commit(storage, (tx, seq) =>
        tx.put("shelves", [shelf(seq, "B", 1), shelf(seq, "A", 10), shelf(seq, "A", 9), shelf(seq, "AA", 1)]),
      );
      const first = await storage.find("shelves", { limit: 2 });
      deepStrictEqual([first.rows, first.more], [[shelf(1, "A", 9), shelf(1, "A", 10)], true]);
      const second = await storage.find("shelves", { limit: 2, after: ["A", 10] });
      deepStrictEqual([second.rows, second.more], [[shelf(1, "AA", 1), shelf(1, "B", 1)], false]);
      const back = await storage.find("shelves", { limit: 9, after: ["AA", 1], orderBy: [{ column: "aisle", descending: true }] });
      deepStrictEqual(back.rows, [shelf(1, "A", 10), shelf(1, "A", 9)]);
    },
  },
  {
    id: "find/limit",
    promise: "`more` says whether rows beyond the limit match: not when the page ends with the last one.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: {}, b: { zone: "B" }, c: {} });
      const page = async (limit: number) => {
        const { rows, more } = await storage.find("parcels", { where: { zone: "A" }, limit });
        return [rows.length, more];
      };
      deepStrictEqual(
        [await page(1), await page(2), await page(3)],
        [
          [1, true],
          [2, false],
          [2, false],
        ],
      );
    },
  },
  {
    id: "find/head",
    promise: "A page's `head` is where the ledger stood in the very snapshot its rows are from.",
    async run({ storage }) {
      await storage.open(probeTables);
      for (const seq of [1, 2, 3]) {
        await putParcels(storage, { a: { weight: seq } });
        const { rows, head } = await storage.find("parcels", everything);
        deepStrictEqual([rows[0]?.weight, head], [seq, seq]);
      }
      const writing = Array.from({ length: 20 }, () =>
        commit(storage, async (tx, seq) => tx.put("parcels", [parcel(seq, "a", { weight: seq })])),
      );
      const reading = Array.from({ length: 20 }, () => storage.find("parcels", everything));
      await Promise.all(writing);
      for (const { rows, head } of await Promise.all(reading)) strictEqual(rows[0]?.weight, head);
    },
  },
  {
    id: "find/unknown-names",
    promise: "A table or column that does not exist is a programming mistake: `TypeError`, not an empty answer.",
    async run({ storage }) {
      await storage.open(probeTables);
      const refused = (work: () => Promise<unknown>) => rejects(work, TypeError);
      await refused(async () => storage.find("nothing", everything));
      await refused(async () => storage.find("parcels", { where: { nothing: 1 }, limit: 1 }));
      await refused(async () => storage.find("parcels", { orderBy: [{ column: "nothing" }], limit: 1 }));
      await refused(async () => storage.find("parcels", { search: { columns: ["nothing"], text: "x" }, limit: 1 }));
      await refused(async () => storage.aggregate("nothing", { by: [], measures: { n: { count: true } } }));
      await refused(async () => storage.aggregate("parcels", { by: ["nothing"], measures: { n: { count: true } } }));
      await refused(async () => storage.aggregate("parcels", { by: [], measures: { n: { sum: "nothing" } } }));
      await refused(async () => storage.changes(0, { limit: 1, tables: ["nothing"] }));
    },
  },
  {
    id: "aggregate/groups",
    promise:
      "`aggregate` counts, sums and bounds the rows that match, once per combination of `by`; nulls group together and are no bound.",
    async run({ storage }) {
      await storage.open(probeTables);
      await commit(storage, (tx, seq) =>
        tx.append("scans", [
          scan(seq, 0, "a", 5, "x"),
          scan(seq, 1, "b", -2),
          scan(seq, 2, "a", 7),
          scan(seq, 3, "a", -1, "x"),
          scan(seq, 4, "b", 0, "y"),
        ]),
      );
      const measures = { n: { count: true }, total: { sum: "delta" }, least: { min: "delta" }, most: { max: "note" } } as const;
      const byName = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort();
      deepStrictEqual(
        byName(await storage.aggregate("scans", { by: ["parcel"], measures })),
        byName([
          { parcel: "a", n: 3, total: 11, least: -1, most: "x" },
          { parcel: "b", n: 2, total: -2, least: -2, most: "y" },
        ]),
      );
      deepStrictEqual(
        byName(await storage.aggregate("scans", { by: ["note", "parcel"], measures: { n: { count: true } } })),
        byName([
          { note: "x", parcel: "a", n: 2 },
          { note: null, parcel: "a", n: 1 },
          { note: null, parcel: "b", n: 1 },
          { note: "y", parcel: "b", n: 1 },
        ]),
      );
      deepStrictEqual(await storage.aggregate("scans", { where: { delta: { gt: 0 } }, by: [], measures: { total: { sum: "delta" } } }), [
        { total: 12 },
      ]);
      deepStrictEqual(await storage.aggregate("scans", { where: { parcel: "c" }, by: [], measures }), [], "a sum over no rows is absent");
    },
  },
  {
    id: "aggregate/intervals",
    promise:
      "`aggregate` groups by the interval a number or a time lies in, named by how many bounds are not above it; what has no value groups by itself.",
    async run({ storage }) {
      await storage.open(probeTables);
      const dueAt = [-1, 0, 9, 10, 11, 19, 20, 1_000, null];
      await putParcels(storage, Object.fromEntries(dueAt.map((time, index) => [`p${index}`, { dueAt: time, weight: index }])));
      const answer = async (bounds: readonly number[]) => {
        const by = [{ column: "dueAt", bounds, as: "span" }];
        const rows = await storage.aggregate("parcels", { by, measures: { n: { count: true }, total: { sum: "weight" } } });
        return rows.map(({ span, n, total }) => [span, n, total]).sort(([a], [b]) => Number(a ?? -1) - Number(b ?? -1));
      };
      const byInterval = [
        [null, 1, 8],
        [0, 3, 3],
        [1, 3, 12],
        [2, 2, 13],
      ];
      deepStrictEqual(await answer([10, 20]), byInterval);
      deepStrictEqual(await answer([5_000]), [
        [null, 1, 8],
        [0, 8, 28],
      ]);
      const many = Array.from({ length: 1_000 }, (_, index) => index * 2);
      deepStrictEqual(await answer(many), [
        [null, 1, 8],
        [0, 1, 0],
        [1, 1, 1],
        [5, 1, 2],
        [6, 2, 7],
        [10, 1, 5],
        [11, 1, 6],
        [501, 1, 7],
      ]);
      const wrong = (bounds: readonly number[]) => rejects(async () => answer(bounds), TypeError);
      await wrong([]);
      await wrong([2, 2]);
      await wrong([2, 1]);
      await wrong([0.5]);
    },
  },
  {
    id: "aggregate/names",
    promise: "`aggregate` groups by names that texts are given, as many as there are; what is given none groups by itself.",
    async run({ storage }) {
      await storage.open(probeTables);
      const parcels = Array.from({ length: 40 }, (_, line) => `p${line % 10}`);
      await commit(storage, (tx, seq) =>
        tx.append(
          "scans",
          parcels.map((id, line) => scan(seq, line, id, line, line < 20 ? "x" : null)),
        ),
      );
      const names = new Map<string, string | null>(Array.from({ length: 2_000 }, (_, index) => [`p${index}`, `route ${index % 2}`]));
      names.set("p1", null).delete("p3");
      const by = { column: "parcel", names, as: "route" };
      const measures = { n: { count: true }, total: { sum: "delta" }, first: { min: "delta" }, note: { max: "note" } } as const;
      const answer = async (more: readonly string[]) =>
        (await storage.aggregate("scans", { by: [by, ...more], measures }))
          .map(({ route, n, total, first, note }) => [route, n, total, first, note])
          .sort(([a], [b]) => String(a).localeCompare(String(b)));
      deepStrictEqual(await answer([]), [
        [null, 8, 136, 1, "x"],
        ["route 0", 20, 380, 0, "x"],
        ["route 1", 12, 264, 5, "x"],
      ]);
      deepStrictEqual((await answer(["note"])).length, 6);
      strictEqual((await storage.aggregate("scans", { by: [by], measures, limit: 2 })).length, 2);
    },
  },
  {
    id: "aggregate/products",
    promise: "A sum with `times` adds up the products of two columns, exactly; rows without one of the two add nothing.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, {
        a: { weight: -3, dueAt: 255 },
        b: { weight: 2, dueAt: 99 },
        c: { weight: 7 },
        d: { weight: 0, dueAt: 5, zone: "B" },
        e: { weight: 1, zone: "C" },
      });
      const value = (where: NonNullable<Query["where"]>) =>
        storage.aggregate("parcels", { where, by: [], measures: { value: { sum: "weight", times: "dueAt" } } });
      deepStrictEqual(await value({ zone: "A" }), [{ value: -567 }]);
      deepStrictEqual(await value({ zone: "B" }), [{ value: 0 }]);
      deepStrictEqual(await value({ zone: "C" }), [{ value: 0 }]);
      const large = 2 ** 50;
      await putParcels(storage, { f: { weight: large, dueAt: large, zone: "D" }, g: { weight: -large, dueAt: large, zone: "D" } });
      await rejects(value({ zone: "D" }), "a product that is not exact is no part of a sum");
    },
  },
  {
    id: "aggregate/limit",
    promise: "With a `limit`, `aggregate` answers no more groups than that, each of them whole.",
    async run({ storage }) {
      await storage.open(probeTables);
      await commit(storage, (tx, seq) =>
        tx.append(
          "scans",
          Array.from({ length: 30 }, (_, line) => scan(seq, line, `p${line % 10}`, 2)),
        ),
      );
      const groups = (limit: number) =>
        storage.aggregate("scans", { by: ["parcel"], measures: { n: { count: true }, total: { sum: "delta" } }, limit });
      for (const [limit, length] of [
        [4, 4],
        [10, 10],
        [11, 10],
      ] as const) {
        const rows = await groups(limit);
        strictEqual(rows.length, length);
        for (const { n, total } of rows) deepStrictEqual([n, total], [3, 6]);
      }
    },
  },
  {
    id: "aggregate/exact",
    promise: "Sums are exact to the largest safe integer; beyond it they are refused rather than rounded.",
    async run({ storage }) {
      await storage.open(probeTables);
      const largest = Number.MAX_SAFE_INTEGER;
      await commit(storage, (tx, seq) =>
        tx.append("scans", [scan(seq, 0, "a", largest - 1), scan(seq, 1, "a", 1), scan(seq, 2, "b", 1), scan(seq, 3, "b", -largest)]),
      );
      const total = (id: string) => storage.aggregate("scans", { where: { parcel: id }, by: [], measures: { total: { sum: "delta" } } });
      deepStrictEqual(await total("a"), [{ total: largest }]);
      deepStrictEqual(await total("b"), [{ total: 1 - largest }]);
      await commit(storage, (tx, seq) => tx.append("scans", [scan(seq, 0, "a", 2)]));
      await rejects(total("a"));
    },
  },
];
