import { type InventoryError, isInventoryError } from "@onhand/core";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import Database from "better-sqlite3";
import createKnex from "knex";
import BetterSqlite from "knex/lib/dialects/better-sqlite3/index.js";
import { describe, expect, it } from "vitest";
import { idsOf, putCrate, silent, tables, useSql } from "./fixture";
import { engines } from "./servers";

/** Nothing a database said, and nothing that was sent to it, may stand where a caller reads. */
function saysNothingOfSql(error: unknown): void {
  expect(isInventoryError(error)).toBe(true);
  const said = `${(error as InventoryError).message} ${JSON.stringify(error)}`;
  expect(said).not.toMatch(/select|insert|update |relation|onhand_|ECONN|password|sqlstate/i);
}

const caught = async (work: () => Promise<unknown>): Promise<InventoryError> => {
  try {
    await work();
  } catch (error) {
    return error as InventoryError;
  }
  throw new Error("nothing went wrong");
};

const hostile = [
  "'; DROP TABLE onhand_crates; --",
  '"); DELETE FROM onhand_crates; --',
  "\\'; SELECT 1 --",
  "`x`",
  "$" + "{x}",
  "%s $1 ? :id",
  "\\",
  "'\\''",
];

for (const engine of engines) {
  describe(`what goes wrong on ${engine.name}`, () => {
    const sql = useSql();

    it("takes hostile text as text, in every column and every question", async () => {
      const place = await sql.place(engine);
      const storage = await sql.opened(place);
      for (const text of hostile) {
        await storage.transaction(async (tx) => {
          const seq = await putCrate(tx, text, 1, text);
          expect((await tx.get("crates", [[text]]))[0]?.seq).toBe(seq);
        });
        for (const where of [{ id: text }, { label: { in: [text] } }, { label: { gte: text, lte: text } }])
          expect((await storage.find("crates", { where, limit: 9 })).rows.map((row) => row.id)).toEqual([text]);
        const searched = await storage.find("crates", { search: { columns: ["label"], text }, limit: 9 });
        expect(searched.rows.map((row) => row.id)).toContain(text);
        await storage.find("crates", { after: [text], limit: 1 });
      }
      expect(new Set(await idsOf(storage))).toEqual(new Set(hostile));
    });

    it("refuses a schema or prefix that is no plain name", async () => {
      const knex = (await sql.place(engine)).connect();
      for (const name of ["a b", "x;DROP", 'x"', "x`", "1x", "", "x".repeat(40), "ü", 7 as never, { toString: () => "x" } as never]) {
        expect(() => sqlStorage({ knex, schema: name }), String(name)).toThrow(TypeError);
        if (name !== "") expect(() => sqlStorage({ knex, tablePrefix: name }), String(name)).toThrow(TypeError);
      }
    });

    it("refuses objects smuggled in where a value belongs", async () => {
      const storage = await sql.opened(await sql.place(engine));
      const smuggled: unknown[] = [
        { toString: () => "a" },
        { toSQL: () => "1=1" },
        ["a"],
        { gt: { a: 1 } },
        { in: [{ a: 1 }] },
        { not: [1] },
        {},
        Number.NaN,
        1n,
      ];
      for (const value of smuggled) {
        const where = { id: value } as never;
        await expect(storage.find("crates", { where, limit: 1 }), String(value)).rejects.toThrow(TypeError);
      }
      await expect(storage.find("crates", { limit: "1; DROP TABLE onhand_crates" as never })).rejects.toThrow(TypeError);
      await expect(storage.changes("0 OR 1=1" as never, { limit: 1, tables: ["crates"] })).rejects.toThrow(TypeError);
      const row = Object.freeze({ seq: 1, id: { toString: () => "a" }, label: null, weight: 1 }) as never;
      await expect(storage.transaction((tx) => tx.put("crates", [row]))).rejects.toThrow(TypeError);
      expect(await idsOf(storage)).toEqual([]);
    });

    it("refuses text that the database could not give back, and keeps nothing of its group", async () => {
      const storage = await sql.opened(await sql.place(engine));
      for (const text of ["a\0b", "half \uD83D", "\uDE00 half"]) {
        const error = await caught(() => storage.transaction((tx) => putCrate(tx, "a", 1, text)));
        expect(error.code).toBe("INVALID_INPUT");
      }
      expect(await idsOf(storage)).toEqual([]);
    });

    it("says STORAGE_CORRUPT when a table is gone, while open and on opening, and makes no empty one in its place", async () => {
      const place = await sql.place(engine);
      const storage = await sql.opened(place);
      await storage.transaction((tx) => putCrate(tx, "a"));
      await place.connect().raw(`DROP TABLE ${place.table("moves")}`);
      for (const work of [
        () => storage.find("moves", { limit: 1 }),
        () => storage.transaction((tx) => putCrate(tx, "b")),
        () => sql.opened(place),
      ]) {
        const error = await caught(work);
        expect(error.code).toBe("STORAGE_CORRUPT");
        saysNothingOfSql(error);
      }
      expect(await idsOf(storage)).toEqual(["a"]);
    });

    it("refuses to go on writing by tables that a newer process has migrated", async () => {
      const place = await sql.place(engine);
      const old = await sql.opened(place);
      await old.transaction((tx) => putCrate(tx, "a"));
      const [crates, moves] = tables.tables as [(typeof tables.tables)[0], (typeof tables.tables)[0]];
      const wider = {
        ...crates,
        columns: { ...crates.columns, color: { type: "text" }, size: { type: "integer", nullable: true } },
      } as const;
      const added = { name: "bays", kind: "state", key: ["id"], columns: { id: { type: "text" } }, indexes: [] } as const;
      const newer = sql.storage(place);
      expect((await newer.open({ version: 2, tables: [wider, moves, added] })).seq).toBe(1);
      expect((await newer.find("crates", { limit: 1 })).rows).toEqual([{ seq: 1, id: "a", label: null, weight: 1, color: "", size: null }]);
      const error = await caught(() => old.transaction((tx) => putCrate(tx, "b")));
      expect(error).toMatchObject({ code: "UNSUPPORTED" });
      expect((await caught(() => sql.opened(place))).code).toBe("UNSUPPORTED");
      expect(await idsOf(newer)).toEqual(["a"]);
    });

    it("creates nothing where it may not: it says what to do, and opens once that is done", async () => {
      const { createOnhandTables } = await import("@onhand/storage-adapters/sql");
      const place = await sql.place(engine);
      const knex = place.connect();
      expect((await caught(() => sql.opened(place, { createTables: false }))).code).toBe("UNSUPPORTED");
      await createOnhandTables(knex, { tables, ...place.where });
      await createOnhandTables(knex, { tables, ...place.where });
      const storage = await sql.opened(place, { createTables: false });
      expect(await storage.transaction((tx) => putCrate(tx, "a"))).toBe(1);
    });

    it("lets several processes open a new place at once", async () => {
      const place = await sql.place(engine);
      const storages = Array.from({ length: 6 }, () => sql.storage(place));
      const heads = await Promise.all(storages.map((storage) => storage.open(tables)));
      expect(new Set(heads.map((head) => head.epoch)).size).toBe(1);
    });
  });
}

