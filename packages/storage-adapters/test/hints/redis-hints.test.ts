import type { Inventory, Logger } from "@onhand/core";
import { createInventory } from "@onhand/core";
import { addExamples } from "@onhand/core/testing";
import { type RedisSubscriber, redisHints, withHints } from "@onhand/storage-adapters/hints";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import { createClient } from "redis";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startRedis } from "../../../../tests/servers";
import { engines, type Place } from "../sql/servers";

// Redis and databases are started for each test, on machines that others use as well.
vi.setConfig({ testTimeout: 30_000 });

const silent: Logger = { error: () => undefined, warn: () => undefined };
const goods = { sku: "TEA-50", storeId: "berlin" };
const neverMs = 3_600_000;

/** The clients of one process, as its host would connect them. */
async function clients(url: string) {
  const publisher = createClient({ url, socket: { reconnectStrategy: 20 } });
  const subscriber = publisher.duplicate();
  for (const client of [publisher, subscriber]) client.on("error", () => undefined);
  await Promise.all([publisher.connect(), subscriber.connect()]);
  onTestFinished(() => {
    publisher.destroy();
    subscriber.destroy();
  });
  return { publisher, subscriber };
}

/** An inventory that learns of others' commits over Redis, and else by asking. */
async function open(place: Place, url: string, pollMs: number): Promise<{ inventory: Inventory; heard: number[] }> {
  const storage = sqlStorage({ knex: place.connect(), logger: silent, pollMs, ...place.where });
  const inventory = await createInventory({
    storage: withHints(storage, redisHints({ ...(await clients(url)), logger: silent })),
    logger: silent,
  });
  onTestFinished(() => inventory.close());
  const heard: number[] = [];
  inventory.feed.subscribe(({ from, to }) => {
    for (let seq = from + 1; seq <= to; seq++) heard.push(seq);
  });
  return { inventory, heard };
}

async function redis(port?: number) {
  const server = await startRedis(port);
  let stopped = false;
  const stop = async () => {
    if (!stopped) await server.stop();
    stopped = true;
  };
  onTestFinished(stop);
  return { url: server.url, stop };
}

describe.each(engines.filter(({ name }) => name !== "PostgreSQL"))("two processes on $name and one Redis", (engine) => {
  async function place(): Promise<Place> {
    const made = await engine.place();
    onTestFinished(() => made.destroy());
    return made;
  }

  it("one hears of the other's commits by nothing but Redis", async () => {
    const [at, { url }] = await Promise.all([place(), redis()]);
    const one = await open(at, url, neverMs);
    const other = await open(at, url, neverMs);
    await addExamples(one.inventory);
    const { seq } = await one.inventory.stock.receive({ ...goods, quantity: 5 });
    await expect.poll(() => other.heard.at(-1)).toBe(seq);
    const back = await other.inventory.stock.sell({ ...goods, quantity: 1 });
    await expect.poll(() => one.heard.at(-1)).toBe(back.seq);
    expect(one.heard).toEqual(Array.from({ length: back.seq }, (_, index) => index + 1));
    expect(other.heard).toEqual(one.heard);
  });

  it("with Redis gone, commands go on and are heard of by the poll", async () => {
    const [at, server] = await Promise.all([place(), redis()]);
    const one = await open(at, server.url, 50);
    const other = await open(at, server.url, 50);
    await addExamples(one.inventory);
    await server.stop();
    for (let sold = 0; sold < 20; sold++) await one.inventory.stock.receive({ ...goods, quantity: 1 });
    const head = await one.inventory.feed.head();
    await expect.poll(() => other.heard.at(-1)).toBe(head);
    expect(other.heard).toEqual(Array.from({ length: head }, (_, index) => index + 1));
  });

  it("when Redis is back, hints are too, and with the first comes what was missed", async () => {
    const [at, first] = await Promise.all([place(), redis()]);
    const one = await open(at, first.url, neverMs);
    const other = await open(at, first.url, neverMs);
    await addExamples(one.inventory);
    await expect.poll(async () => other.heard.at(-1)).toBe(await one.inventory.feed.head());
    await first.stop();
    const { seq: missed } = await one.inventory.stock.receive({ ...goods, quantity: 1 });
    expect(other.heard).not.toContain(missed);
    await redis(Number(new URL(first.url).port));
    await vi.waitFor(
      async () => {
        const { seq } = await one.inventory.stock.receive({ ...goods, quantity: 1 });
        await expect.poll(() => other.heard, { timeout: 200 }).toContain(seq);
      },
      { timeout: 30_000 },
    );
    expect(other.heard).toEqual(Array.from({ length: other.heard.length }, (_, index) => index + 1));
  });
});

describe("a Redis that misbehaves", () => {
  const deaf: RedisSubscriber = { subscribe: async () => undefined, unsubscribe: async () => undefined };

  it("that answers nothing holds up nobody: one message is on its way, and of the rest the latest waits", async () => {
    const answers: (() => void)[] = [];
    const publish = vi.fn((_channel: string, _message: string) => new Promise<void>((resolve) => void answers.push(resolve)));
    const { tell } = redisHints({ publisher: { publish }, subscriber: deaf, logger: silent });
    for (let seq = 1; seq <= 1_000; seq++) tell("e", seq);
    tell("f", 7);
    expect(publish.mock.calls).toEqual([["onhand:head:e", "1"]]);
    answers.shift()?.();
    await expect.poll(() => publish.mock.calls.at(-1)).toEqual(["onhand:head:e", "1000"]);
    answers.shift()?.();
    await expect.poll(() => publish.mock.calls.at(-1)).toEqual(["onhand:head:f", "7"]);
    expect(publish).toHaveBeenCalledTimes(3);
  });

  it("that refuses is logged once until it has taken something, and never throws", async () => {
    const warn = vi.fn();
    let away = true;
    const publish = vi.fn(async () => {
      if (away) throw new Error("away");
    });
    const { tell } = redisHints({ publisher: { publish }, subscriber: deaf, logger: { ...silent, warn } });
    const tellAll = async (...seqs: readonly number[]) => {
      for (const seq of seqs) {
        tell("e", seq);
        await new Promise(setImmediate);
      }
    };
    await tellAll(1, 2, 3);
    expect(warn).toHaveBeenCalledTimes(1);
    away = false;
    await tellAll(4);
    away = true;
    await tellAll(5, 6);
    expect(warn).toHaveBeenCalledTimes(2);
  });

  it("that says nonsense is not believed", () => {
    const listeners: ((message: string) => void)[] = [];
    const subscriber = { ...deaf, subscribe: async (_: string, listener: (message: string) => void) => void listeners.push(listener) };
    const { listen } = redisHints({ publisher: { publish: async () => 0 }, subscriber, logger: silent });
    const heard: number[] = [];
    const stop = listen("e", (seq) => heard.push(seq));
    for (const message of ["7", "-1", "1.5", "NaN", "{}", "9007199254740993", "8"]) listeners[0]?.(message);
    expect(heard).toEqual([7, 8]);
    stop();
    listeners[0]?.("9");
    expect(heard).toEqual([7, 8]);
  });
});
