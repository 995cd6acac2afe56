import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { isInventoryError } from "../../../index";
import { needed, type StorageCase } from "../handle";
import { everything, idsOf, parcel, probeNames, probeTables, putParcels } from "../probe-tables";

/** What opening promises. */
export const openingCases: readonly StorageCase[] = [
  {
    id: "open/empty",
    promise: "A new storage opens empty, at head 0, and answers every question with nothing.",
    async run({ storage }) {
      const head = await storage.open(probeTables);
      strictEqual(head.seq, 0);
      ok(typeof head.epoch === "string" && head.epoch.length > 0, "a ledger's life has a name");
      for (const name of probeNames) deepStrictEqual(await storage.find(name, everything), { rows: [], more: false, head: 0 });
      deepStrictEqual(await storage.aggregate("scans", { by: ["parcel"], measures: { total: { sum: "delta" } } }), []);
      deepStrictEqual(await storage.changes(0, { limit: 10, tables: probeNames }), { items: [], more: false, head: 0 });
    },
  },
  {
    id: "open/capabilities",
    promise: "What a storage can do it says as data, the same before it is opened, while it is open and after it was closed.",
    async run({ storage }) {
      const said = { ...storage.capabilities };
      ok(["none", "process", "power-loss"].includes(said.durability), "durability is one of none, process, power-loss");
      for (const promise of [said.shared, said.hostTransactions, said.settlesUnknownOutcomes]) strictEqual(typeof promise, "boolean");
      ok(storage.name.length > 0, "a storage has a name for messages");
      await storage.open(probeTables);
      deepStrictEqual({ ...storage.capabilities }, said);
      await storage.close();
      deepStrictEqual({ ...storage.capabilities }, said);
    },
  },
  {
    id: "open/twice",
    promise: "Opening an open storage does nothing: rows, head and epoch stay.",
    async run({ storage }) {
      const first = await storage.open(probeTables);
      await putParcels(storage, { a: {} });
      deepStrictEqual(await storage.open(probeTables), { epoch: first.epoch, seq: 1 });
      deepStrictEqual(idsOf(await storage.find("parcels", everything)), ["a"]);
    },
  },
  {
    id: "open/again",
    promise: "Closed and opened again, the epoch, the head and every row are what they were.",
    requires: "durable",
    async run({ storage, reopen }) {
      const first = await storage.open(probeTables);
      await putParcels(storage, { a: { notes: { lines: ["x", null, 1.5, { deep: true }] } }, b: {} });
      await storage.close();
      const again = await needed(reopen, "reopen")();
      deepStrictEqual(await again.open(probeTables), { epoch: first.epoch, seq: 1 });
      const { rows } = await again.find("parcels", everything);
      deepStrictEqual(rows, [parcel(1, "a", { notes: { lines: ["x", null, 1.5, { deep: true }] } }), parcel(1, "b")]);
      await again.close();
    },
  },
  {
    id: "open/newer-refused",
    promise: "Data of a newer version is refused with `UNSUPPORTED` and left as it is.",
    requires: "durable",
    async run({ storage, reopen }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: {} });
      await storage.close();
      const older = await needed(reopen, "reopen")();
      await rejects(older.open({ ...probeTables, version: probeTables.version - 1 }), (error) => isInventoryError(error, "UNSUPPORTED"));
      await older.close();
      const again = await needed(reopen, "reopen")();
      strictEqual((await again.open(probeTables)).seq, 1);
      deepStrictEqual(idsOf(await again.find("parcels", everything)), ["a"]);
      await again.close();
    },
  },
  {
    id: "open/older-migrated",
    promise: "Data of an older version gets the tables it lacks and keeps its rows.",
    requires: "durable",
    async run({ storage, reopen }) {
      const [parcels, ...others] = probeTables.tables;
      await storage.open({ version: probeTables.version - 1, tables: [parcels] });
      await putParcels(storage, { a: {} });
      await storage.close();
      const again = await needed(reopen, "reopen")();
      strictEqual((await again.open(probeTables)).seq, 1);
      deepStrictEqual(idsOf(await again.find("parcels", everything)), ["a"]);
      for (const table of others) deepStrictEqual((await again.find(table.name, everything)).rows, []);
      await again.close();
    },
  },
  {
    id: "open/exclusive",
    promise: "A storage that is not shared refuses a second owner with `STORAGE_LOCKED`, and lets it in when the first has closed.",
    requires: "exclusive",
    async run({ storage, peer }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: {} });
      const second = await needed(peer, "peer")();
      await rejects(second.open(probeTables), (error) => isInventoryError(error, "STORAGE_LOCKED"));
      await putParcels(storage, { b: {} });
      await storage.close();
      await second.close();
      const third = await needed(peer, "peer")();
      strictEqual((await third.open(probeTables)).seq, 2);
      await third.close();
    },
  },
  {
    id: "open/no-host-transactions",
    promise: "A storage without host transactions says so: joining one is `UNSUPPORTED`, before anything is written or `work` is run.",
    requires: "no host transactions",
    async run({ inventory, storage }) {
      const { with: join } = await inventory();
      const unsupported = (error: unknown) => isInventoryError(error, "UNSUPPORTED");
      await rejects(async () => join({}), unsupported);
      const work = async () => ok(false, "the work was run");
      await rejects(storage.transaction(work, { host: {} }), unsupported);
    },
  },
];
