import { sqlStorage } from "@onhand/storage-adapters/sql";
import createKnex from "knex";
import { putCrate, silent, tables } from "./fixture-rows";

// Writes an order and its stock in one transaction, says so, and waits to be killed before or after the commit.
const [, , config, where, when] = process.argv as string[];
const knex = createKnex(JSON.parse(config as string));
const storage = sqlStorage({ knex, logger: silent, ...JSON.parse(where as string) });
await storage.open(tables);
const trx = await knex.transaction();
await trx("orders").insert({ id: 1 });
await storage.transaction((tx) => putCrate(tx, "ordered"), { host: trx });
if (when === "after") await trx.commit();
process.stdout.write("written\n");
setInterval(() => undefined, 1_000);
