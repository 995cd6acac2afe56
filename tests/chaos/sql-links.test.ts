import { createInventory, errorCodes, type Inventory, isInventoryError } from "@onhand/core";
import { allOf } from "@onhand/core/testing";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import createKnex from "knex";
import { describe, expect, type TestContext, test } from "vitest";
import { budgets, searchTimeoutMs } from "../budgets";
import { mysqlDatabase, postgresDatabase, waitFor } from "../servers";
import type { Direction, Protocol } from "./framing";
import { type Fate, startTcpProxy, type TcpProxy } from "./tcp-proxy";

const goods = { sku: "TEA", storeId: "berlin" } as const;
const quiet = { error: () => undefined, warn: () => undefined };
/** Commands of one group. */
const together = 3;
const maximumTries = 50;
const keepaliveTries = 2;
const stride = (fate: Fate) => (fate === "black-hole" || fate === "mute" ? budgets.strikes.silent : budgets.strikes.loud);
const patienceMs = 30_000;

const engines = [
  { name: "PostgreSQL", client: "pg", protocol: "postgres", database: postgresDatabase },
  { name: "MariaDB", client: "mysql2", protocol: "mysql", database: mysqlDatabase },
] as const satisfies readonly { name: string; client: string; protocol: Protocol; database: unknown }[];

const fates = ["cut-before", "cut-after", "black-hole", "mute", "delay"] as const satisfies readonly Fate[];

/** One ledger, reached directly and through a link that can be broken. */
interface Chaos {
  readonly direct: Inventory;
  readonly linked: Inventory;
  readonly proxy: TcpProxy;
}

async function setUp(
  { client, protocol, database }: (typeof engines)[number],
  { onTestFinished }: Pick<TestContext, "onTestFinished">,
): Promise<Chaos> {
  const { url, drop } = await database();
  onTestFinished(drop);
  const { hostname, port } = new URL(url);
  const proxy = await startTcpProxy({ host: hostname, port: Number(port), protocol });
  onTestFinished(proxy.close);
  const through = new URL(url);
  through.host = `127.0.0.1:${proxy.port}`;
  const open = async (connection: string, statementTimeoutMs: number) => {
    const knex = createKnex({ client, connection, pool: { min: 0, max: 4 } });
    onTestFinished(() => knex.destroy());
    const timeouts = { statementTimeoutMs, lockTimeoutMs: 100, acquireTimeoutMs: 2_000, pollMs: 60_000 };
    const inventory = await untilAnswered(() =>
      createInventory({ storage: sqlStorage({ knex, ...timeouts, logger: quiet }), logger: quiet }),
    );
    onTestFinished(inventory.close);
    return inventory;
  };
  // Makes the tables, which takes a busy machine a while. Only who has a broken link must soon give up.
  const direct = await open(url, patienceMs);
  await direct.products.create({ sku: goods.sku, name: "Tea" });
  await direct.stores.create({ id: goods.storeId, name: "Berlin" });
  await direct.stock.receive({ ...goods, quantity: 100_000 });
  return { direct, linked: await open(through.href, 250), proxy };
}

/** A deadline as short as that of the broken link is missed by a busy machine now and then. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (!isInventoryError(error, "STORAGE_UNAVAILABLE") || tries === maximumTries) throw error;
    }
  }
}

/**
 * Sells one, and again under the same key as long as the refusal says that a retry may help. A server that heard half of what it
 * waits for keeps its locks until it knows that nobody is there: MariaDB always, PostgreSQL between Execute and Sync. So
 * after a few tries its keepalive runs out.
 */
async function sellUntilKnown({ proxy }: Chaos, inventory: Inventory, idempotencyKey: string): Promise<number> {
  for (let tries = 1; ; tries++) {
    if (tries > keepaliveTries) proxy.expire();
    try {
      return (await inventory.stock.sell({ ...goods, quantity: 1, idempotencyKey })).seq;
    } catch (error) {
      if (!isInventoryError(error) || !errorCodes[error.code].retryable || tries === maximumTries) throw error;
    }
  }
}

