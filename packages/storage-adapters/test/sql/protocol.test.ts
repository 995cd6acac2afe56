import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInventory } from "@onhand/core";
import { addExamples } from "@onhand/core/testing";
import createKnex, { type Knex } from "knex";
import { describe, expect, it } from "vitest";
import { idsOf, putCrate, silent, useSql } from "./fixture";
import { type Engine, engines, type Place } from "./servers";

const addOne = (storage: { transaction: Awaited<ReturnType<ReturnType<typeof useSql>["opened"]>>["transaction"] }) =>
  storage.transaction(async (tx) => {
    const [row] = await tx.get("crates", [["counter"]]);
    return putCrate(tx, "counter", Number(row?.weight ?? 0) + 1);
  });

for (const engine of engines) {
  describe(`several processes on ${engine.name}`, () => {
    const sql = useSql();

    it("lose no update and give no number twice when four of them write one row as fast as they can", async () => {
      const place = await sql.place(engine);
      const storages = await Promise.all(Array.from({ length: 4 }, () => sql.opened(place)));
      const seqs = await Promise.all(storages.flatMap((storage) => Array.from({ length: 25 }, () => addOne(storage))));
      expect(seqs.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
      for (const storage of storages) expect((await storage.find("crates", { limit: 1 })).rows[0]?.weight).toBe(100);
    }, 60_000);

    it("run work again that was decided on rows another has changed since: a write, an answer and a refusal alike", async () => {
      const place = await sql.place(engine);
      const [paused, other] = [await sql.opened(place), await sql.opened(place)];
      await addOne(paused);
      for (const decide of ["write", "answer", "refuse"] as const) {
        const seen: number[] = [];
        const deciding = paused.transaction(async (tx) => {
          const [row] = await tx.get("crates", [["counter"]]);
          seen.push(Number(row?.weight));
          // The process stands still here, and another goes on.
          if (seen.length === 1) await addOne(other);
          if (decide === "refuse") throw new Error(`there are ${row?.weight}`);
          if (decide === "write") await putCrate(tx, "counter", Number(row?.weight) + 1);
          return row?.weight;
        });
        const [stale, fresh] = await (decide === "refuse" ? expect(deciding).rejects.toThrow(/./) : deciding).then(() => seen);
        expect(fresh).toBe((stale as number) + 1);
        if (decide === "refuse") await expect(deciding).rejects.toThrow(`there are ${fresh}`);
        // Others stay away for as long as it takes to trust the head again.
        for (let group = 0; group < 9; group++) await addOne(paused);
      }
    });

    it("hear of each other's commits", async () => {
      const place = await sql.place(engine);
      const [here, there] = [await sql.opened(place), await sql.opened(place)];
      const heard = new Promise<number>((resolve) => {
        const stop = here.watch((seq) => {
          if (seq < 2) return;
          stop();
          resolve(seq);
        });
      });
      await addOne(there);
      await addOne(there);
      expect(await heard).toBe(2);
    });

    it("follow a table through what traces it, however far behind they are", async () => {
      const storage = await sql.opened(await sql.place(engine));
      for (let round = 0; round < 12; round++) await storage.transaction((tx) => putCrate(tx, `c${round % 5}`, round));
      const all = await storage.changes(0, { limit: 100, tables: ["crates"] });
      expect(all.items.map(({ row }) => row.seq)).toEqual([8, 9, 10, 11, 12]);
      const page = await storage.changes(9, { limit: 2, tables: ["crates"] });
      expect([page.items.map(({ row }) => row.seq), page.more, page.head]).toEqual([[10, 11], true, 12]);
    });
  });
}

/** A pool whose connections answer, once told to, a statement that commits with something else than the answer. */
function breakable(place: { connect(pool?: Knex.PoolConfig): Knex }, engine: Engine, commits = /^(WITH "limits"|BEGIN NOT ATOMIC|COMMIT)/) {
  const faults: ("lose" | "swallow")[] = [];
  const lost = () => Object.assign(new Error("the link broke"), { code: "ECONNRESET", errno: -104 });
  function promised(connection: { query(config: { text: string }): Promise<unknown> }): void {
    const query = connection.query.bind(connection);
    connection.query = (config) => {
      const fault = commits.test(config.text ?? "") ? faults.shift() : undefined;
      const answer = query(config);
      if (fault === "lose") return answer.then(() => Promise.reject(lost()));
      return fault === "swallow" ? new Promise(() => undefined) : answer;
    };
  }
  type Answer = (error: unknown, result?: unknown) => void;
  type Send = (config: { sql: string }, ...rest: unknown[]) => unknown;
  function calledBack(connection: { query: Send; execute: Send }): void {
    for (const method of ["query", "execute"] as const) {
      const send = connection[method].bind(connection);
      connection[method] = (config, ...rest) => {
        const fault = commits.test(config.sql) ? faults.shift() : undefined;
        if (!fault) return send(config, ...rest);
        const answer = rest.at(-1) as Answer;
        return send(config, ...rest.slice(0, -1), () => fault === "lose" && answer(lost()));
      };
    }
  }
  const knex = place.connect({
    min: 0,
    max: 4,
    afterCreate(connection: never, done: (error: null, connection: unknown) => void) {
      if (engine.name === "PostgreSQL") promised(connection);
      else calledBack(connection);
      done(null, connection);
    },
  });
  return { knex, faults };
}

describe.each(engines.filter(({ name }) => name !== "SQLite"))("an answer to a commit that is lost on $name", (engine) => {
  const sql = useSql();

  it.each(["lose", "swallow"] as const)("is OUTCOME_UNKNOWN (%s), and the next transaction sees what became of it", async (fault) => {
    const place = await sql.place(engine);
    const { knex, faults } = breakable(place, engine);
    const storage = await sql.opened(place, { knex, statementTimeoutMs: 300 });
    await storage.transaction((tx) => putCrate(tx, "a"));
    faults.push(fault);
    await expect(storage.transaction((tx) => putCrate(tx, "b"))).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN", retryable: true });
    expect(await storage.transaction(async (tx) => [(await tx.head()).seq, (await tx.get("crates", [["b"]]))[0]?.seq])).toEqual([2, 2]);
    expect(await storage.transaction((tx) => putCrate(tx, "c"))).toBe(3);
  });

  it("is settled by the inventory itself: the command is applied once and its caller told", async () => {
    const place = await sql.place(engine);
    const { knex, faults } = breakable(place, engine);
    const inventory = await createInventory({ storage: sql.storage(place, { knex, statementTimeoutMs: 300 }), logger: silent });
    await addExamples(inventory);
    for (const fault of ["lose", "swallow", "lose"] as const) {
      faults.push(fault);
      await inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 1 });
      expect(faults).toEqual([]);
    }
    expect((await inventory.stock.level({ sku: "TEA-50", storeId: "berlin" })).onHand).toBe(3);
    expect(await inventory.verify()).toMatchObject({ ok: true });
    await inventory.close();
  });
});

