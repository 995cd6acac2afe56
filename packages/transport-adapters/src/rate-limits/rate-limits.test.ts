import { randomUUID } from "node:crypto";
import { createInventory, isInventoryError } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import pg from "pg";
import { RateLimiterPostgres, RateLimiterRedis } from "rate-limiter-flexible";
import { createClient } from "redis";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { postgresDatabase, redisServer, startRedis } from "../../../../tests/servers";
import { allowEverythingForDemos, createHttpHandler } from "../http/server";
import { hubFixture } from "../shared/testing/hub-fixture";
import { settled } from "../shared/testing/manual-time";
import { type Authenticate, createRateLimits, type HubInventory, type RateLimitsOptions } from "./index";
import { networkOf } from "./network";

afterEach(() => void vi.useRealTimers());

const from = (remoteAddress: string, token = "guess") => ({ token, request: { headers: {}, remoteAddress } });
const known: Authenticate = ({ token }) => (token === "right" ? { id: "ada" } : undefined);
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => "done",
    (error: unknown) => (isInventoryError(error) ? error.code : error),
  );
const inventory: HubInventory = { feed: undefined as never, execute: async () => ({ seq: 1, replayed: false }) };
const ada = { id: "ada" };

describe("commands", () => {
  it("are counted for a principal over all its links, and come back with time", async () => {
    vi.useFakeTimers();
    const limited = createRateLimits({ commands: { points: 3, seconds: 10 } }).inventory(inventory);
    for (let used = 0; used < 3; used += 1) await limited.execute("stock.sell", {}, ada);
    const refused = await limited.execute("stock.sell", {}, ada).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "RATE_LIMITED", retryable: true });
    const { retryAfterMs } = (refused as { details: { retryAfterMs: number } }).details;
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(10_000);
    expect(await codeOf(limited.execute("stock.sell", {}, { id: "tom" }))).toBe("done");
    expect(await codeOf(limited.execute("stock.sell", {}))).toBe("done");
    vi.advanceTimersByTime(10_001);
    expect(await codeOf(limited.execute("stock.sell", {}, ada))).toBe("done");
  });

  it("that are too many are refused one by one on a link, which stays open", async () => {
    const limits = createRateLimits({ commands: { points: 2, seconds: 60 } });
    const { connect } = await hubFixture({ inventory: (whole) => limits.inventory(whole) });
    const links = [await connect(), await connect()];
    for (const [index, link] of links.entries()) {
      for (const op of [1, 2])
        link.say({ t: "op", id: `k${index}${op}`, command: "stock.receive", input: { sku: "A", storeId: "berlin", quantity: 1 } });
    }
    for (let turns = 0; turns < 8; turns += 1) await settled();
    const nacks = links.flatMap((link) => link.of("nack"));
    expect(links.flatMap((link) => link.of("ack"))).toHaveLength(2);
    expect(nacks.map(({ code, retryable }) => [code, retryable])).toEqual([
      ["RATE_LIMITED", true],
      ["RATE_LIMITED", true],
    ]);
    expect(nacks[0]?.details).toMatchObject({ retryAfterMs: expect.any(Number) });
    expect(links.flatMap((link) => link.of("bye"))).toEqual([]);
  });
});

describe("guesses", () => {
  it("from one address are looked at so many times; a right answer from elsewhere goes on", async () => {
    const seen: unknown[] = [];
    const authenticate = createRateLimits({ failures: { points: 3, seconds: 60 } }).authenticate((credentials) => {
      seen.push(credentials);
      return known(credentials);
    });
    for (let tries = 0; tries < 3; tries += 1) expect(await authenticate(from("10.0.0.1"))).toBeUndefined();
    expect(await codeOf(authenticate(from("10.0.0.1")) as Promise<unknown>)).toBe("RATE_LIMITED");
    expect(await codeOf(authenticate(from("10.0.0.1", "right")) as Promise<unknown>)).toBe("RATE_LIMITED");
    expect(seen).toHaveLength(3);
    expect(await authenticate(from("10.0.0.2", "right"))).toEqual(ada);
  });

  it("are none where nothing was shown, and none where it was right", async () => {
    const authenticate = createRateLimits({ failures: { points: 1, seconds: 60 } }).authenticate(known);
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await authenticate({ request: { headers: {}, remoteAddress: "10.0.0.1" } })).toBeUndefined();
      expect(await authenticate(from("10.0.0.1", "right"))).toEqual(ada);
    }
  });

  it("end a link with the time to come back", async () => {
    const limits = createRateLimits({ failures: { points: 1, seconds: 60 } });
    const authenticate = limits.authenticate((credentials) => known(credentials));
    const { connect } = await hubFixture({ authenticate: ({ token = "" }) => authenticate(from("10.0.0.1", token)) });
    expect((await connect({ token: "x" })).of("bye")).toMatchObject([{ code: "UNAUTHENTICATED" }]);
    const late = await connect({ token: "right" });
    await settled();
    expect(late.of("bye")).toMatchObject([{ code: "RATE_LIMITED", retryable: true, afterMs: expect.any(Number) }]);
    expect(late.of("welcome")).toEqual([]);
  });

  it.each([
    ["10.0.0.1", "10.0.0.1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["a:b", "a:b"],
    [undefined, undefined],
  ])("from %s count as from %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe("a store that fails", () => {
  it("is logged, and limits nobody", async () => {
    const errors: unknown[] = [];
    const logger = { warn: () => undefined, error: (facts: unknown) => void errors.push(facts) };
    const down = () => Promise.reject(new Error("no redis"));
    const limits = createRateLimits({ logger, limiter: () => ({ consume: down, get: down }) });
    expect(await codeOf(limits.inventory(inventory).execute("stock.sell", {}, ada))).toBe("done");
    expect(await limits.authenticate(known)(from("10.0.0.1", "right"))).toEqual(ada);
    expect(await limits.authenticate(known)(from("10.0.0.1"))).toBeUndefined();
    expect(errors).toContainEqual({ error: new Error("no redis") });
  });

  it("leaves this process to count by itself", async () => {
    const dead = { defineCommand: () => undefined, rlflxIncr: () => Promise.reject(new Error("no redis")), status: "end" };
    const limits = createRateLimits({
      commands: { points: 1, seconds: 60 },
      limiter: (options) => new RateLimiterRedis({ ...options, storeClient: dead, rejectIfRedisNotReady: true }),
    });
    const limited = limits.inventory(inventory);
    expect(await codeOf(limited.execute("stock.sell", {}, ada))).toBe("done");
    expect(await codeOf(limited.execute("stock.sell", {}, ada))).toBe("RATE_LIMITED");
  });
});

