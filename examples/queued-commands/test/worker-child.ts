import { createInventory } from "@onhand/core";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import createKnex from "knex";
import { applyWith } from "../src/apply-job";
import { openQueue } from "../src/open-queue";

// Applies the first job it gets, says so, and never tells the queue: it waits to be killed.
const [database = "", place = ""] = process.argv.slice(2);
const knex = createKnex({ client: "pg", connection: database });
const inventory = await createInventory({ storage: sqlStorage({ knex }) });
const queue = await openQueue(JSON.parse(place));
const apply = applyWith(inventory);
await queue.work(async (job) => {
  await apply(job);
  process.stdout.write("applied\n");
  return new Promise(() => undefined);
});