/** Sells a group once; the number of each sale that was acknowledged, by its key. What failed must say that it may be retried. */
async function sellTogether(inventory: Inventory, keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const sales = await Promise.allSettled(keys.map((idempotencyKey) => inventory.stock.sell({ ...goods, quantity: 1, idempotencyKey })));
  const acknowledged = new Map<string, number>();
  for (const [index, sale] of sales.entries()) {
    if (sale.status === "fulfilled") acknowledged.set(keys[index] as string, sale.value.seq);
    else
      expect(sale.reason, "what a broken link gives").toMatchObject({
        code: expect.stringMatching(/^(STORAGE_UNAVAILABLE|OUTCOME_UNKNOWN)$/u),
      });
  }
  return acknowledged;
}

/** Breaks the link at one message of a group, and answers whether the group had so many. Every sale is settled afterwards. */
async function strike(chaos: Chaos, fate: Fate, at: { direction: Direction; place: number }, keys: readonly string[]) {
  const { linked, proxy } = chaos;
  let struck = false;
  proxy.recount();
  proxy.intercept(({ direction, place }) => {
    if (struck || direction !== at.direction || place !== at.place) return "forward";
    struck = true;
    return fate;
  });
  const selling = sellTogether(linked, keys);
  // A link that is slow, and not dead: what was held goes on after a moment.
  let over = false;
  const releasing = fate === "delay" ? waitFor("the message or the end", patienceMs, () => struck || over).then(proxy.release) : undefined;
  const acknowledged = await selling;
  over = true;
  proxy.intercept(undefined);
  await releasing;
  const numbers = new Map(await Promise.all(keys.map(async (key) => [key, await sellUntilKnown(chaos, linked, key)] as const)));
  for (const [key, seq] of acknowledged) expect(numbers.get(key), `the number of ${key}`).toBe(seq);
  return { struck, numbers };
}

/** The ledger has each of these sales once, under the number that was acknowledged, and no other; its numbers are dense and its levels right. */
async function check({ direct }: Chaos, sold: ReadonlyMap<string, number>): Promise<void> {
  const movements = await allOf((page) => direct.stock.movements({ ...page, type: "sold" }));
  expect(movements).toHaveLength(sold.size);
  expect(new Map(movements.map(({ idempotencyKey, seq }) => [idempotencyKey, seq]))).toEqual(sold);
  expect((await direct.stock.level(goods)).onHand).toBe(100_000 - sold.size);
  // Product, store and receipt came first; every command since is one of these sales.
  expect([...sold.values()].sort((a, b) => a - b)).toEqual(Array.from({ length: sold.size }, (_, index) => index + 4));
  expect(await direct.verify()).toMatchObject({ ok: true });
}

// All at once: each has a database and a link of its own, and what takes time is deadlines that nobody works towards.
describe.concurrent.each(engines)("the link to $name", (engine) => {
  test.concurrent.for(fates)(
    "%s at the messages of a group: nothing acknowledged is lost or doubled, and every retry is settled",
    { timeout: searchTimeoutMs },
    async (fate, context) => {
      const chaos = await setUp(engine, context);
      const sold = new Map<string, number>();
      const sell = async (inventory: Inventory, key: string) => void sold.set(key, await sellUntilKnown(chaos, inventory, key));
      let strikes = 0;
      // A head that stands where it was believed takes one way through the storage, one that somebody else moved another.
      for (const contended of [false, true]) {
        for (const direction of ["toServer", "toClient"] as const) {
          for (let place = 1; ; place += stride(fate)) {
            const name = `${contended ? "contended" : "alone"}, ${direction} ${place}`;
            await sell(chaos.linked, `${name}, warm`);
            if (contended) await sell(chaos.direct, `${name}, another's`);
            const keys = Array.from({ length: together }, (_, index) => `${name}, ${index}`);
            const { struck, numbers } = await strike(chaos, fate, { direction, place }, keys);
            for (const [key, seq] of numbers) sold.set(key, seq);
            if (!struck) break;
            strikes++;
          }
        }
      }
      expect(strikes, "messages of a group, both ways and by both paths").toBeGreaterThanOrEqual(4);
      await check(chaos, sold);
    },
  );
});
