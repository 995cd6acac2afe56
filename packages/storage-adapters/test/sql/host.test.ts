import { isInventoryError, type StorageTransaction } from "@onhand/core";
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

/** What makes each database undo a transaction, or refuse to commit it, by a statement of the host's own that fails. */
const spoil = {
  async SQLite(trx) {
    const [{ page_count: pages }] = await trx.raw("PRAGMA page_count");
    await trx.raw(`PRAGMA max_page_count = ${pages}`);
    await expect(trx("orders").insert({ id: 1, note: "x".repeat(1_000_000) })).rejects.toMatchObject({ code: "SQLITE_FULL" });
    await trx.raw("PRAGMA max_page_count = 1000000");
  },
  async PostgreSQL(trx) {
    await expect(trx.raw("SELECT 1 / 0")).rejects.toMatchObject({ code: "22012" });
  },
  async MariaDB(trx, knex) {
    await knex("orders").insert([{ id: 1 }, { id: 2 }]);
    await trx("orders").where({ id: 1 }).update({ note: "first" });
    // Of two who wait for each other the one who wrote less is undone.
    const other = await knex.transaction();
    await other("orders").insert(Array.from({ length: 1_000 }, (_, id) => ({ id: id + 3 })));
    await other("orders").where({ id: 2 }).update({ note: "second" });
    const waiting = other("orders").where({ id: 1 }).update({ note: "second" });
    await Promise.all([waiting, expect(trx("orders").where({ id: 2 }).update({ note: "first" })).rejects.toMatchObject({ errno: 1213 })]);
    await other.rollback();
  },
} as const satisfies Record<string, (trx: Knex.Transaction, knex: Knex) => Promise<void>>;

