import { createInventory, isInventoryError, type StorageAdapter } from "@onhand/core";
import type { SqlStorageOptions } from "@onhand/storage-adapters/sql";
import type { Knex } from "knex";
import { describe, expect, it } from "vitest";
import { idsOf, putCrate, silent, useSql } from "./fixture";
import { type Engine, engines, type Place } from "./servers";

/** What is said of a ledger through the connections of a pool. */
function listen() {
  const said: string[] = [];
  const heard: (() => void)[] = [];
  function listenTo(connection: Record<string, unknown>, method: "query" | "execute" | "prepare"): void {
    const original = connection[method];
    if (typeof original !== "function") return;
    connection[method] = (statement: string | { readonly text?: string; readonly sql?: string }, ...rest: unknown[]) => {
      const text = typeof statement === "string" ? statement : (statement.text ?? statement.sql ?? "");
      if (text.includes("onhand")) said.push(text);
      for (const tell of heard.splice(0)) tell();
      return original.call(connection, statement, ...rest);
    };
  }
  return {
    said,
    next: () => new Promise<void>((resolve) => void heard.push(resolve)),
    pool: (max: number): Knex.PoolConfig => ({
      min: 0,
      max,
      afterCreate(connection: Record<string, unknown>, done: (error: unknown, connection: unknown) => void) {
        for (const method of ["query", "execute", "prepare"] as const) listenTo(connection, method);
        done(null, connection);
      },
    }),
  };
}

/** Time that passes when the test says so. */
function createTime() {
  const delays: { readonly ms: number; readonly pass: () => void }[] = [];
  const begun: (() => void)[] = [];
  return {
    delays,
    /** Resolves when somebody begins to wait. */
    wait: () => new Promise<void>((resolve) => void begun.push(resolve)),
    chance: {
      random: () => 0,
      now: () => 0,
      delay: (ms: number, until?: Promise<unknown>) =>
        new Promise<void>((pass) => {
          delays.push({ ms, pass });
          void until?.then(() => pass());
          for (const tell of begun.splice(0)) tell();
        }),
    },
  };
}

for (const engine of engines) {
  describe(`transactions of one process that join one ledger on ${engine.name}`, () => {
    const sql = useSql();

    /** A storage and a host beside it whose connections have been met, so that nothing is asked about them any more. */
    async function setUp(options: Partial<SqlStorageOptions> = {}) {
      const place = await sql.place(engine);
      const time = createTime();
      const storage = await sql.opened(place, { chance: time.chance, lockTimeoutMs: 50, pollMs: 60_000, ...options });
      const heard = listen();
      const host = place.connect(heard.pool(3));
      const meeting = [await host.transaction(), await host.transaction(), await host.transaction()];
      for (const trx of meeting) {
        await storage.transaction((tx) => putCrate(tx, "met"), { host: trx });
        await trx.commit();
      }
      heard.said.length = 0;
      return { place, storage, time, heard, host };
    }

    const put = (storage: StorageAdapter, id: string, host: Knex.Transaction) => storage.transaction((tx) => putCrate(tx, id), { host });

    for (const end of ["commit", "rollback"] as const) {
      it(`come one after the other: the second knows that the first has ended in a ${end}, and asks nobody`, async () => {
        const { storage, time, heard, host } = await setUp();
        const [first, second] = [await host.transaction(), await host.transaction()];
        expect(await put(storage, "a", first)).toBe(4);
        const begun = time.wait();
        const waiting = put(storage, "b", second);
        await begun;
        const before = heard.said.length;
        await storage.find("crates", { limit: 1 });
        expect(heard.said).toHaveLength(before);
        await first[end]();
        expect(await waiting).toBe(end === "commit" ? 5 : 4);
        await second.commit();
        expect(time.delays.map(({ ms }) => ms)).toEqual([50]);
        expect(await idsOf(storage)).toEqual([...(end === "commit" ? ["a"] : []), "b", "met"]);
        // MariaDB needs a savepoint to undo what fails. SQLite locks whatever it knows: its calls cost no trip.
        const each = { PostgreSQL: [/^WITH "moved"/], MariaDB: [/^SAVEPOINT/, /^BEGIN NOT ATOMIC UPDATE/], SQLite: undefined }[engine.name];
        if (each) expect(heard.said).toEqual([...each, ...each].map((text) => expect.stringMatching(text)));
      });
    }

    it("stand behind one that nobody ends for a bounded time, then wait for it as other processes do", async () => {
      const { storage, time, heard, host } = await setUp();
      const [first, second] = [await host.transaction(), await host.transaction()];
      await put(storage, "a", first);
      const begun = time.wait();
      const waiting = put(storage, "b", second);
      await begun;
      if (engine.name === "SQLite") {
        // It has no queue for a lock.
        time.delays[0]?.pass();
        await expect(waiting).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE", retryable: true });
        await second.rollback();
        return first.commit();
      }
      const asked = heard.next();
      time.delays[0]?.pass();
      await asked;
      await first.commit();
      expect(await waiting).toBe(5);
      await second.commit();
      expect(await idsOf(storage)).toEqual(["a", "b", "met"]);
    });

    it("wait for none of their own: not in a savepoint, not between commands, and not between commands at one time", async () => {
      const { storage, time, host } = await setUp();
      await host.transaction(async (outer) => {
        await put(storage, "outer", outer);
        await outer.transaction((savepoint) => put(storage, "inner", savepoint));
        const undone = outer.transaction(async (savepoint) => {
          await put(storage, "undone", savepoint);
          throw new Error("undo the savepoint");
        });
        await expect(undone).rejects.toThrow("undo the savepoint");
        expect(await Promise.all([put(storage, "a", outer), put(storage, "b", outer)])).toEqual([6, 7]);
      });
      expect(time.delays).toEqual([]);
      expect(await idsOf(storage)).toEqual(["a", "b", "inner", "met", "outer"]);
    });

    it("that end while they wait write nothing, and let nobody behind them pass the one before", async () => {
      const { storage, time, heard, host } = await setUp();
      const [first, second] = [await host.transaction(), await host.transaction()];
      const third = await host.transaction();
      await put(storage, "a", first);
      let begun = time.wait();
      const ended = put(storage, "b", second);
      await begun;
      begun = time.wait();
      const waiting = put(storage, "c", third);
      await begun;
      await second.rollback();
      await expect(ended).rejects.toMatchObject({ code: "INVALID_INPUT" });
      const before = heard.said.length;
      await storage.find("crates", { limit: 1 });
      expect(heard.said).toHaveLength(before);
      await first.commit();
      expect(await waiting).toBe(5);
      await third.commit();
      expect(await idsOf(storage)).toEqual(["a", "c", "met"]);
    });

    it("give way to the next when what they do fails", async () => {
      const { storage, host } = await setUp();
      const failing = host.transaction((trx) => storage.transaction(() => Promise.reject(new Error("out of tea")), { host: trx }));
      const next = host.transaction((trx) => put(storage, "next", trx));
      await expect(failing).rejects.toThrow("out of tea");
      expect(await next).toBe(4);
    });
  });
}

