import { InventoryError, type Logger, type TableSet } from "@onhand/core";
import { type Belief, createBelief } from "./belief";
import { type Connections, createConnections } from "./connections";
import { dialectOf } from "./detect";
import type { Dialect, Durability, SessionLimits, WritePlan } from "./dialects/dialect";
import type { HeadState } from "./head";
import { createHostJoin, type HostJoin } from "./host";
import { headTable, type Namespace, type TableLayout } from "./layout";
import { checksum } from "./names";
import type { SqlStorageOptions } from "./options";
import { createReplicas, type Replicas } from "./replicas";
import { type Chance, patiently, realChance } from "./retry";
import { describeSchema, migrate, readHead, type Schema } from "./schema";
import { createTurns, type Turns } from "./turns";
import { createWatch, type Watch } from "./watch";
import { createWriter, type Writer } from "./writer";

/** What an open storage works with. */
export interface Opened {
  readonly schema: Schema;
  readonly epoch: string;
  readonly connections: Connections;
  readonly belief: Belief;
  readonly writer: Writer;
  readonly turns: Turns;
  readonly watch: Watch;
  readonly replicas: Replicas;
  readonly durability: Durability;
  readonly host: HostJoin;
  tableOf(name: string): TableLayout;
}

/** What opening needs beside the tables. */
export interface OpenOptions {
  readonly options: SqlStorageOptions;
  readonly namespace: Namespace;
  readonly limits: SessionLimits & { readonly acquireMs: number };
  readonly logger: Logger;
}

/** Creates or migrates the tables and puts the parts of a storage together. */
export async function openSql(tables: TableSet, { options, namespace, limits, logger }: OpenOptions): Promise<Opened> {
  const { knex, replicas = [], createTables = true } = options;
  const chance: Chance = options.chance ?? realChance;
  const dialect = await dialectOf(knex, limits);
  if (dialect.name === "sqlite" && namespace.schema !== undefined) throw new TypeError("SQLite has no schemas: use tablePrefix");
  const schema = describeSchema(dialect, namespace, tables);
  const connections = createConnections(knex, dialect, limits);
  const { head, durability } = await patiently(chance, () =>
    connections.use(async (session) => {
      const lacking = await dialect.requirements(session);
      if (lacking) throw new InventoryError("UNSUPPORTED", { feature: lacking });
      const migrated = await migrate(schema, session, {
        create: createTables,
        inside: false,
        newEpoch: () => globalThis.crypto.randomUUID(),
      });
      return { head: migrated, durability: await dialect.durability(session) };
    }),
  );
  for (const setting of durability.weak)
    logger.warn({ setting }, "a setting of the database makes commits less durable than they could be");

  const byName = new Map(schema.tables.map((table) => [table.definition.name, table]));
  function tableOf(name: string): TableLayout {
    const table = byName.get(name);
    if (!table) throw new TypeError(`there is no table ${name}`);
    return table;
  }
  const belief = createBelief(head);
  const plan: WritePlan = { namespace, head: schema.head, channel: channelOf(namespace), limits };
  const watch = createWatch({
    pollMs: options.pollMs ?? (dialect.listen ? 2_000 : 250),
    logger,
    async readSeq() {
      const seen = await connections.use((session) => readHead(schema, session));
      belief.learn(seen);
      return seen.seq;
    },
    ...(dialect.listen && {
      listen: (heard: (seq: number) => void, ended: (error: unknown) => void) =>
        (dialect.listen as NonNullable<Dialect["listen"]>)(connections.acquireRaw, plan.channel, heard, ended),
    }),
  });
  const committed = (after: HeadState) => {
    belief.learn(after);
    watch.tell(after.seq);
  };
  const turns = createTurns({ dialect, plan, connections, chance, logger });
  return {
    schema,
    turns,
    epoch: head.epoch,
    connections,
    belief,
    watch,
    durability,
    tableOf,
    writer: createWriter({ schema, plan, connections, tableOf, belief, committed, chance, turns }),
    replicas: createReplicas(
      schema,
      head.epoch,
      replicas.map((replica) => createConnections(replica, dialect, limits)),
      logger,
    ),
    host: createHostJoin({ schema, plan, limits, tableOf, epoch: head.epoch, belief, chance, committed }),
  };
}

/** One channel per namespace. Names are shortened to a checksum: a channel's name has 63 characters at most. */
const channelOf = ({ schema, tablePrefix }: Namespace): string => `onhand_${checksum(`${schema ?? ""}.${tablePrefix}${headTable}`)}`;
