import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { budgets } from "../budgets";
import { mysqlDatabase, onMysql, onPostgres, postgresDatabase } from "../servers";
import { root } from "./support/dashboard";

const program = join(root, "examples/reference-server/src/oversell/main.ts");
const { processes, attempts, units } = budgets.oversell;

/** Runs the program as a person would, and answers its last line. */
async function run(storage: string): Promise<unknown> {
  const flags = ["--processes", processes, "--attempts", attempts, "--units", units].map(String);
  const args = ["--conditions=@onhand/source", "--import", "tsx", program, "--storage", storage, ...flags];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

const sold = {
  processes,
  attempts: processes * attempts,
  sold: units,
  refused: processes * attempts - units,
  denseSeq: true,
  verify: "ok",
};

test(`${processes} processes on one PostgreSQL sell exactly ${units} of ${units}, and leave nothing behind`, async () => {
  const { url, drop } = await postgresDatabase();
  onTestFinished(drop);
  expect(await run(url)).toEqual(sold);
  expect(await onPostgres(url, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'onhand_oversell%'")).toEqual([]);
});

test(`${processes} processes on one MariaDB sell exactly ${units} of ${units}`, async () => {
  const { url, drop } = await mysqlDatabase();
  onTestFinished(drop);
  expect(await run(url)).toEqual(sold);
  const [server] = await onMysql(url, "SELECT count(*) AS count FROM information_schema.schemata WHERE schema_name = database()");
  expect(Number(server?.count)).toBe(1);
});

test(`${processes} processes on one SQLite file sell exactly ${units} of ${units}, and leave nothing behind`, async () => {
  const directory = await mkdtemp(join(tmpdir(), "onhand-oversell-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  expect(await run(`sqlite:${join(directory, "shop.db")}`)).toEqual(sold);
  expect(await readdir(directory)).toEqual([]);
});
