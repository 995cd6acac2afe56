import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createInventory, type Inventory } from "@onhand/core";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import { Redis } from "ioredis";
import createKnex from "knex";
import { afterEach, describe, expect, it } from "vitest";
import { postgresDatabase, redisServer } from "../../../tests/servers";
import { createApp } from "../src/app";
import { applyWith } from "../src/apply-job";
import { openQueue, type QueuePlace } from "../src/open-queue";

const cup = { sku: "CUP", storeId: "berlin" };
const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function openShop(): Promise<{ inventory: Inventory; database: string }> {
  const { url, drop } = await postgresDatabase();
  endings.push(drop);
  const knex = createKnex({ client: "pg", connection: url });
  endings.push(() => knex.destroy());
  const inventory = await createInventory({ storage: sqlStorage({ knex }) });
  endings.push(() => inventory.close());
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  await inventory.products.create({ sku: "CUP", name: "Cup" });
  return { inventory, database: url };
}

/** Queues as short of patience as a test is. */
const places: Readonly<Record<string, (database: string) => Promise<QueuePlace>>> = {
  async bullmq() {
    const place = { url: await redisServer(), prefix: `onhand_test_${randomUUID()}`, lockMs: 500 };
    endings.push(() => forget(place.url, place.prefix));
    return place;
  },
  "pg-boss": async (database) => ({ url: database, schema: "jobs", expireInSeconds: 1, maintenanceSeconds: 1 }),
};

async function forget(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length > 0) await redis.del(keys);
  redis.disconnect();
}

async function open(kind: string) {
  const { inventory, database } = await openShop();
  const place = await (places[kind] as (database: string) => Promise<QueuePlace>)(database);
  const queue = await openQueue(place);
  endings.push(() => queue.close());
  const app = createApp({ queue, newId: randomUUID });
  const post = (command: string, body: unknown, headers: Record<string, string> = {}) =>
    app.request(`/stock/${command}`, { method: "POST", body: JSON.stringify(body), headers });
  const status = async (location: string | null) => (await app.request(location ?? "/nowhere")).json();
  return {
    inventory,
    database,
    place,
    queue,
    app,
    post,
    /** What became of the job behind a 202. */
    settled: (location: string | null) => expect.poll(() => status(location), { timeout: 30_000, interval: 50 }),
    async startWorker() {
      const stop = await queue.work(applyWith(inventory));
      endings.push(stop);
    },
  };
}

/** A worker that is killed when it has applied a job and not yet told the queue. */
async function dieAfterApplying(database: string, place: QueuePlace): Promise<void> {
  const script = fileURLToPath(new URL("worker-child.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@onhand/source", "--import", "tsx", script, database, JSON.stringify(place)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  endings.push(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  const said = await Promise.race([once(createInterface(child.stdout), "line"), exited.then(() => ["it ended"])]);
  expect(said).toEqual(["applied"]);
  child.kill("SIGKILL");
  await exited;
}

describe.each(Object.keys(places))("stock commands queued with %s", (kind) => {
  it("are answered 202 and applied by a worker, which may come later; a refusal is an outcome", { timeout: 60_000 }, async () => {
    const { post, settled, startWorker, inventory } = await open(kind);
    const received = await post("receive", { ...cup, quantity: 5 });
    expect(received.status).toBe(202);
    const location = received.headers.get("Location");
    expect(location).toBe(`/jobs/${(await received.json()).id}`);
    await settled(location).toEqual({ state: "waiting" });
    await startWorker();
    await settled(location).toEqual({ state: "done", outcome: { applied: true, seq: 3 } });
    const oversold = await post("sell", { ...cup, quantity: 6 });
    await settled(oversold.headers.get("Location")).toEqual({
      state: "done",
      outcome: { applied: false, code: "INSUFFICIENT_STOCK", details: { ...cup, requested: 6, available: 5 } },
    });
    expect((await inventory.stock.level(cup)).onHand).toBe(5);
  });

  it("sent twice under one key are one job, and what can never be applied is refused at once", { timeout: 60_000 }, async () => {
    const { post, settled, startWorker, inventory, app } = await open(kind);
    await startWorker();
    const key = { "Idempotency-Key": randomUUID() };
    const answers = await Promise.all([1, 2, 3].map(() => post("receive", { ...cup, quantity: 5 }, key)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    await settled(answers[0]?.headers.get("Location") ?? null).toMatchObject({ state: "done" });
    await post("receive", { ...cup, quantity: 5 }, key);
    expect((await inventory.stock.level(cup)).onHand).toBe(5);
    expect((await post("receive", { ...cup, quantity: -1 })).status).toBe(400);
    expect((await post("teleport", cup)).status).toBe(400);
    expect((await post("receive", { ...cup, quantity: 1 }, { "Idempotency-Key": "order-7" })).status).toBe(400);
    expect((await app.request(`/jobs/${randomUUID()}`)).status).toBe(404);
  });

  it("are applied once when the worker is killed between applying and saying so", { timeout: 60_000 }, async () => {
    const { post, settled, startWorker, inventory, database, place } = await open(kind);
    const answer = await post("receive", { ...cup, quantity: 5 });
    await dieAfterApplying(database, place);
    expect((await inventory.stock.level(cup)).onHand).toBe(5);
    await startWorker();
    await settled(answer.headers.get("Location")).toEqual({ state: "done", outcome: { applied: true, seq: 3 } });
    expect((await inventory.stock.movements({ sku: "CUP" })).items).toHaveLength(1);
  });
});
