import { type ServerKind, type StartedServer, startServer } from "./child-server";

/** A database of one test's own. */
export interface TestDatabase {
  /** With user, host, port and the database's name. */
  readonly url: string;
  /** Removes it with everything in it, whoever is still connected. */
  drop(): Promise<void>;
}

/** A kind of server, and how to find one. */
export interface Server {
  readonly kind: ServerKind;
  /** A variable that holds the address of one to use, or `start` to have one started whatever runs. */
  readonly environment: string;
  /** Where one usually runs. */
  readonly usual: string;
  isReady(url: string): Promise<boolean>;
}

/** A kind of database server, and how to get a database of one's own there. */
export interface DatabaseServer extends Server {
  createDatabase(server: string): Promise<TestDatabase>;
}

/**
 * A server: the one the environment names, else the one on the usual port, if it lets us in, else one started now.
 *
 * @throws Error when the one that was named does not answer, or none can be started: tests never go without.
 */
export async function findOrStart({ kind, environment, usual, isReady }: Server): Promise<StartedServer> {
  const named = process.env[environment];
  if (named !== undefined && named !== "" && named !== "start") {
    if (await isReady(named)) return notOurs(named);
    throw new Error(`${environment} names a server that can't be used; is it running, and are user and password right?`);
  }
  if (named !== "start" && (await isReady(usual))) return notOurs(usual);
  return startServer(kind);
}

const notOurs = (url: string): StartedServer => ({ url, stop: async () => undefined });
