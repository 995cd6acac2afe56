import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { type Key, keyText, type StorageTransaction } from "../../../index";
import type { StorageCase } from "../handle";
import { commit, everything, idsOf, parcel, probeNames, probeTables, putParcels, scan, shelf } from "../probe-tables";

const boom = new Error("the work failed");

/** What `transaction` promises. */
export const transactionCases: readonly StorageCase[] = [
  {
    id: "transaction/rollback",
    promise:
      "Work that rejects leaves nothing behind: no row, no new image, no head, in no table; and the rejection is passed on as it is.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: { weight: 1 } });
      const failed = storage.transaction(async (tx) => {
        await tx.head();
        await tx.put("parcels", [parcel(2, "a", { weight: 2 }), parcel(2, "b")]);
        await tx.put("shelves", [shelf(2, "A", 1)]);
        await tx.append("scans", [scan(2, 0, "a")]);
        await tx.advance(2);
        throw boom;
      });
      await rejects(failed, (error) => error === boom);
      deepStrictEqual((await storage.find("parcels", everything)).rows, [parcel(1, "a", { weight: 1 })]);
      for (const name of ["shelves", "scans"]) deepStrictEqual(await storage.find(name, everything), { rows: [], more: false, head: 1 });
      deepStrictEqual((await storage.changes(1, { limit: 10, tables: probeNames })).items, []);
      strictEqual((await storage.transaction((tx) => tx.head())).seq, 1);
    },
  },
  {
    id: "transaction/works-after-rollback",
    promise: "After a rollback the same numbers and keys can be used.",
    async run({ storage }) {
      await storage.open(probeTables);
      const append = (tx: StorageTransaction) => tx.append("scans", [scan(1, 0, "a")]);
      await rejects(
        commit(storage, async (tx) => {
          await append(tx);
          throw boom;
        }),
      );
      strictEqual(await commit(storage, append), 1);
      deepStrictEqual((await storage.find("scans", everything)).rows, [scan(1, 0, "a")]);
    },
  },
  {
    id: "transaction/invisible-before-commit",
    promise: "Nothing a transaction wrote is seen by anybody else before it has committed.",
    async run({ storage }) {
      await storage.open(probeTables);
      await storage.transaction(async (tx) => {
        await tx.head();
        await tx.put("parcels", [parcel(1, "a")]);
        await tx.append("scans", [scan(1, 0, "a")]);
        await tx.advance(1);
        deepStrictEqual(await storage.find("parcels", everything), { rows: [], more: false, head: 0 });
        deepStrictEqual(await storage.changes(0, { limit: 10, tables: probeNames }), { items: [], more: false, head: 0 });
        deepStrictEqual(await storage.aggregate("scans", { by: [], measures: { scans: { count: true } } }), []);
      });
      deepStrictEqual(await storage.find("parcels", everything), { rows: [parcel(1, "a")], more: false, head: 1 });
    },
  },
  {
    id: "transaction/reads-own-writes",
    promise: "Inside a transaction `get` and `find` see what it wrote itself, over what was committed.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: { weight: 1 }, b: { weight: 2 }, c: { weight: 3 }, d: { zone: "B" } });
      await commit(storage, async (tx, seq) => {
        await tx.put("parcels", [parcel(seq, "b", { zone: "B" }), parcel(seq, "a2", { weight: 9 }), parcel(seq, "d", { weight: 4 })]);
        await tx.append("scans", [scan(seq, 0, "b")]);
        const [b, none, c] = await tx.get("parcels", [["b"], ["nothing"], ["c"]]);
        deepStrictEqual([b?.zone, none, c?.weight], ["B", undefined, 3]);
        deepStrictEqual(idsOf(await tx.find("parcels", { where: { zone: "A" }, limit: 10 })), ["a", "a2", "c", "d"]);
        const page = await tx.find("parcels", { where: { zone: "A" }, orderBy: [{ column: "weight", descending: true }], limit: 2 });
        deepStrictEqual([idsOf(page), page.more], [["a2", "d"], true]);
        deepStrictEqual(idsOf(await tx.find("parcels", { where: { zone: "A" }, after: ["a2"], limit: 1 })), ["c"]);
        deepStrictEqual((await tx.find("scans", { where: { parcel: "b" }, limit: 10 })).rows, [scan(seq, 0, "b")]);
      });
    },
  },
  {
    id: "transaction/get",
    promise: "`get` answers key by key, in the order of the keys, keys of several columns included; no keys, no rows.",
    async run({ storage }) {
      await storage.open(probeTables);
      await commit(storage, async (tx, seq) => {
        await tx.put("shelves", [shelf(seq, "A", 1, "x"), shelf(seq, "A", 11), shelf(seq, "A1", 1)]);
      });
      await storage.transaction(async (tx) => {
        await tx.head();
        deepStrictEqual(await tx.get("shelves", []), []);
        const rows = await tx.get("shelves", [
          ["A1", 1],
          ["A", 2],
          ["A", 11],
          ["A", 1],
        ]);
        deepStrictEqual(rows, [shelf(1, "A1", 1), undefined, shelf(1, "A", 11), shelf(1, "A", 1, "x")]);
      });
    },
  },
  {
    id: "transaction/peek",
    promise: "`peek`, where a storage has it, tells what `get` would answer or leaves it open: of committed rows, of its own and of none.",
    async run({ storage }) {
      await storage.open(probeTables);
      await commit(storage, async (tx, seq) => {
        await tx.put("shelves", [shelf(seq, "A", 1, "x"), shelf(seq, "A", 11)]);
        await tx.append("scans", [scan(seq, 0, "x")]);
      });
      await commit(storage, async (tx, seq) => {
        await tx.put("shelves", [shelf(seq, "A", 11, "y"), shelf(seq, "B", 1)]);
        await tx.append("scans", [scan(seq, 0, "y")]);
        const questions: readonly (readonly [string, Key])[] = [
          ...(["A", "B", "C"] as const).flatMap((aisle) => [1, 11].map((place) => ["shelves", [aisle, place]] as const)),
          ...[seq - 1, seq, seq + 1].map((at) => ["scans", [at, 0]] as const),
        ];
        for (const [table, key] of questions) {
          const told = tx.peek?.(table, keyText(key));
          if (told !== undefined) deepStrictEqual([told ?? undefined], await tx.get(table, [key]));
        }
      });
    },
  },
  {
    id: "transaction/put-replaces",
    promise: "`put` replaces the row with the same key wholly, null included.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: { label: "old", notes: { kept: false }, dueAt: 5 } });
      await putParcels(storage, { a: { fragile: true } });
      deepStrictEqual((await storage.find("parcels", everything)).rows, [parcel(2, "a", { fragile: true })]);
    },
  },
  {
    id: "transaction/append-keeps",
    promise: "`append` adds rows, in any number, and never replaces one.",
    async run({ storage }) {
      await storage.open(probeTables);
      const lines = Array.from({ length: 2_500 }, (_, line) => scan(1, line, `p${line % 7}`));
      await commit(storage, (tx) => tx.append("scans", lines));
      const replaced = commit(storage, (tx) => tx.append("scans", [scan(1, 0, "someone else")]));
      await rejects(replaced);
      const { rows } = await storage.find("scans", { limit: 5_000 });
      deepStrictEqual(rows, lines);
    },
  },
  {
    id: "transaction/read-only",
    promise: "A transaction that writes nothing moves nothing, and its answer is handed back.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: {} });
      strictEqual(await storage.transaction(async (tx) => (await tx.head()).seq * 10), 10);
      strictEqual((await storage.find("parcels", everything)).head, 1);
    },
  },
  {
    id: "transaction/head-only-grows",
    promise: "The head only grows: advancing it backwards is refused and rolls back.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: {} });
      await putParcels(storage, { b: {} });
      const backwards = storage.transaction(async (tx) => {
        await tx.head();
        await tx.put("parcels", [parcel(1, "c")]);
        await tx.advance(1);
      });
      await rejects(backwards);
      deepStrictEqual(idsOf(await storage.find("parcels", everything)), ["a", "b"]);
      strictEqual((await storage.transaction((tx) => tx.head())).seq, 2);
    },
  },
  {
    id: "transaction/handles-end",
    promise: "A handle used after its transaction has ended is refused and writes nothing.",
    async run({ storage }) {
      await storage.open(probeTables);
      let kept: StorageTransaction | undefined;
      await commit(storage, async (tx) => {
        kept = tx;
      });
      const stale = kept as StorageTransaction;
      await rejects(async () => stale.put("parcels", [parcel(2, "late")]));
      await rejects(async () => stale.append("scans", [scan(2, 0, "late")]));
      await rejects(async () => stale.get("parcels", [["late"]]));
      await rejects(async () => stale.advance(9));
      await putParcels(storage, { a: {} });
      deepStrictEqual(await storage.find("parcels", everything), { rows: [parcel(2, "a")], more: false, head: 2 });
    },
  },
  {
    id: "transaction/serial",
    promise: "Transactions begun at the same time run one after the other: of 40 that each add 1 to one row, none is lost.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { counter: { weight: 0 } });
      const addOne = () =>
        commit(storage, async (tx, seq) => {
          const [row] = await tx.get("parcels", [["counter"]]);
          await Promise.resolve();
          await tx.put("parcels", [parcel(seq, "counter", { weight: (row?.weight as number) + 1 })]);
        });
      const seqs = await Promise.all(Array.from({ length: 40 }, addOne));
      deepStrictEqual(
        seqs.sort((a, b) => a - b),
        Array.from({ length: 40 }, (_, index) => index + 2),
      );
      strictEqual((await storage.find("parcels", everything)).rows[0]?.weight, 40);
    },
  },
  {
    id: "transaction/big",
    promise: "Thousands of rows in one transaction are one commit like any other.",
    async run({ storage }) {
      await storage.open(probeTables);
      const ids = Array.from({ length: 5_000 }, (_, index) => `p${String(index).padStart(5, "0")}`);
      await commit(storage, (tx, seq) =>
        tx.put(
          "parcels",
          ids.map((id, weight) => parcel(seq, id, { weight })),
        ),
      );
      await storage.transaction(async (tx) => {
        await tx.head();
        const rows = await tx.get(
          "parcels",
          ids.map((id) => [id]),
        );
        deepStrictEqual(
          rows.map((row) => row?.weight),
          ids.map((_, weight) => weight),
        );
      });
      const { items, more } = await storage.changes(0, { limit: 10, tables: ["parcels"] });
      deepStrictEqual([items.length, more], [5_000, false]);
    },
  },
];