const named = (wanted: string) => engines.find(({ name }) => name === wanted) as Engine;
const postgres = named("PostgreSQL");
const mariadb = named("MariaDB");

describe("making tables on MariaDB", () => {
  const sql = useSql();

  it("waits for nobody who makes others, in another database of the server", async () => {
    const here = await sql.place(mariadb);
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let opened: Promise<unknown> | undefined;
    const making = new Promise<void>((reached) => {
      const knex = here.connect({
        min: 0,
        max: 1,
        afterCreate(connection: { query: (...args: unknown[]) => unknown }, done: (error: null, connection: unknown) => void) {
          const query = connection.query.bind(connection);
          connection.query = (...args) => {
            if (!/^CREATE TABLE/.test((args[0] as { sql: string }).sql)) return query(...args);
            reached();
            // What mysql2 answers only looks like a promise.
            return gate.then(() => void query(...args));
          };
          done(null, connection);
        },
      });
      opened = sql.opened(here, { knex });
    });
    await making;
    const there = await sql.opened(await sql.place(mariadb));
    expect(await there.transaction((tx) => putCrate(tx, "b"))).toBe(1);
    goOn();
    await opened;
  });
});

describe("a group too large for one statement of MariaDB", () => {
  const sql = useSql();
  const label = (index: number) => `${index} ${"x".repeat(250)}`;
  const putMany = (storage: Awaited<ReturnType<(typeof sql)["opened"]>>) =>
    storage.transaction(async (tx) => {
      const { seq } = await tx.head();
      const rows = Array.from({ length: 5_000 }, (_, index) => ({
        seq: seq + 1 + index,
        id: `crate ${index}`,
        label: label(index),
        weight: 1,
      }));
      await tx.put("crates", rows);
      const moves = rows.map((row) => ({ seq: row.seq, line: 0, id: row.id, note: null }));
      await tx.append("moves", moves);
      await tx.advance(seq + rows.length);
    });

  it("is written whole, and an answer to its commit that is lost is OUTCOME_UNKNOWN", async () => {
    const place = await sql.place(mariadb);
    const { knex, faults } = breakable(place, mariadb, /^COMMIT/);
    const storage = await sql.opened(place, { knex });
    await putMany(storage);
    faults.push("lose");
    await expect(putMany(storage)).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
    const [weighed] = await storage.aggregate("crates", { by: [], measures: { crates: { count: true }, first: { min: "seq" } } });
    expect(weighed).toEqual({ crates: 5_000, first: 5_001 });
    expect(faults).toEqual([]);
  });

  it("leaves nothing behind when a row of it is there already", async () => {
    const place = await sql.place(mariadb);
    const storage = await sql.opened(place);
    await storage.transaction((tx) => putCrate(tx, "a"));
    const again = storage.transaction(async (tx) => {
      const rows = Array.from({ length: 5_000 }, (_, index) => ({ seq: 2, id: `crate ${index}`, label: label(index), weight: 1 }));
      await tx.put("crates", rows);
      await tx.append("moves", [{ seq: 1, line: 0, id: "a", note: null }]);
      await tx.advance(2);
    });
    await expect(again).rejects.toThrow(TypeError);
    expect(await idsOf(storage)).toEqual(["a"]);
    expect(await storage.transaction((tx) => putCrate(tx, "b"))).toBe(2);
  });
});

