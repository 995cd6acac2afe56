import { isInventoryError } from "@onhand/core";
import { createHttpClient } from "@onhand/transport-adapters/http/client";
import type { Target } from "./target";

/**
 * A running reference server, through its JSON API.
 *
 * Requests overtake each other, so commands on one level wait for each other, and only those.
 */
export function serverTarget(url: string, token: string | undefined): Target {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new Error(`--server must be an address such as http://127.0.0.1:3000, not ${url}`);
  const base = url.replace(/\/+$/, "");
  const client = createHttpClient({ url: `${base}/api`, getToken: () => token });
  const inTurn = createTurns();

  /** Says which server it was that gave no answer, or none of ours. */
  function explained(error: unknown): never {
    if (!isInventoryError(error) || !(error.cause instanceof Error)) throw error;
    const { message, cause } = error.cause;
    const why = cause instanceof Error ? cause.message : message;
    throw new Error(`${base} gave no answer (${why}); running this again goes on where it stopped`, { cause: error });
  }

  return {
    inFlight: 64,
    execute: (command, input) =>
      inTurn(`${input.sku}\u0000${input.storeId}`, async () => ({
        replayed: (await client.execute(command, input).catch(explained)).replayed,
      })),
    head: async () => (await client.feed.head().catch(explained)).head,
    verify: async () => undefined,
    close: async () => undefined,
  };
}

/** Runs work of one name one after the other, whatever became of the work before; work of different names side by side. */
function createTurns(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const before = last.get(name);
    const mine = before ? before.then(work, work) : work();
    last.set(name, mine);
    const forget = () => {
      if (last.get(name) === mine) last.delete(name);
    };
    mine.then(forget, forget);
    return mine;
  };
}
