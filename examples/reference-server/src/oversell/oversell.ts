import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createInventory, type Inventory } from "@onhand/core";
import { storageFromUrl } from "../storage/storage-from-url";
import { type Errand, goods, type Tally } from "./errand";
import { freshPlace } from "./fresh-place";

/** What several processes tried at once, and whether the ledger held. */
export interface OversellSummary {
  readonly processes: number;
  readonly attempts: number;
  readonly sold: number;
  readonly refused: number;
  /** Whether every number from 1 to the head was given to one command. */
  readonly denseSeq: boolean;
  /** `ok` when every level is the sum of its movements, and the ledger has every acknowledged sale once and no other. */
  readonly verify: "ok" | "failed";
}

export interface OversellOptions {
  readonly address: string;
  readonly processes: number;
  /** Of each process. */
  readonly attempts: number;
  readonly units: number;
}

/** Lets processes buy the last units of one product, all at once, in a fresh place of a database that is removed afterwards. */
export async function oversell({ address, processes, attempts, units }: OversellOptions): Promise<OversellSummary> {
  const place = await freshPlace(address);
  const children: ChildProcess[] = [];
  try {
    await stockUp(place.address, units);
    for (let index = 0; index < processes; index++) {
      children.push(startCustomer({ address: place.address, name: `process-${index}`, attempts }));
    }
    await Promise.all(children.map((child) => answerOf(child)));
    const tallies = await Promise.all(
      children.map((child) => {
        const tally = answerOf(child);
        child.send("go");
        return tally as Promise<Tally>;
      }),
    );
    const sold = tallies.reduce((sum, tally) => sum + tally.sold, 0);
    const refused = tallies.reduce((sum, tally) => sum + tally.refused, 0);
    return { processes, attempts: processes * attempts, sold, refused, ...(await examine(place.address, { units, sold })) };
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await place.remove();
  }
}

/** Whether nothing was sold that was not there, and all that was there and asked for was sold. */
export const held = ({ attempts, sold, refused, denseSeq, verify }: OversellSummary, units: number): boolean =>
  sold === Math.min(attempts, units) && refused === attempts - sold && denseSeq && verify === "ok";

const program = fileURLToPath(new URL("customer.ts", import.meta.url));

const startCustomer = (errand: Errand): ChildProcess =>
  fork(program, [JSON.stringify(errand)], { execArgv: ["--conditions=@onhand/source", "--import", "tsx"] });

/** The next thing a process says; rejects when it ends instead. */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      once(child, "message", stop).then(([message]) => message),
      once(child, "exit", stop).then(([code, signal]) => {
        throw new Error(`a process ended with ${code ?? signal} before it had bought everything`);
      }),
    ]);
  } finally {
    stop.abort();
  }
}

async function withInventory<T>(address: string, use: (inventory: Inventory) => Promise<T>): Promise<T> {
  const inventory = await createInventory({ storage: await storageFromUrl(address) });
  try {
    return await use(inventory);
  } finally {
    await inventory.close();
  }
}

const stockUp = (address: string, quantity: number): Promise<void> =>
  withInventory(address, async (inventory) => {
    await inventory.products.create({ sku: goods.sku, name: "The last units" });
    await inventory.stores.create({ id: goods.storeId, name: "Shop" });
    await inventory.stock.receive({ ...goods, quantity });
  });

const examine = (address: string, { units, sold }: { readonly units: number; readonly sold: number }) =>
  withInventory(address, async (inventory) => {
    const numbers = new Set<number>();
    const sales = new Set<string>();
    let at = 0;
    for (let more = true; more; ) {
      const page = await inventory.feed.since(at, { limit: 1_000 });
      for (const change of page.items) {
        numbers.add(change.seq);
        if (change.entity === "movement" && change.value.type === "sold") sales.add(change.value.idempotencyKey ?? change.key);
      }
      at = page.position;
      more = page.more;
    }
    const { onHand } = await inventory.stock.level(goods);
    const { ok } = await inventory.verify();
    return {
      denseSeq: numbers.size === at && Math.max(...numbers) === at,
      verify: ok && sales.size === sold && onHand === units - sold ? ("ok" as const) : ("failed" as const),
    };
  });
