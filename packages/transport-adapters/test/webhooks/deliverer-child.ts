import { createInventory } from "@onhand/core";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import { createWebhooks, openWebhookStore } from "@onhand/transport-adapters/webhooks";
import createKnex from "knex";

// Runs a webhook until it is killed. What it delivers says which process it was.
const [, , config = "", url = "", leaseMs = ""] = process.argv;
const knex = createKnex(JSON.parse(config));
const inventory = await createInventory({ storage: sqlStorage({ knex, pollMs: 50 }) });
createWebhooks({
  inventory,
  store: await openWebhookStore(sqlStorage({ knex, tablePrefix: "webhooks_" })),
  endpoints: [
    { name: "erp", url, secrets: [Buffer.alloc(32, 7).toString("base64")], headers: { "x-process": String(process.pid) }, from: 0 },
  ],
  limits: { leaseMs: Number(leaseMs), gatherMs: 5, firstRetryMs: 20, maxChanges: 10 },
  allowPrivateNetwork: true,
});
process.stdout.write("ready\n");
// Timers of the webhooks keep no process alive.
setInterval(() => undefined, 60_000);
