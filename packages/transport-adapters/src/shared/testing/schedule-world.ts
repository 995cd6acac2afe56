import { createInventoryClient, type InventoryClient, type Timers } from "@onhand/client";
import { type Authorize, type Change, createInventory, type Inventory, type Logger } from "@onhand/core";
import { type ManualTime, manualTime, type SeededRandom } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { createHub, type Hub } from "../hub";
import type { HubLimits } from "../limits";
import { type RoughWay, roughWay } from "./rough-way";
import { type Screen, screen } from "./screen";

export const skus = ["A", "B", "C"] as const;
export const storeIds = ["berlin", "paris"] as const;
/** What a guest may never read, whatever else it may. */
export const secretSku = "C";

/** Which subscriptions are allowed at present. */
export type Permission = "everything" | "berlin" | "nothing";

/** A ledger, and every image that its levels ever had. */
export interface Ledger {
  readonly inventory: Inventory;
  readonly epoch: string;
  readonly images: ReadonlyMap<string, readonly Extract<Change, { entity: "level" }>[]>;
}

/** A client, what it looks at, and its way to the server. */
export interface Watcher {
  readonly client: InventoryClient;
  readonly way: RoughWay;
  readonly screen: Screen;
  readonly isGuest: boolean;
  /** Commands given, and what was answered: nothing is known of one whose link was given up for good. */
  readonly orders: { given: number; accepted: number; refused: number; unknown: number };
}

/** Clients, a server and a ledger of one schedule. Everything in it moves only when told. */
export interface World {
  readonly time: ManualTime;
  readonly watchers: readonly Watcher[];
  /** Troubles that were logged; there should be none. */
  readonly troubles: readonly unknown[];
  readonly ledger: Ledger;
  /** How many ledgers there were so far. */
  readonly lives: number;
  /** The ledger of this epoch. */
  ledgerOf(epoch: string): Ledger | undefined;
  permission: Permission;
  /** Ends the server, with a goodbye or as a crash does, and starts another. */
  restart(how: "goodbye" | "crash"): void;
  /** Serves a ledger of another life. */
  replaceLedger(): Promise<void>;
  close(): Promise<void>;
}

/** So small that every bound is met. */
const limits: Partial<HubLimits> = {
  heartbeatMs: 2_000,
  pongTimeoutMs: 3_000,
  softQueueBytes: 1_500,
  maxFrameChanges: 2,
  hardQueueBytes: 40_000,
  maxBufferedFrames: 2,
  maxReplayChanges: 4,
  maxDiffCommands: 25,
  pageRows: 2,
};

/** Sets the scene: some stock, a server, and clients that have just been started. */
export async function openWorld(random: SeededRandom): Promise<World> {
  const time = manualTime();
  const troubles: unknown[] = [];
  const trouble = ({ error }: { readonly error?: unknown }, message: string) => void troubles.push(error ?? message);
  const logger: Logger = { error: trouble, warn: trouble };
  let permission: Permission = "everything";
  let ledger = await openLedger(time, logger);
  const ledgers = [ledger];
  let hub = serve();

  const authorize: Authorize = (actor, action, resource) => {
    if (action === "read") return actor?.id !== "guest" || resource.sku !== secretSku;
    if (action !== "subscribe" || permission === "everything") return true;
    return permission === "berlin" && String(resource.storeIds) === "berlin";
  };

  function serve(): Hub {
    return createHub({
      inventory: ledger.inventory,
      authenticate: ({ token }) => (token === undefined ? undefined : { id: token }),
      authorize: (...asked) => authorize(...asked),
      clock: time.clock,
      timers: time.timers,
      logger,
      limits,
      random: () => 0.5,
    });
  }

  function watcher(isGuest: boolean, index: number): Watcher {
    const id = isGuest ? "guest" : "clerk";
    const way = roughWay(() => hub, { random, badness: random.pick([0, 0.2, 1]), token: () => id });
    let ids = 0;
    const client = createInventoryClient({
      transport: way.transport,
      timers: timersOf(time),
      random: () => random.below(100) / 100,
      newId: () => `${index}-${++ids}`,
      signals: () => () => undefined,
    });
    client.start();
    return { client, way, screen: screen(client), isGuest, orders: { given: 0, accepted: 0, refused: 0, unknown: 0 } };
  }

  const watchers = random.pick<readonly Watcher["isGuest"][]>([[false], [true], [false, true], [false, false]]).map(watcher);

  return {
    time,
    watchers,
    troubles,
    get ledger() {
      return ledger;
    },
    get lives() {
      return ledgers.length;
    },
    ledgerOf: (epoch) => ledgers.find((one) => one.epoch === epoch),
    get permission() {
      return permission;
    },
    set permission(next) {
      permission = next;
    },
    restart(how) {
      if (how === "crash") for (const { way } of watchers) way.cutAfter(0);
      void hub.close({ afterMs: 100 });
      hub = serve();
    },
    async replaceLedger() {
      ledger = await openLedger(time, logger);
      ledgers.push(ledger);
      for (const { way } of watchers) way.cutAfter(0);
      void hub.close();
      hub = serve();
    },
    async close() {
      for (const { client } of watchers) client.stop();
      await hub.close();
      for (const { inventory } of ledgers) await inventory.close();
    },
  };
}

async function openLedger(time: ManualTime, logger: Logger): Promise<Ledger> {
  const inventory = await createInventory({ storage: memoryStorage(), clock: time.clock, logger });
  const images = new Map<string, Extract<Change, { entity: "level" }>[]>();
  inventory.feed.subscribe(({ changes }) => {
    for (const change of changes) {
      if (change.entity === "level") images.set(change.key, [...(images.get(change.key) ?? []), change]);
    }
  });
  await Promise.all(storeIds.map((id) => inventory.stores.create({ id, name: id })));
  await Promise.all(skus.map((sku) => inventory.products.create({ sku, name: sku })));
  await Promise.all(skus.map((sku) => inventory.stock.receive({ sku, storeId: "berlin", quantity: 5 })));
  return { inventory, epoch: inventory.feed.epoch, images };
}

const timersOf = ({ clock, timers }: ManualTime): Timers => ({
  now: clock.now,
  setTimeout: (callback, afterMs) => timers.after(afterMs, callback),
  clearTimeout: (stop) => (stop as (() => void) | undefined)?.(),
});
