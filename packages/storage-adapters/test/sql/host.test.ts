import { isInventoryError } from "@onhand/core";
import type { Knex } from "knex";
import { describe, expect, it } from "vitest";
import { idsOf, putCrate, tables, useSql } from "./fixture";
import { engines, type Place } from "./servers";

/** How a host without knex begins and ends a transaction on each engine, on a connection it owns. */
const bare = {
  SQLite: async (connection) => {
    const database = connection as { exec(sql: string): void };
    database.exec("BEGIN");
    return { commit: async () => database.exec("COMMIT"), rollback: async () => database.exec("ROLLBACK") };
  },
  PostgreSQL: async (connection) => {
    const client = connection as { query(sql: string): Promise<unknown> };
    await client.query("BEGIN");
    return { commit: async () => void (await client.query("COMMIT")), rollback: async () => void (await client.query("ROLLBACK")) };
  },
  MariaDB: async (connection) => {
    const { promise } = connection as { promise(): { query(sql: string): Promise<unknown> } };
    const client = promise.call(connection);
    await client.query("START TRANSACTION");
    return { commit: async () => void (await client.query("COMMIT")), rollback: async () => void (await client.query("ROLLBACK")) };
  },
} as const satisfies Record<string, (connection: unknown) => Promise<{ commit(): Promise<void>; rollback(): Promise<void> }>>;

async function orders(place: Place): Promise<Knex> {
  const knex = place.connect();
  await knex.schema.createTable("orders", (table) => void table.integer("id").primary());
  return knex;
}

const refused = { code: "INVALID_INPUT" };

