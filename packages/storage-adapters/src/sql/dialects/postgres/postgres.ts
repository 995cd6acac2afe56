import { commitFailure } from "../../failures";
import { fromCodePoint } from "../../text-order";
import { committed } from "../committed";
import type { Dialect, Session } from "../dialect";
import { postgresDdl } from "./ddl";
import { classifyPostgres } from "./failures";
import { listenPostgres } from "./listen";
import { type PostgresClient, postgresSession } from "./session";
import { writePostgres } from "./write";

const arrays = { text: "text", integer: "bigint", timestamp: "bigint", boolean: "boolean", json: "text" } as const;

/** The transactions in which sessions have locked the head. A host, or its library when a time is up, may end one while a command is under way. */
const lockedBy = new WeakMap<Session, string>();

/** PostgreSQL through pg. */
export const postgres: Dialect = {
  name: "postgres",
  quote: (identifier) => `"${identifier}"`,
  placeholder: (position) => `$${position}`,
  classify: classifyPostgres,
  session: postgresSession,
  ddl: postgresDdl,

  list: (parameters, { type }, values) => `SELECT unnest(${parameters.add(values)}::${arrays[type]}[])`,
  byKeys(parameters, table, keys) {
    const lists = table.key.map(
      ({ type }, index) => `${parameters.add(keys.map((key) => key[index] as string | number))}::${arrays[type]}[]`,
    );
    const same = table.key.map(({ sql }, index) => `"r".${sql} = "k"."c${index}"`).join(" AND ");
    // One look into the index for each key. A plain IN is read from beginning to end as long as the statistics say that the table is small.
    const row = `SELECT "r".* FROM ${table.sql} "r" WHERE ${same} LIMIT 1`;
    return `unnest(${lists.join(", ")}) AS "k"(${table.key.map((_, index) => `"c${index}"`).join(", ")}) CROSS JOIN LATERAL (${row}) t`;
  },
  codeUnits: {
    ofColumn: (sql) => ordered(sql),
    ofValue: (parameters, value) => ordered(`${parameters.add(value)}::text COLLATE "C"`),
    decode: (raw) => fromCodePoint(String(raw)),
  },
  // The columns' own order knows no letters but A to Z.
  folded: (sql) => `lower(${sql} COLLATE "und-x-icu")`,
  contains: (haystack, needle) => `position(${needle} in ${haystack}) > 0`,
  exactSum: (sql) => `COALESCE(SUM(${sql}), 0)`,
  booleanBound: (how, sql) => `${how}(${sql}::int)`,
  nulls: (descending) => (descending ? " NULLS LAST" : " NULLS FIRST"),

  async begin(session, { limits: { lockMs, statementMs } }) {
    await session.run({
      text: `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = ${lockMs}; SET LOCAL statement_timeout = ${statementMs}; SET LOCAL idle_in_transaction_session_timeout = ${statementMs * 2}; SET LOCAL synchronous_commit = on`,
      values: [],
    });
  },
  async commit(session) {
    try {
      await session.run({ text: "COMMIT", values: [] });
    } catch (error) {
      throw commitFailure(error);
    }
  },
  async rollback(session) {
    await session.run({ text: "ROLLBACK", values: [] });
  },
  async lockHead(session, { head }, columns) {
    const text = `SELECT ${columns}, pg_current_xact_id()::text FROM ${head} h WHERE h."id" = 1 FOR UPDATE`;
    const [row] = await session.run({ text, values: [], prepared: true });
    if (row) lockedBy.set(session, String(row.at(-1)));
    return row;
  },
  turns: {
    // Of a transaction, not of the session: behind a pooler the next statement may meet another session.
    async begin(session, { channel, limits }) {
      await session.run({
        text: `BEGIN; SET LOCAL lock_timeout = ${limits.lockMs}; SET LOCAL idle_in_transaction_session_timeout = ${longestStopMs}; SELECT pg_advisory_xact_lock(hashtextextended('${channel} turns', 0))`,
        values: [],
      });
    },
    end: (session) => postgres.rollback(session),
  },
  currentRead: "",
  hostBelief: "with reads",
  write: (session, plan, group) => writePostgres(session, plan, group, { inside: lockedBy.get(session) }),
  async writeAlone(session, plan, group) {
    try {
      return await writePostgres(session, plan, group, "alone");
    } catch (error) {
      // The statement is also the commit.
      throw commitFailure(error);
    }
  },
  async snapshot(session, read) {
    await session.run({ text: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", values: [] });
    return committed(session, read);
  },

  async durability(session) {
    const [settings] = await session.run({
      text: "SELECT current_setting('fsync'), current_setting('full_page_writes')",
      values: [],
    });
    // synchronous_commit is set to on in every transaction of ours.
    const weak = ["fsync", "full_page_writes"].filter((_, index) => settings?.[index] === "off").map((name) => `${name} = off`);
    return { durability: weak.length > 0 ? "process" : "power-loss", weak };
  },
  async requirements(session) {
    const [row] = await session.run({
      text: "SELECT current_setting('server_encoding'), EXISTS (SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu')",
      values: [],
    });
    if (row?.[0] !== "UTF8") return `a database encoded in ${row?.[0]}`;
    return row?.[1] === "t" ? undefined : "PostgreSQL built without ICU";
  },
  async inTransaction(session) {
    const status = (session.raw as PostgresClient).getTransactionStatus?.();
    if (status !== undefined && status !== null) return status === "T";
    // An older pg does not tell. Two calls in one transaction see one time; it moves between statements of their own.
    const now = async () => (await session.run({ text: "SELECT transaction_timestamp()", values: [] }))[0]?.[0];
    const first = await now();
    return first === (await now());
  },
  // One statement writes everything, so there is nothing to keep together.
  atomically: (_session, work) => work(),
  listen: listenPostgres,
};

/** A process that has its turn and stops loses it after so long. */
const longestStopMs = 1_000;

/** See text-order.ts: what lies from U+E000 on goes behind what lies beyond the basic plane. */
const ordered = (sql: string): string =>
  `regexp_replace(regexp_replace(${sql}, '([\\uE000-\\uFFFF])', chr(57345) || '\\1', 'g'), '([\\U00010000-\\U0010FFFF])', chr(57344) || '\\1', 'g')`;