describe("a database that is not there", () => {
  it.each([
    ["PostgreSQL", { client: "pg", connection: { host: "127.0.0.1", port: 1, connectionTimeoutMillis: 2_000 } }],
    ["MariaDB", { client: "mysql2", connection: { host: "127.0.0.1", port: 1, connectTimeout: 2_000 } }],
    ["SQLite", { client: "better-sqlite3", connection: { filename: "/nowhere/at/all.db" }, useNullAsDefault: true }],
  ])("is STORAGE_UNAVAILABLE on %s, without a word of the driver's", async (_name, config) => {
    const quiet = { warn: () => undefined, error: () => undefined };
    const knex = createKnex({ ...config, log: quiet });
    const error = await caught(() => sqlStorage({ knex, logger: silent }).open(tables));
    expect(error).toMatchObject({ code: "STORAGE_UNAVAILABLE", retryable: true });
    saysNothingOfSql(error);
    expect(error.cause).toBeDefined();
    await knex.destroy();
  });

  it("is STORAGE_UNAVAILABLE for credentials the server does not take", async () => {
    const url = new URL(process.env.ONHAND_TEST_MYSQL ?? "mysql://root@127.0.0.1:3306");
    const connection = { host: url.hostname, port: Number(url.port || 3306), user: "nobody_known", password: "wrong secret" };
    const knex = createKnex({ client: "mysql2", connection, log: { warn: () => undefined, error: () => undefined } });
    const error = await caught(() => sqlStorage({ knex, logger: silent }).open(tables));
    expect(error.code).toBe("STORAGE_UNAVAILABLE");
    saysNothingOfSql(error);
    await knex.destroy();
  });
});

describe("a driver of SQLite that takes no functions of the host's", () => {
  it("is UNSUPPORTED, as libsql 0.5 is: it has the method, and the method says this", async () => {
    class Libsql extends Database {
      override function(): never {
        throw new Error("not implemented");
      }
    }
    class Client extends BetterSqlite {
      override _driver() {
        return Libsql;
      }
    }
    const knex = createKnex({ client: Client, connection: { filename: ":memory:" }, useNullAsDefault: true });
    const error = await caught(() => sqlStorage({ knex, logger: silent }).open(tables));
    expect(error).toMatchObject({ code: "UNSUPPORTED", details: { feature: expect.stringContaining("libsql") } });
    await knex.destroy();
  });
});

describe("a database that may only be read", () => {
  const sql = useSql();
  const readOnly = {
    SQLite: { options: { readonly: true } },
    PostgreSQL: { options: "-c default_transaction_read_only=on" },
  } as const;

  it.each(engines.filter(({ name }) => name in readOnly))("answers questions and refuses writes on $name", async (engine) => {
    const place = await sql.place(engine);
    const writer = await sql.opened(place);
    await writer.transaction((tx) => putCrate(tx, "a"));
    const knex = place.connect({ min: 0, max: 2 }, readOnly[engine.name as keyof typeof readOnly]);
    const storage = await sql.opened(place, { knex });
    expect(await idsOf(storage)).toEqual(["a"]);
    const error = await caught(() => storage.transaction((tx) => putCrate(tx, "b")));
    expect(error).toMatchObject({ code: "STORAGE_UNAVAILABLE", details: { reason: "the database is read-only" } });
    expect(await idsOf(writer)).toEqual(["a"]);
  });
});
