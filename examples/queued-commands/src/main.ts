import { randomUUID } from "node:crypto";
import { serve } from "@hono/node-server";
import { createInventory } from "@onhand/core";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import createKnex from "knex";
import { createApp } from "./app";
import { applyWith } from "./apply-job";
import { openQueue } from "./open-queue";

// One process with both halves. In earnest they are two: any number that answer, and any number that work.
const { DATABASE_URL = "", QUEUE_URL = DATABASE_URL, PORT = "3000" } = process.env;
if (DATABASE_URL === "") {
  process.stderr.write("error: set DATABASE_URL, such as postgres://shop@127.0.0.1/shop\n");
  process.exit(2);
}
const knex = createKnex({ client: "pg", connection: DATABASE_URL });
const inventory = await createInventory({ storage: sqlStorage({ knex }) });
// Something to try it with. The keys make every start after the first change nothing.
await inventory.products.create({ sku: "CUP", name: "Cup", idempotencyKey: "queued-commands:CUP" });
await inventory.stores.create({ id: "berlin", name: "Berlin", idempotencyKey: "queued-commands:berlin" });
const queue = await openQueue({ url: QUEUE_URL });
const stopWorker = await queue.work(applyWith(inventory));
const server = serve({ fetch: createApp({ queue, newId: randomUUID }).fetch, hostname: "127.0.0.1", port: Number(PORT) }, ({ port }) =>
  process.stdout.write(`POST http://127.0.0.1:${port}/stock/receive\n`),
);

async function close(): Promise<void> {
  server.close();
  await stopWorker();
  await queue.close();
  await inventory.close();
  await knex.destroy();
}

process.once("SIGINT", close);
process.once("SIGTERM", close);
