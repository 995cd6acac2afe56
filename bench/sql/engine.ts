import { join } from "node:path";
import createKnex, { type Knex } from "knex";
import { findOrStart } from "../../tests/servers/database-server";
import { mysql } from "../../tests/servers/mysql";
import { postgres } from "../../tests/servers/postgres";
import { temporaryDirectory } from "../temporary";

/** An empty database for one contender in one round. */
export interface Place {
  /** Connections of its own, as a host would open them. */
  knex(poolSize?: number): Knex;
  /** Its URL, or on SQLite the file. */
  readonly address: string;
  remove(): Promise<void>;
}

/** A database engine to measure on. */
export interface SqlEngine {
  readonly name: "postgres" | "sqlite" | "mysql";
  place(): Promise<Place>;
  /** Stops the server, if this run started it. */
  close(): Promise<void>;
}

/** What a host's pool usually holds. */
const usualPool = 10;

/** The engine of this name; servers are found as the tests find them. */
export function openEngine(name: SqlEngine["name"], disk: string): Promise<SqlEngine> {
  return { postgres: () => onServer("postgres"), mysql: () => onServer("mysql"), sqlite: async () => onFile(disk) }[name]();
}

const servers = { postgres: { kind: postgres, client: "pg" }, mysql: { kind: mysql, client: "mysql2" } } as const;

async function onServer(name: keyof typeof servers): Promise<SqlEngine> {
  const { kind, client } = servers[name];
  const server = await findOrStart(kind);
  return {
    name,
    async place() {
      const { url, drop } = await kind.createDatabase(server.url);
      return {
        address: url,
        knex: (poolSize = usualPool) => createKnex({ client, connection: url, pool: { min: 0, max: poolSize } }),
        remove: drop,
      };
    },
    close: server.stop,
  };
}

const onFile = (disk: string): SqlEngine => ({
  name: "sqlite",
  async place() {
    const directory = await temporaryDirectory(disk);
    const address = join(directory.path, "shop.db");
    return {
      address,
      // The usual pool of knex on SQLite is one connection.
      knex: (poolSize = 1) =>
        createKnex({
          client: "better-sqlite3",
          connection: { filename: address },
          useNullAsDefault: true,
          pool: { min: 1, max: poolSize },
        }),
      remove: directory.remove,
    };
  },
  close: async () => undefined,
});
