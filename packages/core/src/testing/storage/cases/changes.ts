import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { RowChange, StorageAdapter } from "../../../index";
import type { StorageCase } from "../handle";
import { commit, parcel, probeNames, probeTables, putParcels, scan, shelf } from "../probe-tables";

const places = (items: readonly RowChange[]): string[] =>
  items.map(({ table, row }) => `${row.seq} ${table} ${row.id ?? row.aisle ?? row.line}`);

/** Follows the changes to their end as a listener would: from the last whole seq of each page. */
async function follow(storage: StorageAdapter, since: number, limit: number): Promise<RowChange[]> {
  const items: RowChange[] = [];
  for (let position = since; ; ) {
    const page = await storage.changes(position, { limit, tables: probeNames });
    items.push(...page.items);
    if (!page.more) return items;
    const last = page.items.at(-1)?.row.seq ?? position;
    ok(last > position, "a page that is not the last moves on");
    position = last;
  }
}

/** What `changes` promises. */
export const changesCases: readonly StorageCase[] = [
  {
    id: "changes/order",
    promise: "`changes` gives the rows of all tables asked for, in seq order, and of no other.",
    async run({ storage }) {
      await storage.open(probeTables);
      await commit(storage, async (tx, seq) => {
        await tx.append("scans", [scan(seq, 0, "b"), scan(seq, 1, "a")]);
        await tx.put("parcels", [parcel(seq, "b")]);
      });
      await commit(storage, (tx, seq) => tx.put("shelves", [shelf(seq, "A", 1)]));
      await putParcels(storage, { a: {} });
      const all = await storage.changes(0, { limit: 100, tables: probeNames });
      deepStrictEqual(
        all.items.map(({ row }) => row.seq),
        [1, 1, 1, 2, 3],
      );
      deepStrictEqual(places(all.items).sort(), ["1 parcels b", "1 scans 0", "1 scans 1", "2 shelves A", "3 parcels a"]);
      deepStrictEqual([all.more, all.head], [false, 3]);
      const some = await storage.changes(0, { limit: 100, tables: ["parcels", "shelves"] });
      deepStrictEqual(places(some.items), ["1 parcels b", "2 shelves A", "3 parcels a"]);
      deepStrictEqual(some.items[0]?.row, parcel(1, "b"));
    },
  },
  {
    id: "changes/since",
    promise: "Only rows newer than `since` are given; at the head, none.",
    async run({ storage }) {
      await storage.open(probeTables);
      for (const id of ["a", "b", "c"]) await putParcels(storage, { [id]: {} });
      deepStrictEqual(places((await storage.changes(1, { limit: 100, tables: probeNames })).items), ["2 parcels b", "3 parcels c"]);
      deepStrictEqual(await storage.changes(3, { limit: 100, tables: probeNames }), { items: [], more: false, head: 3 });
      deepStrictEqual(await storage.changes(99, { limit: 100, tables: probeNames }), { items: [], more: false, head: 3 });
    },
  },
  {
    id: "changes/latest-image",
    promise: "A state row appears once, as it is now, under the number of its last change; an image written over is skipped.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: { weight: 1 }, b: {} });
      await putParcels(storage, { a: { weight: 2 } });
      await putParcels(storage, { a: { weight: 3 } });
      const { items } = await storage.changes(0, { limit: 100, tables: probeNames });
      deepStrictEqual(
        items.map(({ row }) => row),
        [parcel(1, "b"), parcel(3, "a", { weight: 3 })],
      );
      deepStrictEqual(places((await storage.changes(2, { limit: 100, tables: probeNames })).items), ["3 parcels a"]);
    },
  },
  {
    id: "changes/whole-seqs",
    promise: "A page never splits a number: it passes its limit to finish the last one, and `more` says if others follow.",
    async run({ storage }) {
      await storage.open(probeTables);
      for (const rows of [3, 1, 4]) {
        await commit(storage, async (tx, seq) => {
          await tx.put("parcels", [parcel(seq, `p${seq}`)]);
          await tx.append(
            "scans",
            Array.from({ length: rows - 1 }, (_, line) => scan(seq, line, `p${seq}`)),
          );
        });
      }
      const sizes = async (limit: number) => {
        const { items, more } = await storage.changes(0, { limit, tables: probeNames });
        return [items.length, more];
      };
      deepStrictEqual(
        [await sizes(1), await sizes(2), await sizes(3)],
        [
          [3, true],
          [3, true],
          [3, true],
        ],
      );
      deepStrictEqual(
        [await sizes(4), await sizes(5), await sizes(8), await sizes(100)],
        [
          [4, true],
          [8, false],
          [8, false],
          [8, false],
        ],
      );
    },
  },
  {
    id: "changes/nothing-skipped",
    promise:
      "Pages of any size, each from the last number of the one before, give every row once, however many overwritten images lie between.",
    async run({ storage }) {
      await storage.open(probeTables);
      for (let round = 0; round < 30; round++) {
        await commit(storage, async (tx, seq) => {
          await tx.put("parcels", [parcel(seq, `p${round % 4}`), parcel(seq, `q${round}`)]);
          await tx.append("scans", [scan(seq, 0, "x"), scan(seq, 1, "y")]);
        });
      }
      const whole = await follow(storage, 0, 1_000);
      strictEqual(whole.length, 4 + 30 + 60);
      for (const limit of [1, 2, 7, 50])
        deepStrictEqual(places(await follow(storage, 0, limit)).sort(), places(whole).sort(), `pages of ${limit}`);
    },
  },
  {
    id: "changes/commit-order",
    promise: "A follower that asks again and again while others commit misses nothing: no number appears behind one already seen.",
    async run({ storage }) {
      await storage.open(probeTables);
      const writing = Array.from({ length: 30 }, (_, index) =>
        commit(storage, async (tx, seq) => {
          if (index % 3 === 0) await Promise.resolve();
          await tx.append("scans", [scan(seq, 0, `p${index}`), scan(seq, 1, `p${index}`)]);
        }),
      );
      let position = 0;
      let left = writing.length;
      const seen: RowChange[] = [];
      for (const write of writing) void write.finally(() => left--);
      for (let idle = 0; left > 0 || idle < 2; ) {
        const { items, head, more } = await storage.changes(position, { limit: 5, tables: probeNames });
        for (const { row } of items)
          ok(row.seq > position && row.seq <= head, "a page is newer than what was seen and no newer than its head");
        seen.push(...items);
        position = more ? (items.at(-1)?.row.seq ?? position) : head;
        if (left === 0) idle++;
        else await Promise.race(writing);
      }
      await Promise.all(writing);
      seen.push(...(await follow(storage, position, 100)));
      strictEqual(seen.length, 60);
      strictEqual(new Set(places(seen)).size, 60);
    },
  },
  {
    id: "watch/hints",
    promise: "`watch` hints where the head stands after a commit and until it is stopped; what stopped it may be called again.",
    async run({ storage }) {
      await storage.open(probeTables);
      const hints: number[] = [];
      let heard: () => void = () => undefined;
      const stopFirst = storage.watch((seq) => {
        hints.push(seq);
        if (seq >= 1) heard();
      });
      const hint = new Promise<void>((resolve) => {
        heard = resolve;
      });
      await putParcels(storage, { a: {} });
      await hint;
      ok(
        hints.every((seq) => seq <= 1),
        "a hint is not ahead of the head",
      );
      stopFirst();
      stopFirst();
      const heardSoFar = hints.length;
      await putParcels(storage, { b: {} });
      strictEqual(hints.length, heardSoFar);
    },
  },
  {
    id: "changes/in-transaction",
    promise: "A transaction may ask what was committed since a seq, as others can outside.",
    async run({ storage }) {
      await storage.open(probeTables);
      for (const id of ["a", "b", "c"]) await putParcels(storage, { [id]: {} });
      await commit(storage, (tx, seq) => tx.append("scans", [scan(seq, 0, "a"), scan(seq, 1, "b")]));
      const question = { limit: 2, tables: probeNames };
      const inside = await storage.transaction(async (tx) => {
        await tx.head();
        return [await tx.changes(1, question), await tx.changes(3, question), await tx.changes(4, question)];
      });
      deepStrictEqual(inside, [await storage.changes(1, question), await storage.changes(3, question), await storage.changes(4, question)]);
      deepStrictEqual(
        inside.map(({ items }) => items.length),
        [2, 2, 0],
      );
    },
  },
];
