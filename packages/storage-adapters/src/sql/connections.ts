import type { Knex } from "knex";
import { within } from "./deadline";
import type { Dialect, Session, SessionLimits } from "./dialects/dialect";
import { isSqlFailure, sqlFailure } from "./failures";

/** The host's pool, one session at a time. */
export interface Connections {
  use<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** A connection that is not of the pool. */
  acquireRaw(): Promise<unknown>;
}

/** What knex has on every dialect and names nowhere in its types. */
interface KnexClient {
  readonly driverName?: string;
  acquireConnection(): Promise<unknown>;
  releaseConnection(connection: unknown): Promise<void>;
  acquireRawConnection(): Promise<unknown>;
  on(event: "query", listener: (query: { readonly sql: string }) => void): void;
  on(event: "query-error", listener: () => void): void;
}

export const clientOf = (knex: Knex): KnexClient => knex.client as KnexClient;

/** Borrows from the pool of a knex, never longer than asked for, and never waits for one without end. */
export function createConnections(
  knex: Knex,
  dialect: Pick<Dialect, "session" | "classify">,
  limits: SessionLimits & { acquireMs: number },
): Connections {
  const client = clientOf(knex);

  async function acquire(): Promise<unknown> {
    const acquiring = client.acquireConnection();
    try {
      return await within(acquiring, limits.acquireMs, () => {
        // It may still come; then nobody waits for it any more.
        acquiring.then(
          (late) => client.releaseConnection(late),
          () => undefined,
        );
        throw sqlFailure("unreachable", new Error(`no connection within ${limits.acquireMs} ms`));
      });
    } catch (error) {
      if (isSqlFailure(error)) throw error;
      const failure = dialect.classify(error);
      // Nothing was sent yet, so a link that broke is a database out of reach.
      throw failure.kind === "lost" || failure.kind === "other" ? sqlFailure("unreachable", error) : failure;
    }
  }

  return {
    async use(work) {
      const raw = await acquire();
      try {
        return await work(dialect.session(raw, limits));
      } finally {
        await client.releaseConnection(raw);
      }
    },
    acquireRaw: () => client.acquireRawConnection(),
  };
}