async function orders(place: Place): Promise<Knex> {
  const knex = place.connect();
  await knex.schema.createTable("orders", (table) => {
    table.integer("id").primary();
    table.text("note");
  });
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

    /** A host whose transaction commits without what was written in it: nobody is told of that, and nobody goes by it. */
    async function takenForUndone(
      host: (transaction: { knex: Knex; trx: Knex.Transaction; write(): Promise<unknown> }) => Promise<unknown>,
    ) {
      const { place, storage } = await setUp();
      const knex = await orders(place);
      const other = await sql.opened(place);
      const trx = await knex.transaction();
      let kept = 0;
      const committed = () => {
        kept++;
      };
      await host({ knex, trx, write: () => storage.transaction((tx) => putCrate(tx, "undone"), { host: trx, committed }) });
      // Its number is another's now, and what is read at that number is the other's.
      expect(await other.transaction((tx) => putCrate(tx, "other"))).toBe(1);
      const read = await storage.transaction((tx) => tx.get("crates", [["undone"], ["other"]]));
      expect(read.map((row) => row?.id)).toEqual([undefined, "other"]);
      expect(await storage.transaction((tx) => putCrate(tx, "next"))).toBe(2);
      expect(kept).toBe(0);
    }

    it("takes nothing for kept that a failed statement of the host's has undone, though the host caught the error and committed", async () => {
      await takenForUndone(async ({ knex, trx, write }) => {
        await write();
        await spoil[engine.name](trx, knex);
        // SQLite refuses to commit what is no more; the others say that they did.
        await Promise.allSettled([trx.commit(), trx.executionPromise]);
      });
    });

    it("takes nothing for kept that lay behind a savepoint of plain SQL", async () => {
      await takenForUndone(async ({ trx, write }) => {
        await trx.raw("SAVEPOINT mine");
        await write();
        await trx.raw("ROLLBACK TO SAVEPOINT mine");
        await trx.commit();
      });
    });

    it("refuses a transaction that the database has ended under its host, and writes nothing past it", async () => {
      const { place, storage } = await setUp();
      const knex = await orders(place);
      const trx = await knex.transaction();
      await storage.transaction((tx) => putCrate(tx, "a"), { host: trx });
      await spoil[engine.name](trx, knex);
      await expect(storage.transaction((tx) => putCrate(tx, "b"), { host: trx })).rejects.toMatchObject(refused);
      expect(await idsOf(storage)).toEqual([]);
      await Promise.allSettled([trx.rollback(), trx.executionPromise]);
      expect(await storage.transaction((tx) => putCrate(tx, "c"))).toBe(1);
    });

    it("writes nothing past a transaction that is ended while a command is under way in it", async () => {
      const { place, storage } = await setUp();
      const knex = await orders(place);
      for (const end of ["rollback", "commit"] as const) {
        const trx = await knex.transaction();
        const ended = async (tx: StorageTransaction) => {
          await putCrate(tx, end);
          await trx[end]();
        };
        await expect(storage.transaction(ended, { host: trx })).rejects.toMatchObject(refused);
      }
      const connection: unknown = await knex.client.acquireConnection();
      const transaction = await bare[engine.name](connection);
      const ended = async (tx: StorageTransaction) => {
        await putCrate(tx, "bare");
        await transaction.rollback();
      };
      await expect(storage.transaction(ended, { host: connection })).rejects.toMatchObject(refused);
      await knex.client.releaseConnection(connection);
      expect(await idsOf(storage)).toEqual([]);
      expect(await storage.transaction((tx) => putCrate(tx, "after"))).toBe(1);
    });

    it("keeps two ledgers and the host's row together in one transaction, or none of them", async () => {
      const { place, storage } = await setUp();
      const twin = await sql.opened(place, { tablePrefix: "twin_" });
      const host = await orders(place);
      for (const [id, kept] of [
        [1, false],
        [2, true],
      ] as const) {
        const trx = await host.transaction();
        await trx("orders").insert({ id });
        await storage.transaction((tx) => putCrate(tx, `c${id}`), { host: trx });
        await twin.transaction((tx) => putCrate(tx, `t${id}`), { host: trx });
        await storage.transaction((tx) => putCrate(tx, `d${id}`), { host: trx });
        await (kept ? trx.commit() : trx.rollback());
      }
      expect(await host("orders").pluck("id")).toEqual([2]);
      expect([await idsOf(storage), await idsOf(twin)]).toEqual([["c2", "d2"], ["t2"]]);
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

    it("lets two ledgers be written in it side by side: what one has to undo is not what the other wrote", async () => {
      const { place, storage, knex } = await setUp();
      const twin = await sql.opened(place, { tablePrefix: "twin_" });
      await storage.transaction((tx) => putCrate(tx, "a"));
      // Every number the other ledger takes beside it, this one is refused after its head has moved.
      for (let number = 1; number <= 5; number++) {
        const trx = await knex.transaction();
        const refusedHalfWay = storage.transaction(
          async (tx) => {
            await tx.put("crates", [Object.freeze({ seq: 2, id: "half", label: null, weight: 1 })]);
            await tx.append("moves", [Object.freeze({ seq: 1, line: 0, id: "a", note: "there is one already" })]);
            await tx.advance(2);
          },
          { host: trx },
        );
        const written = twin.transaction((tx) => putCrate(tx, `t${number}`), { host: trx });
        const outcomes = await Promise.allSettled([refusedHalfWay, written]);
        // PostgreSQL has only the whole transaction to undo.
        const status = engine.name === "PostgreSQL" ? "rejected" : "fulfilled";
        expect(outcomes).toMatchObject([{ status: "rejected" }, { status }]);
        await trx.commit();
        const kept = engine.name === "PostgreSQL" ? 0 : number;
        expect((await storage.find("crates", { limit: 9 })).head).toBe(1);
        expect((await twin.find("crates", { limit: 9 })).head).toBe(kept);
        expect(await idsOf(storage)).toEqual(["a"]);
        expect(await idsOf(twin)).toHaveLength(kept);
      }
    });

    it("that nobody ends keeps other writers off for a bounded time, and no reader", async () => {
      const { place, storage, knex } = await setUp();
      let now = 0;
      let tries = 0;
      const chance = {
        random: () => 0,
        now: () => now,
        async delay() {
          tries++;
          now += 6_000;
        },
      };
      const other = await sql.opened(place, { chance, lockTimeoutMs: 50 });
      const trx = await knex.transaction();
      await storage.transaction((tx) => putCrate(tx, "host"), { host: trx });
      await expect(other.transaction((tx) => putCrate(tx, "other"))).rejects.toMatchObject({
        code: "STORAGE_UNAVAILABLE",
        retryable: true,
        details: { reason: "others kept it busy for too long" },
      });
      expect(tries).toBe(2);
      expect(await idsOf(other)).toEqual([]);
      await trx.commit();
      expect(await other.transaction((tx) => putCrate(tx, "other"))).toBe(2);
      expect(await idsOf(other)).toEqual(["host", "other"]);
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

describe("a host's procedure on MariaDB", () => {
  const sql = useSql();

  it("may have rolled back, so what was written before it is not taken for kept", async () => {
    const place = await sql.place(engines.find(({ name }) => name === "MariaDB") as (typeof engines)[number]);
    const storage = await sql.opened(place);
    const knex = place.connect();
    await knex.raw("CREATE PROCEDURE gives_up() BEGIN ROLLBACK; END");
    let kept = false;
    await knex.transaction(async (trx) => {
      const committed = () => {
        kept = true;
      };
      await storage.transaction((tx) => putCrate(tx, "undone"), { host: trx, committed });
      await trx.raw("CALL gives_up()");
    });
    expect(await storage.transaction((tx) => putCrate(tx, "kept"))).toBe(1);
    expect(await idsOf(storage)).toEqual(["kept"]);
    expect(kept).toBe(false);
  });
});

describe("a host's own client of PostgreSQL", () => {
  const sql = useSql();

  it("that is in another transaction when a command comes to write takes nothing of it", async () => {
    const place = await sql.place(engines.find(({ name }) => name === "PostgreSQL") as (typeof engines)[number]);
    const storage = await sql.opened(place);
    const knex = await orders(place);
    const client = (await knex.client.acquireConnection()) as { query(sql: string): Promise<unknown> };
    await client.query("BEGIN");
    const overtaken = async (tx: StorageTransaction) => {
      await putCrate(tx, "a");
      for (const statement of ["ROLLBACK", "BEGIN", "INSERT INTO orders VALUES (1)"]) await client.query(statement);
    };
    await expect(storage.transaction(overtaken, { host: client })).rejects.toMatchObject(refused);
    await client.query("COMMIT");
    await knex.client.releaseConnection(client);
    expect(await knex("orders").pluck("id")).toEqual([1]);
    expect(await idsOf(storage)).toEqual([]);
  });
});
