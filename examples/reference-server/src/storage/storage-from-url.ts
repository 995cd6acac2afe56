import { InventoryError, type StorageAdapter } from "@onhand/core";

const kinds = {
  csv: async (directory: string) => {
    if (directory === "") throw unusable("csv: is followed by a directory, such as csv:./data");
    const { csvStorage } = await import("@onhand/storage-adapters/csv");
    return csvStorage({ directory });
  },
  memory: async (rest: string) => {
    if (rest !== "") throw unusable("memory: takes nothing after the colon");
    const { memoryStorage } = await import("@onhand/storage-adapters/memory");
    return memoryStorage();
  },
  sqlite: async (rest: string) => {
    const [file = "", parameters] = rest.split("?", 2);
    if (file === "") throw unusable("sqlite: is followed by a file, such as sqlite:./onhand.db");
    const options = optionsOf("sqlite", new URLSearchParams(parameters));
    return (await import("./sql")).sqliteStorage(file, options);
  },
  postgres: async (rest: string, replicas: readonly string[]) => {
    const { url, options } = server("postgres", rest);
    return (await import("./sql")).postgresStorage(url, options, replicas.map(replicaUrl));
  },
  mysql: async (rest: string) => {
    const { url, options } = server("mysql", rest);
    return (await import("./sql")).mysqlStorage(url, options);
  },
} as const satisfies Record<string, (rest: string, replicas: readonly string[]) => Promise<StorageAdapter>>;

const aliases: Readonly<Record<string, keyof typeof kinds>> = { postgresql: "postgres", mariadb: "mysql" };

/** How addresses look, for messages and `--help`. */
export const storageAddresses = "csv:DIRECTORY, memory:, sqlite:FILE, postgres://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE";

/** Where in its database a ledger is kept, from the address's parameters. */
export interface SqlPlace {
  readonly schema?: string;
  readonly tablePrefix?: string;
}

/**
 * The storage that an address names: `csv:DIRECTORY`, `memory:`, `sqlite:FILE`, `postgres://…` or `mysql://…`. Only the one that
 * is named is loaded, so that the others need no driver. `?tablePrefix=…`, and on PostgreSQL `?schema=…`, say where in the
 * database. Closing the storage closes its connections.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when the address names no storage.
 * @example
 * const inventory = await createInventory({ storage: await storageFromUrl("csv:./data") });
 */
export async function storageFromUrl(address: string, replicas: readonly string[] = []): Promise<StorageAdapter> {
  const [, named = "", rest = ""] = /^(\w+):(.*)$/su.exec(address) ?? [];
  const kind = aliases[named] ?? named;
  if (replicas.length > 0 && kind !== "postgres") throw unusable("only postgres:// has replicas");
  if (Object.hasOwn(kinds, kind)) return kinds[kind as keyof typeof kinds](rest, replicas);
  // What stands behind the scheme may be a password.
  throw unusable(`must be ${storageAddresses}, not ${named === "" ? JSON.stringify(address.slice(0, 40)) : `${named.slice(0, 20)}:…`}`);
}

/** The address of a replica, whose place in the database is the primary's. */
function replicaUrl(address: string): URL {
  const [, rest] = /^postgres(?:ql)?:(.*)$/su.exec(address) ?? [];
  if (rest === undefined) throw unusable("a replica is postgres://…, as its primary is");
  return server("postgres", rest).url;
}

/** The address as it may be shown: without the password. */
export const shownAddress = (address: string): string => address.replace(/^(\w+:\/\/[^/@:]*):.*@/su, "$1:…@");

/** A database server's address, and what in it is ours. */
function server(kind: "postgres" | "mysql", rest: string): { url: URL; options: SqlPlace } {
  const text = `${kind}:${rest}`;
  if (!rest.startsWith("//") || !URL.canParse(text)) throw unusable(`${kind}: is followed by //USER:PASSWORD@HOST:PORT/DATABASE`);
  const url = new URL(text);
  if (url.hostname === "") throw unusable(`${kind}:// is followed by a host, such as ${kind}://onhand@127.0.0.1/shop`);
  if (!/^\/[^/]+$/u.test(url.pathname)) throw unusable(`${kind}://${url.host}/ is followed by the name of a database`);
  const options = optionsOf(kind, url.searchParams);
  url.searchParams.delete("schema");
  url.searchParams.delete("tablePrefix");
  return { url, options };
}

function optionsOf(kind: string, parameters: URLSearchParams): SqlPlace {
  const schema = parameters.get("schema");
  const tablePrefix = parameters.get("tablePrefix");
  if (schema !== null && kind !== "postgres") throw unusable(`only postgres:// takes ?schema=; ${kind} takes ?tablePrefix=`);
  const unknown = kind === "sqlite" ? [...parameters.keys()].find((name) => name !== "tablePrefix") : undefined;
  if (unknown !== undefined) throw unusable(`sqlite: takes ?tablePrefix= and nothing else, not ?${unknown.slice(0, 20)}=`);
  return { ...(schema !== null && { schema }), ...(tablePrefix !== null && { tablePrefix }) };
}

const unusable = (message: string) => new InventoryError("INVALID_INPUT", { issues: [{ path: "storage", message }] });