for (const engine of engines) {
  describe(`a host's transaction on ${engine.name}`, () => {
    const sql = useSql();

    async function setUp() {
      const place = await sql.place(engine);
      return { place, storage: await sql.opened(place), knex: place.connect() };
    }

    it("keeps the host's own row and the ledger's together, or neither", async () => {
      const { place, storage } = await setUp();
      const host = await orders(place);
      for (const [id, kept] of [
        [1, false],
        [2, true],
      ] as const) {
        const ordering = host.transaction(async (trx) => {
          await trx("orders").insert({ id });
          await storage.transaction((tx) => putCrate(tx, `c${id}`), { host: trx });
          if (!kept) throw new Error("the card was declined");
        });
        await (kept ? ordering : expect(ordering).rejects.toThrow("declined"));
      }
      expect(await host("orders").pluck("id")).toEqual([2]);
      expect(await idsOf(storage)).toEqual(["c2"]);
      expect((await storage.find("crates", { limit: 1 })).head).toBe(1);
    });

    it("gives up what a savepoint wrote when the savepoint is rolled back, and tells of the rest after the outermost commit", async () => {
      const { storage, knex } = await setUp();
      const told: number[] = [];
      const heard = new Promise<void>((resolve) => {
        storage.watch((seq) => {
          told.push(seq);
          if (seq === 2) resolve();
        });
      });
      await knex.transaction(async (outer) => {
        await storage.transaction((tx) => putCrate(tx, "outer"), { host: outer });
        const inner = outer.transaction(async (savepoint) => {
          await storage.transaction((tx) => putCrate(tx, "lost"), { host: savepoint });
          throw new Error("undo the savepoint");
        });
        await expect(inner).rejects.toThrow("undo the savepoint");
        await outer.transaction((savepoint) => storage.transaction((tx) => putCrate(tx, "inner"), { host: savepoint }));
        expect(told).toEqual([]);
      });
      await heard;
      expect(await idsOf(storage)).toEqual(["inner", "outer"]);
    });

    it("refuses a transaction that has ended, a knex that is none, and a connection that is in none", async () => {
      const { storage, knex } = await setUp();
      const work = () => Promise.reject(new Error("the work was run"));
      for (const end of ["commit", "rollback"] as const) {
        const trx = await knex.transaction();
        await trx[end]();
        await expect(storage.transaction(work, { host: trx })).rejects.toMatchObject(refused);
      }
      await expect(storage.transaction(work, { host: knex })).rejects.toMatchObject(refused);
      const connection: unknown = await knex.client.acquireConnection();
      await expect(storage.transaction(work, { host: connection })).rejects.toMatchObject(refused);
      await knex.client.releaseConnection(connection);
    });

    it("refuses another ledger of the same shape in another database", async () => {
      const { storage } = await setUp();
      const other = await sql.elsewhere(engine);
      const twin = sql.storage(other, engine.name === "PostgreSQL" ? { schema: "public" } : {});
      await twin.open(tables);
      const trx = await other.connect().transaction();
      await expect(storage.transaction((tx) => putCrate(tx, "a"), { host: trx })).rejects.toMatchObject(refused);
      await trx.rollback();
      expect(await idsOf(twin)).toEqual([]);
    });

    it("joins the driver's own connection of a host without knex", async () => {
      const { storage, knex } = await setUp();
      const connection: unknown = await knex.client.acquireConnection();
      for (const [id, end] of [
        ["lost", "rollback"],
        ["kept", "commit"],
      ] as const) {
        const transaction = await bare[engine.name](connection);
        await storage.transaction((tx) => putCrate(tx, id), { host: connection });
        await transaction[end]();
      }
      await knex.client.releaseConnection(connection);
      expect(await idsOf(storage)).toEqual(["kept"]);
    });

    it("reads what is committed when it gets the head, not what the host's snapshot shows", async () => {
      const { storage, knex } = await setUp();
      await storage.transaction((tx) => putCrate(tx, "a", 5));
      const trx = await knex.transaction();
      // On MySQL this fixes what every plain read of the transaction sees from now on; on SQLite what it may write on.
      await trx.raw("SELECT 1");
      if (engine.name !== "SQLite") await storage.transaction((tx) => putCrate(tx, "a", 6));
      const seen = await storage.transaction(async (tx) => (await tx.get("crates", [["a"]]))[0]?.weight, { host: trx });
      expect(seen).toBe(engine.name === "SQLite" ? 5 : 6);
      await trx.rollback();
    });

    it("decides again on what others have committed since this process last looked", async () => {
      const { place, storage, knex } = await setUp();
      const other = await sql.opened(place);
      const add = (to: typeof storage, host?: Knex.Transaction) =>
        to.transaction(
          async (tx) => {
            const [row] = await tx.get("crates", [["counter"]]);
            return putCrate(tx, "counter", Number(row?.weight ?? 0) + 1);
          },
          host ? { host } : {},
        );
      const join = () => knex.transaction((trx) => add(storage, trx));
      // The first time a connection is met, and while others were about, the head is locked first: from the tenth on it is believed.
      for (let times = 0; times < 12; times++) await join();
      await add(other);
      expect(await join()).toBe(14);
      expect((await storage.find("crates", { limit: 1 })).rows[0]?.weight).toBe(14);
    });

    it("holds others off while the host decides, and they go on from its number", async () => {
      const { storage, knex } = await setUp();
      const trx = await knex.transaction();
      await storage.transaction((tx) => putCrate(tx, "host"), { host: trx });
      const waiting = storage.transaction((tx) => putCrate(tx, "other"));
      await storage.find("crates", { limit: 1 });
      await trx.commit();
      expect(await waiting).toBe(2);
      expect(await idsOf(storage)).toEqual(["host", "other"]);
    });

    it("keeps no part of a group that the database refuses half way, though the host commits", async () => {
      const { storage, knex } = await setUp();
      await storage.transaction((tx) => putCrate(tx, "a"));
      const trx = await knex.transaction();
      const clash = storage.transaction(
        async (tx) => {
          await tx.put("crates", [Object.freeze({ seq: 2, id: "half", label: null, weight: 1 })]);
          await tx.append("moves", [Object.freeze({ seq: 1, line: 0, id: "a", note: "there is one already" })]);
          await tx.advance(2);
        },
        { host: trx },
      );
      await expect(clash).rejects.toThrow(TypeError);
      await expect(clash).rejects.not.toSatisfy((error) => isInventoryError(error));
      // PostgreSQL lets a failed transaction only roll back, which its COMMIT then does.
      await trx.commit();
      expect(await idsOf(storage)).toEqual(["a"]);
      expect((await storage.find("crates", { limit: 1 })).head).toBe(1);
    });
  });
}
