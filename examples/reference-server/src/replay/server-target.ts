import { errorCodes, InventoryError, type InventoryErrorCode } from "@onhand/core";
import type { Target } from "./target";

type Input = Readonly<Record<string, unknown>>;

const paths: Readonly<Record<string, string>> = { "products.create": "products", "stores.create": "stores" };
const pathOf = (command: string): string => paths[command] ?? command.replace(".", "/");

/**
 * A running reference server, through its JSON API.
 *
 * Requests overtake each other, so commands on one level wait for each other, and only those.
 */
export function serverTarget(url: string, token: string | undefined): Target {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new Error(`--server must be an address such as http://127.0.0.1:3000, not ${url}`);
  const base = url.replace(/\/+$/, "");
  const inTurn = createTurns();
  const headers = { "Content-Type": "application/json", ...(token !== undefined && { Authorization: `Bearer ${token}` }) };

  async function call(path: string, body?: Input): Promise<Input> {
    const request = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
    const response = await fetch(`${base}/api/${path}`, request).catch((error: Error) => {
      throw new Error(
        `${base} gave no answer (${(error.cause as Error | undefined)?.message ?? error.message}); running this again goes on where it stopped`,
      );
    });
    const answer = (await response.json().catch(() => ({}))) as Input;
    if (response.ok) return answer;
    throw errorOf(answer) ?? new Error(`${base}/api/${path} answered ${response.status}`);
  }

  return {
    inFlight: 64,
    execute: (command, input) =>
      inTurn(`${input.sku}\u0000${input.storeId}`, async () => ({ replayed: (await call(pathOf(command), input)).replayed === true })),
    head: async () => (await call("health")).head as number,
    verify: async () => undefined,
    close: async () => undefined,
  };
}

/** The error that problem details tell of; undefined when they are none of ours. */
function errorOf({ code, details }: Input): InventoryError | undefined {
  if (typeof code !== "string" || !Object.hasOwn(errorCodes, code)) return undefined;
  return new InventoryError(code as InventoryErrorCode, (details ?? {}) as never);
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
