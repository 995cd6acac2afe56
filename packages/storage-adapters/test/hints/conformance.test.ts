import { describeStorage } from "@onhand/core/testing";
import { withHints } from "@onhand/storage-adapters/hints";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import { describeSqlStorage } from "../sql/describe-sql-storage";
import { sqliteFiles } from "../sql/servers";
import { localCarrier } from "./local-carrier";

describeStorage("memory, with hints", {
  create() {
    const storage = withHints(memoryStorage(), localCarrier());
    return { storage, peer: async () => storage, destroy: () => storage.close() };
  },
  capabilities: { durability: "none", shared: true, hostTransactions: false, settlesUnknownOutcomes: false },
});

/** Asks so seldom that whoever hears of others' commits has heard of them by a hint. */
const neverMs = 3_600_000;
const carrier = localCarrier();

describeSqlStorage("SQLite, with nothing but hints between adapters", sqliteFiles("better-sqlite3"), (place) =>
  withHints(sqlStorage({ knex: place.connect(), pollMs: neverMs, ...place.where }), carrier),
);