describe("in one Redis", () => {
  // Others use the same Redis.
  let shared = "";
  beforeEach(() => {
    shared = randomUUID();
  });

  /** One process of a host: its own connection, its own server, the same limits. */
  async function processOn(url: string, rates: Pick<RateLimitsOptions, "commands" | "failures">) {
    const redis = createClient({ url, socket: { reconnectStrategy: 20 } });
    redis.on("error", () => undefined);
    await redis.connect();
    onTestFinished(() => redis.destroy());
    const limits = createRateLimits({
      ...rates,
      logger: { warn: () => undefined, error: () => undefined },
      limiter: ({ keyPrefix, ...options }) =>
        new RateLimiterRedis({
          ...options,
          keyPrefix: `${shared}-${keyPrefix}`,
          storeClient: redis,
          useRedisPackage: true,
          rejectIfRedisNotReady: true,
        }),
    });
    const stock = await createInventory({ storage: memoryStorage() });
    onTestFinished(() => stock.close());
    const handle = createHttpHandler({
      inventory: limits.inventory(stock),
      authenticate: (request) => ({ id: request.headers.get("x-user") ?? "ada" }),
      authorize: allowEverythingForDemos,
    });
    let named = 0;
    const create = (user = "ada") => {
      named += 1;
      const body = JSON.stringify({ sku: `CUP-${user}-${named}`, name: "Cup" });
      const headers = { "content-type": "application/json", "x-user": user };
      return handle(new Request("http://shop.example/products", { method: "POST", headers, body }));
    };
    return { limits, create };
  }
  it("several servers count together, and one request too many is 429 with the time to come back", async () => {
    const url = await redisServer();
    const rates = { commands: { points: 3, seconds: 600 }, failures: { points: 2, seconds: 600 } };
    const [one, other] = [await processOn(url, rates), await processOn(url, rates)];
    const answers = [];
    for (const { create } of [one, other, one, other, one]) answers.push(await create());
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 429, 429]);
    const seconds = Number(answers[3]?.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(600);
    expect(await answers[3]?.json()).toMatchObject({
      code: "RATE_LIMITED",
      retryable: true,
      details: { retryAfterMs: expect.any(Number) },
    });
    expect((await other.create("tom")).status).toBe(201);

    const guess = ({ limits }: typeof one, token?: string) =>
      codeOf(limits.authenticate(known)(from("10.0.0.1", token)) as Promise<unknown>);
    expect([await guess(one), await guess(other), await guess(one, "right")]).toEqual(["done", "done", "RATE_LIMITED"]);
  });

  it("that goes away, each process counts by itself; when it is back, they count together again", { timeout: 60_000 }, async () => {
    const redis = await startRedis();
    let running = redis;
    onTestFinished(() => running.stop());
    const rates = { commands: { points: 2, seconds: 600 } };
    const [one, other] = [await processOn(redis.url, rates), await processOn(redis.url, rates)];
    const statuses = async (user: string) => {
      const answers = [];
      for (const { create } of [one, one, one, other, other, other]) answers.push((await create(user)).status);
      return answers;
    };
    expect(await statuses("ada")).toEqual([201, 201, 429, 429, 429, 429]);
    await redis.stop();
    expect(await statuses("ada")).toEqual([201, 201, 429, 201, 201, 429]);
    running = await startRedis(Number(new URL(redis.url).port));
    let user = 0;
    await expect.poll(() => statuses(`again-${user++}`)).toEqual([201, 201, 429, 429, 429, 429]);
  });
});

describe("in one database", () => {
  it("several processes count together", async () => {
    const database = await postgresDatabase();
    const pool = new pg.Pool({ connectionString: database.url, max: 2 });
    onTestFinished(async () => {
      await pool.end();
      await database.drop();
    });
    // Made before anybody counts in it, as a host's migration does: limiters that each make it if it is not there fail each other.
    await pool.query("CREATE TABLE rates (key varchar(255) PRIMARY KEY, points integer NOT NULL DEFAULT 0, expire bigint)");
    const processWith = () =>
      createRateLimits({
        commands: { points: 3, seconds: 600 },
        limiter: (options) =>
          new RateLimiterPostgres({ ...options, storeClient: pool, storeType: "pool", tableName: "rates", tableCreated: true }),
      }).inventory(inventory);
    const [one, other] = [processWith(), processWith()];
    const all = [];
    for (const limited of [one, other, one, other]) all.push(await codeOf(limited.execute("stock.sell", {}, ada)));
    expect(all).toEqual(["done", "done", "done", "RATE_LIMITED"]);
  });
});
