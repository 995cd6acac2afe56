import type { Actor, Authorize, Change, Logger } from "@onhand/core";
import { changeSubject } from "@onhand/core/protocol";

/**
 * Lets everybody do and read everything. For demos on a machine of one's own, and for nothing else: said in so many
 * words, so that nobody opens a shop with it by leaving something out.
 *
 * @example
 * createWsServer({ inventory, server, authenticate: () => ({ id: "demo" }), authorize: allowEverythingForDemos });
 * @see docs/decisions/0003-hub.md
 */
export const allowEverythingForDemos: Authorize = () => true;

type Rows = readonly Change[];

/** One actor's permissions. A hook that throws means no. */
export interface Permissions {
  may(action: string, resource: Readonly<Record<string, unknown>>): Promise<boolean>;
  /** Those rows that the actor may read: the very same list when it is all of them, at once when the hook answers at once. */
  readable(rows: Rows): Rows | Promise<Rows>;
}

/** Asks the host's hook in the name of one actor. */
export function createPermissions(authorize: Authorize, actor: () => Actor | undefined, logger: Logger): Permissions {
  function ask(action: string, resource: Readonly<Record<string, unknown>>): boolean | Promise<boolean> {
    const denied = (error: unknown) => {
      logger.error({ error, action }, "authorize failed; the answer is no");
      return false;
    };
    try {
      const verdict: unknown = authorize(actor(), action, resource);
      return isPromise(verdict) ? verdict.then((answer) => answer === true, denied) : verdict === true;
    } catch (error) {
      return denied(error);
    }
  }

  return {
    may: async (action, resource) => ask(action, resource),
    readable(rows) {
      if (authorize === allowEverythingForDemos) return rows;
      const verdicts = rows.map((row) => ask("read", { entity: row.entity, key: row.key, ...changeSubject(row) }));
      if (verdicts.some(isPromise)) return Promise.all(verdicts).then((answers) => keep(rows, answers));
      return keep(rows, verdicts as boolean[]);
    },
  };
}

const keep = (rows: Rows, verdicts: readonly boolean[]): Rows =>
  verdicts.every((verdict) => verdict) ? rows : rows.filter((_, index) => verdicts[index]);

const isPromise = (value: unknown): value is Promise<unknown> => typeof value === "object" && value !== null && "then" in value;
