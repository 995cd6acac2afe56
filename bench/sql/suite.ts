import type { SuiteOptions } from "../engine/suite";
import { type Contender, takeTurns } from "../measure";
import { type Result, resultOf } from "../result";
import { createWorkload, type Workload } from "../workload";
import { openEngine, type SqlEngine } from "./engine";
import { measureHost } from "./host";
import * as mysql from "./mysql";
import { onhand } from "./onhand";
import * as postgres from "./postgres";
import { measureProcesses } from "./processes";
import * as sqlite from "./sqlite";
import { transactionPerRequest } from "./transaction-per-request";

const callerCounts = [1, 64, 1_000];

type Make = (engine: SqlEngine, workload: Workload) => Contender;

/** Who else is measured on each engine, beside the usual transaction per request and the limit: the name of the case, and the contender. */
const others: Readonly<Record<SqlEngine["name"], { readonly bulk: Make; readonly rivals: Readonly<Record<string, Make>> }>> = {
  postgres: { bulk: postgres.bulkInserts, rivals: { "sell, to one guarded statement": postgres.guardedStatement } },
  sqlite: {
    bulk: sqlite.bulkInserts,
    rivals: { "sell, to a prepared transaction": sqlite.preparedTransaction, "sell, to groups written by hand": sqlite.handWrittenGroups },
  },
  mysql: { bulk: mysql.bulkInserts, rivals: {} },
};

/**
 * Sales per second on real databases, each under an idempotency key and through the public API: beside the usual knex
 * transaction per request (`rival` of `sell`), beside what a careful programmer writes by hand, and the limit: bulk inserts
 * of ledger rows that nobody decided on. All take turns within one run.
 */
export async function* sqlSuite(options: SuiteOptions): AsyncIterable<Result> {
  const shop = createWorkload(1_000, 10);
  const sales: Workload = { ...shop, movement: (n) => ({ ...shop.movement(n), delta: -1 }) };
  for (const name of ["postgres", "sqlite", "mysql"] as const) {
    const wants = (what: string) => options.only(`${name}-${what}`);
    if (!["sell", "processes", "host"].some(wants)) continue;
    const engine = await openEngine(name, options.disk);
    try {
      if (wants("sell")) for (const callers of callerCounts) yield* measureSales(engine, sales, callers, options);
      if (name === "postgres" && wants("processes")) yield await measureProcesses(engine, sales, options);
      if (name !== "sqlite" && wants("host")) yield* measureHost(engine, sales, options);
    } finally {
      await engine.close();
    }
  }
}

async function* measureSales(engine: SqlEngine, sales: Workload, callers: number, effort: SuiteOptions): AsyncIterable<Result> {
  const { bulk, rivals } = others[engine.name];
  const made = Object.entries(rivals).map(([name, make]) => [name, make(engine, sales)] as const);
  const contenders = [onhand(engine, sales), transactionPerRequest(engine, sales), bulk(engine, sales), ...made.map(([, rival]) => rival)];
  const rates = await takeTurns(contenders, callers, effort);
  const ours = rates.get("ours") as number;
  const named = { suite: "sql", engine: engine.name, callers };
  yield resultOf({ ...named, case: "sell" }, { ours, rival: rates.get("transaction"), limit: rates.get("bulk") });
  for (const [name, rival] of made) yield resultOf({ ...named, case: name }, { ours, rival: rates.get(rival.name) });
}