/** A pool of the place, and the statements sent through it. */
function watched(place: Place) {
  const sent: string[] = [];
  type Send = (config: string | { text?: string; sql?: string }, ...rest: unknown[]) => unknown;
  const knex = place.connect({
    min: 0,
    max: 2,
    afterCreate(connection: { query: Send; execute?: Send }, done: (error: null, connection: unknown) => void) {
      for (const method of ["query", "execute"] as const) {
        const send = connection[method]?.bind(connection);
        if (!send) continue;
        connection[method] = (config, ...rest) => {
          sent.push(typeof config === "string" ? config : ((config.text ?? config.sql) as string));
          return send(config, ...rest);
        };
      }
      done(null, connection);
    },
  });
  return { knex, sent };
}

describe.each([postgres, mariadb])("$name", (engine) => {
  const sql = useSql();

  it("is asked once for a group that nobody interferes with", async () => {
    const place = await sql.place(engine);
    const { knex, sent } = watched(place);
    const storage = await sql.opened(place, { knex, pollMs: 60_000 });
    await storage.transaction((tx) => putCrate(tx, "a"));
    sent.length = 0;
    expect(await storage.transaction((tx) => putCrate(tx, "b"))).toBe(2);
    expect(sent).toHaveLength(1);
  });

  it("is asked once for a command under a new key, and a key that is known gets its first answer", async () => {
    const place = await sql.place(engine);
    const { knex, sent } = watched(place);
    const inventory = await createInventory({ storage: sql.storage(place, { knex, pollMs: 60_000 }), logger: silent });
    await addExamples(inventory);
    const at = { sku: "TEA-50", storeId: "berlin" };
    await inventory.stock.receive({ ...at, quantity: 5 });
    sent.length = 0;
    const sale = { ...at, quantity: 1, idempotencyKey: "order-1" };
    const first = await inventory.stock.sell(sale);
    expect(sent).toHaveLength(1);
    expect(await inventory.stock.sell(sale)).toEqual({ ...first, replayed: true });
    await expect(inventory.stock.sell({ ...sale, quantity: 2 })).rejects.toMatchObject({ code: "IDEMPOTENCY_MISMATCH" });
    const refused = { ...at, quantity: 9, idempotencyKey: "order-2" };
    const refusal = { code: "INSUFFICIENT_STOCK", details: { requested: 9, available: 4 } };
    await expect(inventory.stock.sell(refused)).rejects.toMatchObject(refusal);
    await expect(inventory.stock.sell(refused)).rejects.toMatchObject({ ...refusal, details: { ...refusal.details, replayed: true } });
    expect(await inventory.stock.level(at)).toMatchObject({ onHand: 4 });
    await inventory.close();
  });

  it("is asked once for a level that this process has never looked at, when others of a small shop have been", async () => {
    const place = await sql.place(engine);
    const setUp = await createInventory({ storage: sql.storage(place), logger: silent });
    await addExamples(setUp);
    for (const storeId of ["berlin", "hamburg"]) await setUp.stock.receive({ sku: "TEA-50", storeId, quantity: 5 });
    await setUp.close();
    const { knex, sent } = watched(place);
    const inventory = await createInventory({ storage: sql.storage(place, { knex, pollMs: 60_000 }), logger: silent });
    await inventory.stock.sell({ sku: "TEA-50", storeId: "berlin", quantity: 1 });
    sent.length = 0;
    await inventory.stock.sell({ sku: "TEA-50", storeId: "hamburg", quantity: 1 });
    expect(sent).toHaveLength(1);
    await inventory.close();
  });
});

