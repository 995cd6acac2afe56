import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { isInventoryError, type StorageAdapter, type StorageTransaction } from "../../../index";
import { needed, type StorageCase } from "../handle";
import { everything, idsOf, parcel, probeNames, probeTables, putParcels, scan } from "../probe-tables";

/** Writes in the host's transaction under the next number, and tells it. */
const commitIn = (storage: StorageAdapter, host: unknown, write: (tx: StorageTransaction, seq: number) => Promise<void>): Promise<number> =>
  storage.transaction(
    async (tx) => {
      const seq = (await tx.head()).seq + 1;
      await write(tx, seq);
      await tx.advance(seq);
      return seq;
    },
    { host },
  );

/** What joining a host's transaction promises. */
export const hostCases: readonly StorageCase[] = [
  {
    id: "host/commit-keeps",
    promise: "What is written in a host's transaction is kept when the host commits, and seen by nobody else before.",
    requires: "host transactions",
    async run({ storage, host }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: { weight: 1 } });
      const { handle, commit } = await needed(host, "host")();
      const seq = await commitIn(storage, handle, async (tx, next) => {
        const [before] = await tx.get("parcels", [["a"]]);
        await tx.put("parcels", [parcel(next, "a", { weight: Number(before?.weight) + 1 })]);
        await tx.append("scans", [scan(next, 0, "a")]);
      });
      strictEqual(seq, 2);
      deepStrictEqual(await storage.find("parcels", everything), { rows: [parcel(1, "a", { weight: 1 })], more: false, head: 1 });
      await commit();
      deepStrictEqual(await storage.find("parcels", everything), { rows: [parcel(2, "a", { weight: 2 })], more: false, head: 2 });
      deepStrictEqual((await storage.find("scans", everything)).rows, [scan(2, 0, "a")]);
    },
  },
  {
    id: "host/rollback-leaves-nothing",
    promise: "When the host rolls back nothing is left: no row, no number, in no table.",
    requires: "host transactions",
    async run({ storage, host }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: { weight: 1 } });
      const { handle, rollback } = await needed(host, "host")();
      await commitIn(storage, handle, async (tx, seq) => {
        await tx.put("parcels", [parcel(seq, "a", { weight: 2 }), parcel(seq, "b")]);
        await tx.append("scans", [scan(seq, 0, "a")]);
      });
      await rollback();
      deepStrictEqual((await storage.changes(1, { limit: 10, tables: probeNames })).items, []);
      deepStrictEqual(await storage.find("parcels", everything), { rows: [parcel(1, "a", { weight: 1 })], more: false, head: 1 });
      strictEqual(await putParcels(storage, { c: {} }), 2);
    },
  },
  {
    id: "host/dense",
    promise: "Several joins of one host's transaction see each other's rows and number on; whoever comes after goes on from there.",
    requires: "host transactions",
    async run({ storage, host }) {
      await storage.open(probeTables);
      strictEqual(await putParcels(storage, { a: {} }), 1);
      const { handle, commit } = await needed(host, "host")();
      for (const seq of [2, 3, 4]) {
        const given = await commitIn(storage, handle, async (tx, next) => {
          const found = await tx.find("parcels", everything);
          deepStrictEqual(idsOf(found), ["a", "h2", "h3"].slice(0, seq - 1));
          strictEqual((await tx.get("parcels", [[`h${seq - 1}`]]))[0]?.seq, seq === 2 ? undefined : seq - 1);
          await tx.put("parcels", [parcel(next, `h${next}`)]);
        });
        strictEqual(given, seq);
      }
      await commit();
      strictEqual(await putParcels(storage, { z: {} }), 5);
      const { items } = await storage.changes(0, { limit: 10, tables: probeNames });
      deepStrictEqual(
        items.map(({ row }) => row.seq),
        [1, 2, 3, 4, 5],
      );
    },
  },
  {
    id: "host/work-rejects",
    promise: "Work that rejects leaves nothing of itself in the host's transaction, which goes on and may commit.",
    requires: "host transactions",
    async run({ storage, host }) {
      await storage.open(probeTables);
      const { handle, commit } = await needed(host, "host")();
      const boom = new Error("the work failed");
      const failed = commitIn(storage, handle, async (tx, seq) => {
        await tx.put("parcels", [parcel(seq, "a")]);
        await tx.append("scans", [scan(seq, 0, "a")]);
        throw boom;
      });
      await rejects(failed, (error) => error === boom);
      strictEqual(await commitIn(storage, handle, (tx, seq) => tx.put("parcels", [parcel(seq, "b")])), 1);
      await commit();
      deepStrictEqual(await storage.find("parcels", everything), { rows: [parcel(1, "b")], more: false, head: 1 });
      deepStrictEqual((await storage.find("scans", everything)).rows, []);
    },
  },
  {
    id: "host/watch",
    promise: "`watch` tells of a host's transaction after it has committed: not before, and not at all when it was rolled back.",
    requires: "host transactions",
    async run({ storage, host }) {
      await storage.open(probeTables);
      const begin = needed(host, "host");
      const early: number[] = [];
      let heard: () => void = () => undefined;
      const hint = new Promise<void>((resolve) => {
        heard = resolve;
      });
      let committed = false;
      const stop = storage.watch((seq) => {
        if (!committed && seq > 0) early.push(seq);
        if (seq >= 1) heard();
      });
      const lost = await begin();
      await commitIn(storage, lost.handle, (tx, seq) => tx.put("parcels", [parcel(seq, "a"), parcel(seq, "b")]));
      await lost.rollback();
      const kept = await begin();
      await commitIn(storage, kept.handle, (tx, seq) => tx.put("parcels", [parcel(seq, "c")]));
      deepStrictEqual(early, [], "told before the host committed");
      committed = true;
      await kept.commit();
      await hint;
      stop();
      deepStrictEqual(idsOf(await storage.find("parcels", everything)), ["c"]);
    },
  },
  {
    id: "host/foreign-refused",
    promise: "A transaction of other data, or something that is none, is refused with `INVALID_INPUT` before `work` is run.",
    requires: "host transactions",
    async run({ storage, foreignHost }) {
      await storage.open(probeTables);
      const foreign = await needed(foreignHost, "foreignHost")();
      const refused = (error: unknown) => isInventoryError(error, "INVALID_INPUT");
      let runs = 0;
      const work = async () => {
        runs++;
      };
      try {
        for (const handle of [foreign.handle, {}, "transaction", 7, () => undefined])
          await rejects(storage.transaction(work, { host: handle }), refused);
      } finally {
        await foreign.rollback();
      }
      strictEqual(runs, 0);
      strictEqual(await putParcels(storage, { a: {} }), 1);
    },
  },
];
