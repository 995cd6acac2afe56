import { sqlStorage } from "@onhand/storage-adapters/sql";
import { describeSqlStorage } from "./describe-sql-storage";
import { engines } from "./servers";

for (const engine of engines)
  describeSqlStorage(engine.name, engine, (place) => sqlStorage({ knex: place.connect(), pollMs: 20, ...place.where }));