describe("PostgreSQL", () => {
  const sql = useSql();

  it("is asked once for a command inside a host's transaction, and a known key spoils neither the answer nor the transaction", async () => {
    const place = await sql.place(postgres);
    const { knex, sent } = watched(place);
    const inventory = await createInventory({ storage: sql.storage(place, { knex, pollMs: 60_000 }), logger: silent });
    await addExamples(inventory);
    const at = { sku: "TEA-50", storeId: "berlin" };
    await inventory.stock.receive({ ...at, quantity: 5 });
    const sell = (quantity: number, idempotencyKey: string) =>
      knex.transaction((trx) => inventory.with(trx).stock.sell({ ...at, quantity, idempotencyKey }));
    // Of connections nothing is known before the first time, and none may be known to both that the pool has.
    await Promise.all([sell(1, "first"), sell(1, "second")]);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => sell(1, "first").then(({ replayed }) => expect(replayed, `${index}`).toBe(true))),
    );
    sent.length = 0;
    const sold = await sell(1, "third");
    expect(sent.map((text) => text.slice(0, 5))).toEqual(["BEGIN", "WITH ", "COMMI"]);
    expect(await sell(1, "third")).toEqual({ ...sold, replayed: true });
    await expect(sell(2, "third")).rejects.toMatchObject({ code: "IDEMPOTENCY_MISMATCH" });
    expect(await inventory.stock.level(at)).toMatchObject({ onHand: 2 });
    await inventory.close();
  });

  it("tells again after the listening connection was ended", async () => {
    const place = await sql.place(postgres);
    const warnings: string[] = [];
    const logger = { ...silent, warn: (_facts: object, message: string) => void warnings.push(message) };
    const storage = await sql.opened(place, { logger, pollMs: 50 });
    const other = await sql.opened(place);
    let latest = 0;
    let heard: () => void = () => undefined;
    storage.watch((seq) => {
      latest = Math.max(latest, seq);
      heard();
    });
    const admin = place.connect({ min: 0, max: 1 });
    const untilSeq = async (seq: number) => {
      while (latest < seq) await new Promise<void>((resolve) => (heard = resolve));
    };
    await addOne(other);
    await untilSeq(1);
    await expect
      .poll(async () => {
        const ended = await admin.raw(
          "SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND query LIKE ?",
          [`%${channelOf(place.where.schema as string)}%`],
        );
        return Number(ended.rows[0].n);
      })
      .toBe(1);
    await expect.poll(() => warnings.length).toBe(1);
    await addOne(other);
    await untilSeq(2);
  });
});

