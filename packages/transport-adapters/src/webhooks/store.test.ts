import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StorageAdapter } from "@onhand/core";
import { csvStorage } from "@onhand/storage-adapters/csv";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import createKnex from "knex";
import { afterEach, describe, expect, it } from "vitest";
import { mysqlDatabase, postgresDatabase } from "../../../../tests/servers";
import { openWebhookStore, type WebhookRecord } from "./store";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Opens the same place again and again, as processes that follow one another do. */
type Place = () => StorageAdapter;

async function inDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "onhand-webhooks-"));
  endings.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function sqlPlace(config: Parameters<typeof createKnex>[0]): Place {
  const knex = createKnex(config);
  endings.push(() => knex.destroy());
  return () => sqlStorage({ knex, tablePrefix: "webhooks_" });
}

const places: Readonly<Record<string, () => Promise<Place>>> = {
  async csv() {
    const directory = await inDirectory();
    return () => csvStorage({ directory });
  },
  sqlite: async () =>
    sqlPlace({ client: "better-sqlite3", connection: { filename: join(await inDirectory(), "webhooks.db") }, useNullAsDefault: true }),
  async postgres() {
    const { url, drop } = await postgresDatabase();
    endings.push(drop);
    return sqlPlace({ client: "pg", connection: url });
  },
  async mariadb() {
    const { url, drop } = await mysqlDatabase();
    endings.push(drop);
    return sqlPlace({ client: "mysql2", connection: url });
  },
};

const record: WebhookRecord = {
  epoch: "e",
  position: 7,
  replays: 1,
  paused: "dead_letters",
  failingSince: 1_767_603_600_000,
  deadLetters: [{ id: "e_erp_1-2", from: 1, to: 2, attempts: 15, reason: 'answered 500 "grün"\n', diedAt: 1_767_603_600_001 }],
  holder: "h",
  version: 2,
};
const empty: WebhookRecord = {
  epoch: "e",
  position: 0,
  replays: 0,
  paused: null,
  failingSince: null,
  deadLetters: [],
  holder: null,
  version: 1,
};

async function open(place: Place) {
  const storage = place();
  return { store: await openWebhookStore(storage), close: () => storage.close() };
}

describe.each(Object.keys(places))("a webhook store on %s", (name) => {
  it("gives the record saved last, of each endpoint its own, to whoever opens it next", async () => {
    const place = await (places[name] as () => Promise<Place>)();
    const first = await open(place);
    expect(await first.store.load("erp")).toBeUndefined();
    const saved = await Promise.all([first.store.save("erp", empty), first.store.save("shop", empty), first.store.save("erp", record)]);
    expect(saved).toEqual([true, true, true]);
    expect(await first.store.load("erp")).toEqual(record);
    await first.close();
    const second = await open(place);
    expect([await second.store.load("erp"), await second.store.load("shop")]).toEqual([record, empty]);
    await second.close();
  });
});

describe.each(["sqlite", "postgres", "mariadb"])("a webhook store of several processes on %s", (name) => {
  it("lets one of those win who write the same version at once, and keeps nothing of the others", async () => {
    const place = await (places[name] as () => Promise<Place>)();
    const opened = [await open(place), await open(place), await open(place)];
    for (let version = 1; version <= 5; version++) {
      const write = ({ store }: (typeof opened)[number], index: number) => store.save("erp", { ...record, holder: `h${index}`, version });
      const outcomes = await Promise.all(opened.map(write));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      for (const { store } of opened) expect(await store.load("erp")).toEqual({ ...record, holder: `h${outcomes.indexOf(true)}`, version });
    }
    await Promise.all(opened.map(({ close }) => close()));
  });
});

describe("a webhook store", () => {
  it("that can't save says so, and goes on with the next", async () => {
    const storage = memoryStorage();
    let failing = true;
    const transaction: StorageAdapter["transaction"] = (...args) =>
      failing ? Promise.reject(new Error("disk full")) : storage.transaction(...args);
    const store = await openWebhookStore({ ...storage, transaction });
    await expect(store.save("erp", empty)).rejects.toThrow("disk full");
    failing = false;
    expect(await store.save("erp", empty)).toBe(true);
    expect(await store.load("erp")).toEqual(empty);
  });

  it("keeps no record in place of another than the one before it", async () => {
    const store = await openWebhookStore(memoryStorage());
    expect(await store.save("erp", record)).toBe(false);
    expect(await store.load("erp")).toBeUndefined();
    await store.save("erp", empty);
    expect(await store.save("erp", { ...empty, position: 9 })).toBe(false);
    expect(await store.load("erp")).toEqual(empty);
  });
});
