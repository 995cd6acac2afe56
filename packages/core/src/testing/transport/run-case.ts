import { AssertionError, deepStrictEqual, fail } from "node:assert/strict";
import { type Change, createInventory, type FeedFilter, type Inventory, type Logger } from "../../index";
import { checkLedger } from "../check-ledger";
import { addExamples, exampleProducts, exampleStores } from "../fixtures";
import { manualTime } from "../manual-time";
import type { CreateTransport, TransportCase, TransportContext, TransportServer } from "./handle";
import { createReplica, type Replica } from "./replica";

/** How long a condition may take to hold, and a case as a whole, before it counts as broken. */
export interface Patience {
  readonly conditionMs: number;
  readonly caseMs: number;
}

const defaultPatience: Patience = { conditionMs: 8_000, caseMs: 25_000 };
/** Enough for changes that gather; later enough for a heartbeat soon, and for its answer to come in time. */
const stepMs = (steps: number): number => (steps < 40 ? 25 : 100);

/** Nobody is held back by a rate on a clock that stands still. */
const wideLimits = { maxOpsPerSecond: 100_000, maxOpsInFlight: 10_000, maxFramesPerSecond: 100_000, maxWaitingFrames: 10_000 };

const openFilter: FeedFilter = { entities: ["product", "store", "level", "movement"] };

/**
 * Runs one case on a transport of its own, on a clock that stands still, then proves the ledger that was served and
 * removes everything.
 *
 * @param patience - for suites that expect failure, and don't want to wait for it.
 * @throws AssertionError when the transport breaks the promise, or whatever it threw.
 */
export async function runTransportCase(
  transportCase: TransportCase,
  create: CreateTransport,
  patience: Patience = defaultPatience,
): Promise<void> {
  const handle = await create();
  const time = manualTime();
  const unheard: unknown[] = [];
  const inventories: Inventory[] = [];
  const replicas: Replica[] = [];
  let server: TransportServer | undefined;
  const logger: Logger = { error: ({ error }) => void unheard.push(error), warn: () => undefined };

  async function open(options: Parameters<TransportContext["replaceLedger"]>[0] = {}): Promise<Inventory> {
    const inventory = await createInventory({ storage: handle.storage(), clock: time.clock, logger, ...options });
    inventories.push(inventory);
    await addExamples(inventory);
    const lines = exampleProducts.flatMap(({ sku }) => exampleStores.map(({ id }) => ({ sku, storeId: id })));
    await Promise.all(lines.map((line) => inventory.stock.receive({ ...line, quantity: 100 })));
    return inventory;
  }

  async function stop(options?: { readonly afterMs?: number }): Promise<void> {
    const running = server;
    server = undefined;
    await running?.close(options);
  }

  /** Real sockets need real time; the wait is for a condition, and bounded. */
  async function until(condition: () => boolean, what: string): Promise<void> {
    const giveUpAt = Date.now() + patience.conditionMs;
    while (!condition()) {
      if (Date.now() > giveUpAt) fail(`waited in vain for ${what}`);
      await new Promise<void>((resolve) => setTimeout(resolve, 1));
    }
  }

  const present = () => inventories.at(-1) as Inventory;

  async function agree(...all: readonly Replica[]): Promise<void> {
    const head = await present().feed.head();
    let steps = 0;
    await until(() => {
      steps += 1;
      time.advance(stepMs(steps));
      return all.every((replica) => replica.live && replica.position === head);
    }, `${all.length} replicas to reach ${head}`);
    for (const replica of all) deepStrictEqual(sorted(replica.rows), await rowsOf(present(), replica.filter));
  }

  const context: TransportContext = {
    time,
    cut: handle.cut,
    freeze: handle.freeze,
    thaw: handle.thaw,
    transport: handle.transport,
    get inventory() {
      return present();
    },
    replaceLedger: open,
    async serve({ limits, ...options } = {}) {
      server = await handle.serve({
        inventory: present(),
        authenticate: ({ token }) => (token === undefined ? undefined : { id: token }),
        authorize: () => true,
        clock: time.clock,
        timers: time.timers,
        logger,
        ...options,
        limits: { ...wideLimits, ...limits },
      });
    },
    stop,
    get connections() {
      return server?.connections ?? 0;
    },
    replica({ token = () => "ada", ...options } = {}) {
      const replica = createReplica(handle.transport({ getToken: token }), {
        filter: openFilter,
        returns: true,
        distort: (frame, deliver) => deliver(frame),
        ...options,
      });
      replicas.push(replica);
      return replica;
    },
    until,
    agree,
    turn,
  };

  try {
    await open();
    await inTime(transportCase.run(context), patience.caseMs);
    // What is half-open could not be told goodbye.
    handle.thaw();
    for (const replica of replicas) replica.leave();
    await stop({ afterMs: 0 });
    for (const inventory of inventories) await checkLedger(inventory);
    if (unheard.length > 0) throw unheard[0];
  } finally {
    for (const replica of replicas) replica.leave();
    await handle.destroy();
    for (const inventory of inventories) await inventory.close();
  }
}

async function inTime(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const late = () => reject(new AssertionError({ message: `was not done after ${limitMs} ms` }));
    timer = setTimeout(late, limitMs);
  });
  try {
    await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

async function turn(): Promise<void> {
  for (let turns = 0; turns < 5; turns += 1) await new Promise<void>((resolve) => setTimeout(resolve, 0));
}

const sorted = (rows: ReadonlyMap<string, Change>) => Object.fromEntries([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));

/** What a replica of this filter must show: the rows of the ledger as they are. */
async function rowsOf(inventory: Inventory, { entities, ...filter }: FeedFilter) {
  const rows = new Map<string, Change>();
  for (const entity of entities) {
    let cursor: string | undefined;
    do {
      const page = await inventory.feed.snapshot(entity, { filter, ...(cursor !== undefined && { cursor }) });
      for (const change of page.items) rows.set(`${change.entity}/${change.key}`, change);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
  return JSON.parse(JSON.stringify(sorted(rows)));
}