/** SQLite has one writer at a time, and a host that waits for it stops its process. */
const concurrent = engines.filter(({ name }) => name !== "SQLite");

for (const engine of concurrent) {
  describe(`sales in transactions of a host on ${engine.name}`, () => {
    const sql = useSql();

    async function openShop(place: Place) {
      const inventory = await createInventory({ storage: sql.storage(place), logger: silent });
      await inventory.products.create({ sku: "TEA", name: "Tea" });
      await inventory.stores.create({ id: "berlin", name: "Berlin" });
      const host = place.connect({ min: 0, max: 5 });
      await host.schema.createTable("orders", (table) => void table.integer("id").primary());
      return { inventory, host };
    }

    it("made at one time, some of them given up and others made without a host, sell what there is and no more", async () => {
      const { inventory, host } = await openShop(await sql.place(engine as Engine));
      await inventory.stock.receive({ sku: "TEA", storeId: "berlin", quantity: 20 });
      const sale = { sku: "TEA", storeId: "berlin", quantity: 1 } as const;
      const hosted = Array.from({ length: 30 }, (_, id) =>
        host.transaction(async (trx) => {
          await trx("orders").insert({ id });
          await inventory.with(trx).stock.sell({ ...sale, idempotencyKey: `order-${id}` });
          if (id % 5 === 0) throw new Error("the card was declined");
        }),
      );
      const plain = Array.from({ length: 10 }, () => inventory.stock.sell(sale));
      const outcomes = await Promise.allSettled([...hosted, ...plain]);
      const sold = outcomes.filter(({ status }) => status === "fulfilled").length;
      const { onHand } = await inventory.stock.level({ sku: "TEA", storeId: "berlin" });
      const refusals = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
      for (const error of refusals)
        expect((error as Error).message === "the card was declined" || isInventoryError(error, "INSUFFICIENT_STOCK")).toBe(true);
      // Twenty of thirty-four that meant it.
      expect({ sold, onHand }).toEqual({ sold: 20, onHand: 0 });
      const orders = await host("orders").pluck("id");
      expect(orders).toHaveLength(outcomes.slice(0, 30).filter(({ status }) => status === "fulfilled").length);
      expect(await inventory.verify()).toMatchObject({ ok: true });
      await inventory.close();
    });
  });
}