/** FNV-1a, as the storage names its channel. */
function channelOf(schema: string): string {
  let hash = 0x811c9dc5;
  for (const character of `${schema}.onhand_head`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return `onhand_${(hash >>> 0).toString(16).padStart(8, "0")}`;
}

describe("replicas", () => {
  const sql = useSql();
  const sqlite = engines.find(({ name }) => name === "SQLite") as Engine;

  it("answer what may be old, are passed over while behind what was asked for, and when they are gone", async () => {
    const place = await sql.place(sqlite);
    const writing = await sql.opened(place);
    await writing.transaction((tx) => putCrate(tx, "a"));
    // A copy of the file is a replica that has stopped following.
    const copy = join(tmpdir(), `onhand-replica-${process.pid}-${Date.now()}.db`);
    await place.connect().raw("VACUUM INTO ?", [copy]);
    const replica = createKnex({ client: "better-sqlite3", connection: { filename: copy }, useNullAsDefault: true });
    try {
      const storage = await sql.opened(place, { replicas: [replica] });
      await writing.transaction((tx) => putCrate(tx, "b"));
      const heads = async () => {
        const asked = [{ consistency: "eventual" }, { minSeq: 1 }, { minSeq: 2 }, { consistency: "strong" }, undefined] as const;
        return Promise.all(asked.map(async (how) => (await storage.find("crates", { limit: 9 }, how)).head));
      };
      expect(await heads()).toEqual([1, 1, 2, 2, 2]);
      const counted = { by: [], measures: { n: { count: true } } } as const;
      expect(await storage.aggregate("crates", counted, { consistency: "eventual" })).toEqual([{ n: 1 }]);
      expect(await storage.aggregate("crates", counted, { minSeq: 2 })).toEqual([{ n: 2 }]);
      await replica.raw("DROP TABLE onhand_head");
      expect(await heads()).toEqual([2, 2, 2, 2, 2]);
    } finally {
      await replica.destroy();
      await rm(copy);
    }
  });
});

describe("text beyond the basic plane", () => {
  const sql = useSql();

  it.each(engines)(
    "is ordered by code unit on $name from the first such character on, by keys, bounds, cursors and extremes",
    async (engine) => {
      const place = await sql.place(engine);
      const [storage, other] = [await sql.opened(place), await sql.opened(place)];
      const texts = ["\uFF5E", "a", "\uE000z", "z"];
      for (const text of texts) await storage.transaction((tx) => putCrate(tx, text, 1, text));
      expect(await idsOf(other)).toEqual([...texts].sort());
      // The other process made its statements before it could know.
      for (const text of ["\u{1F600}", "\u{10FFFF}a"]) await storage.transaction((tx) => putCrate(tx, text, 1, text));
      texts.push("\u{1F600}", "\u{10FFFF}a");
      const sorted = [...texts].sort();
      for (const each of [other, storage]) {
        expect(await idsOf(each)).toEqual(sorted);
        for (const [index, text] of sorted.entries()) {
          expect((await each.find("crates", { after: [text], limit: 9 })).rows.map((row) => row.id)).toEqual(sorted.slice(index + 1));
          const below = await each.find("crates", {
            where: { label: { lt: text } },
            orderBy: [{ column: "label", descending: true }],
            limit: 9,
          });
          expect(below.rows.map((row) => row.label)).toEqual(sorted.slice(0, index).reverse());
        }
        const measures = { least: { min: "label" }, most: { max: "label" } } as const;
        expect(await each.aggregate("crates", { by: [], measures })).toEqual([{ least: sorted[0], most: sorted.at(-1) }]);
      }
      const search = { columns: ["label"], text: "É" };
      await storage.transaction((tx) => putCrate(tx, "e", 1, "Café ÜBER"));
      for (const text of ["CAFÉ", "über"])
        expect((await other.find("crates", { search: { ...search, text }, limit: 2 })).rows).toHaveLength(1);
      expect((await other.find("crates", { search: { ...search, text: "cafe" }, limit: 2 })).rows).toHaveLength(0);
    },
  );
});
