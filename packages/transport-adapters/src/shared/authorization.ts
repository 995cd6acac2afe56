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

/** @throws {@link TypeError} when a host leaves open who its clients are or what they may do. */
export function demandHooks({ authenticate, authorize }: { readonly authenticate?: unknown; readonly authorize?: unknown }): void {
  if (typeof authenticate !== "function") throw new TypeError("authenticate is missing: a server must know who its clients are");
  if (typeof authorize !== "function") {
    throw new TypeError("authorize is missing: a server must know what its clients may do (a demo passes allowEverythingForDemos)");
  }
}

type Rows = readonly Change[];

/** One actor's permissions. A hook that throws means no. */
export interface Permissions {
  may(action: string, resource: Readonly<Record<string, unknown>>): Promise<boolean>;
  /** The same, at once when the hook answers at once. */
  ask(action: string, resource: Readonly<Record<string, unknown>>): boolean | Promise<boolean>;
  /** Those rows that the actor may read: the very same list when it is all of them, at once when the hook answers at once. */
  readable(rows: Rows): Rows | Promise<Rows>;
}

/** Asks the host's hook in the name of one actor. */
export function createPermissions(authorize: Authorize, actor: () => Actor | undefined, logger: Logger): Permissions {
  function denied(action: string, error: unknown): false {
    logger.error({ error, action }, "authorize failed; the answer is no");
    return false;
  }

  function ask(action: string, resource: Readonly<Record<string, unknown>>): boolean | Promise<boolean> {
    try {
      const verdict: unknown = authorize(actor(), action, resource);
      if (!isPromise(verdict)) return verdict === true;
      return verdict.then(
        (answer) => answer === true,
        (error: unknown) => denied(action, error),
      );
    } catch (error) {
      return denied(action, error);
    }
  }

  const askToRead = (row: Change) => ask("read", resourceOf(row));

  /** Those that may be read, where the row at `index` was the first that was not simply allowed. */
  function sift(rows: Rows, index: number, verdict: boolean | Promise<boolean>): Rows | Promise<Rows> {
    const verdicts = rows.map((row, at) => (at < index ? true : at === index ? verdict : askToRead(row)));
    if (verdicts.some(isPromise)) return Promise.all(verdicts).then((answers) => keep(rows, answers));
    return keep(rows, verdicts as boolean[]);
  }

  return {
    may: async (action, resource) => ask(action, resource),
    ask,
    readable(rows) {
      if (authorize === allowEverythingForDemos) return rows;
      for (const [index, row] of rows.entries()) {
        const verdict = askToRead(row);
        if (verdict !== true) return sift(rows, index, verdict);
      }
      return rows;
    },
  };
}

// A row goes to many readers, each of whom is asked about.
const resources = new WeakMap<Change, Readonly<Record<string, unknown>>>();

function resourceOf(row: Change): Readonly<Record<string, unknown>> {
  const known = resources.get(row);
  if (known) return known;
  const resource = Object.freeze({ entity: row.entity, key: row.key, ...changeSubject(row) });
  resources.set(row, resource);
  return resource;
}

const keep = (rows: Rows, verdicts: readonly boolean[]): Rows =>
  verdicts.every((verdict) => verdict) ? rows : rows.filter((_, index) => verdicts[index]);

const isPromise = (value: unknown): value is Promise<unknown> => typeof value === "object" && value !== null && "then" in value;
