import type { StorageAdapter } from "@onhand/core";
import { withHints } from "@onhand/storage-adapters/hints";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { expect, it } from "vitest";
import { putCrate, tables, useSql } from "../sql/fixture";
import { engines } from "../sql/servers";
import { localCarrier } from "./local-carrier";

async function opened(inner: StorageAdapter = memoryStorage()) {
  const carrier = localCarrier();
  const storage = withHints(inner, carrier);
  const { epoch } = await storage.open(tables);
  return { carrier, storage, epoch };
}

it("tells of a commit once, after it, with the ledger's epoch; of what was rolled back or only read it tells nothing", async () => {
  const { carrier, storage, epoch } = await opened();
  await storage.transaction((tx) => putCrate(tx, "a"));
  expect(carrier.told).toEqual([{ epoch, seq: 1 }]);
  await storage.transaction((tx) => tx.head());
  const failing = storage.transaction(async (tx) => {
    await putCrate(tx, "b");
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(carrier.told).toHaveLength(1);
});

it("work that is run again tells only of its last run", async () => {
  const inner = memoryStorage();
  let runs = 0;
  const twice: StorageAdapter = {
    ...inner,
    transaction: (work, options) =>
      inner.transaction(async (tx) => {
        // The first run's writes are lost, as after a conflict.
        await work({ ...tx, put: async () => undefined, append: async () => undefined, advance: async () => undefined });
        return work(tx);
      }, options),
  };
  const { carrier, storage, epoch } = await opened(twice);
  await storage.transaction(async (tx) => {
    runs += 1;
    return runs === 1 ? putCrate(tx, "a") : (await tx.head()).seq;
  });
  expect(carrier.told).toEqual([]);
  await storage.transaction((tx) => putCrate(tx, "a"));
  expect(carrier.told).toEqual([{ epoch, seq: 1 }]);
});

it("hears what is told of its own ledger and no other, until it stops or closes", async () => {
  const { carrier, storage, epoch } = await opened();
  const heard: number[] = [];
  const stop = storage.watch((seq) => heard.push(seq));
  storage.watch((seq) => heard.push(seq * 100));
  carrier.tell("another", 5);
  carrier.tell(epoch, 6);
  expect(heard).toEqual([6, 600]);
  stop();
  stop();
  carrier.tell(epoch, 7);
  expect(heard).toEqual([6, 600, 700]);
  await storage.close();
  carrier.tell(epoch, 8);
  expect(heard).toHaveLength(3);
});

const sql = useSql();

it.each(engines)(
  "in a transaction of the host on $name it tells when that has committed, and of one that was rolled back never",
  async (engine) => {
    const place = await sql.place(engine);
    const { carrier, storage, epoch } = await opened(sql.storage(place));
    const knex = place.connect();
    const givenUp = await knex.transaction();
    await storage.transaction((tx) => putCrate(tx, "a"), { host: givenUp });
    await givenUp.rollback();
    const kept = await knex.transaction();
    await storage.transaction((tx) => putCrate(tx, "b"), { host: kept });
    expect(carrier.told).toEqual([]);
    await kept.commit();
    await expect.poll(() => carrier.told).toEqual([{ epoch, seq: 1 }]);
  },
);
