import { sqlStorage } from "@onhand/storage-adapters/sql";
import { nodeSqliteClient } from "@onhand/storage-adapters/sql/node-sqlite";
import { describeSqlStorage } from "../describe-sql-storage";
import { sqliteFiles } from "../servers";

describeSqlStorage("SQLite, built into Node", sqliteFiles(nodeSqliteClient()), (place) =>
  sqlStorage({ knex: place.connect(), pollMs: 20, ...place.where }),
);
