import { ok, rejects } from "node:assert/strict";
import { isInventoryError } from "../../../index";
import type { StorageCase } from "../handle";
import { commit, everything, parcel, probeNames, probeTables, putParcels } from "../probe-tables";

const isClosed = (error: unknown): boolean => isInventoryError(error, "STORAGE_CLOSED");

/** What closing promises. */
export const closingCases: readonly StorageCase[] = [
  {
    id: "close/refuses-later-calls",
    promise: "After closing every call is refused with `STORAGE_CLOSED`: it neither hangs nor works.",
    async run({ storage }) {
      await storage.open(probeTables);
      await putParcels(storage, { a: {} });
      await storage.close();
      await rejects(async () => storage.transaction(async (tx) => tx.head()), isClosed);
      await rejects(async () => storage.find("parcels", everything), isClosed);
      await rejects(async () => storage.aggregate("parcels", { by: [], measures: { n: { count: true } } }), isClosed);
      await rejects(async () => storage.changes(0, { limit: 1, tables: probeNames }), isClosed);
    },
  },
  {
    id: "close/twice",
    promise: "Closing twice, or twice at once, is fine.",
    async run({ storage }) {
      await storage.open(probeTables);
      await Promise.all([storage.close(), storage.close()]);
      await storage.close();
    },
  },
  {
    id: "close/before-open",
    promise: "Before it is opened a storage refuses work with an `InventoryError`, and closing it is fine.",
    async run({ storage }) {
      await rejects(
        async () => storage.find("parcels", everything),
        (error) => isInventoryError(error),
      );
      await rejects(
        async () => storage.transaction(async (tx) => tx.head()),
        (error) => isInventoryError(error),
      );
      await storage.close();
    },
  },
  {
    id: "close/waits",
    promise: "Closing waits for the transaction under way, whose caller learns how it ended.",
    async run({ storage }) {
      await storage.open(probeTables);
      let started: () => void = () => undefined;
      let goOn: () => void = () => undefined;
      const running = new Promise<void>((resolve) => {
        started = resolve;
      });
      const gate = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      let ended = false;
      const write = commit(storage, async (tx, seq) => {
        await tx.put("parcels", [parcel(seq, "a")]);
        started();
        await gate;
        await tx.get("parcels", [["a"]]);
      }).finally(() => {
        ended = true;
      });
      await running;
      const closing = storage.close().then(() => ended);
      goOn();
      await write;
      ok(await closing, "closed while a transaction was under way");
    },
  },
];
