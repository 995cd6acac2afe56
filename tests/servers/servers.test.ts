import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { serveServers } from "./broker";
import { findOrStart } from "./database-server";
import { mysqlDatabase, onMysql, onPostgres, postgresDatabase } from "./index";
import { mysql } from "./mysql";
import { postgres } from "./postgres";
import { findPrograms } from "./programs";
import { redis } from "./redis";

const kinds = [
  { name: "postgres", server: postgres, database: postgresDatabase, run: onPostgres },
  { name: "mysql", server: mysql, database: mysqlDatabase, run: onMysql },
] as const;

describe.each(kinds)("$name", ({ server, database, run }) => {
  test("each test gets an empty database of its own, and nothing is left of it", async () => {
    const [one, other] = await Promise.all([database(), database()]);
    onTestFinished(() => Promise.all([one.drop(), other.drop()]).then(() => undefined));
    await run(one.url, "CREATE TABLE only_here (id integer)", "INSERT INTO only_here VALUES (1)");
    await expect(run(other.url, "SELECT * FROM only_here")).rejects.toThrow("only_here");
    await one.drop();
    await expect(run(one.url, "SELECT 1")).rejects.toThrow();
  });

  test("one is started where none runs, serves, and is gone when it is stopped", async () => {
    vi.stubEnv(server.environment, "start");
    const started = await findOrStart(server);
    const own = await server.createDatabase(started.url);
    await run(own.url, "CREATE TABLE kept (id integer)", "INSERT INTO kept VALUES (7)");
    expect(await run(own.url, "SELECT id FROM kept")).toEqual([{ id: 7 }]);
    await started.stop();
    expect(await server.isReady(started.url)).toBe(false);
  });

  test("one that the environment names and that can't be used fails the tests, and none is started in its place", async () => {
    const nobody = new URL(server.usual);
    nobody.port = "1";
    vi.stubEnv(server.environment, nobody.href);
    await expect(findOrStart(server)).rejects.toThrow(server.environment);
  });
});

test("a Redis is started where none runs, and is gone when it is stopped", async () => {
  vi.stubEnv(redis.environment, "start");
  const started = await findOrStart(redis);
  expect(started.url).not.toBe(redis.usual);
  expect(await redis.isReady(started.url)).toBe(true);
  await started.stop();
  expect(await redis.isReady(started.url)).toBe(false);
});

describe("the broker", () => {
  let broker: Awaited<ReturnType<typeof serveServers>>;
  beforeEach(async () => {
    broker = await serveServers();
  });
  afterEach(() => broker.close());

  const ask = (name: string) =>
    fetch(new URL(name, broker.url)).then(async (response) => ({ ok: response.ok, text: await response.text() }));

  test("gives everybody of one run the same server", async () => {
    const [one, other] = await Promise.all([ask("postgres"), ask("postgres")]);
    expect(one).toMatchObject({ ok: true });
    expect(other).toEqual(one);
  });

  test("says why there is none to everybody who asks", async () => {
    vi.stubEnv("ONHAND_TEST_POSTGRES", "postgres://nobody@127.0.0.1:1/none");
    expect(await ask("postgres")).toEqual({ ok: false, text: expect.stringContaining("ONHAND_TEST_POSTGRES") });
    expect(await ask("oracle")).toEqual({ ok: false, text: "there is no server oracle" });
  });
});

test("a program that is missing is named with the package that brings it", () => {
  expect(() => findPrograms(["no-such-server"], "no-such-package")).toThrow("install no-such-package");
});

afterEach(() => vi.unstubAllEnvs());
