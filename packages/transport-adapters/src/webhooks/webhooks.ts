import { consoleLogger, InventoryError, systemClock } from "@onhand/core";
import { systemTimers } from "../shared/timers";
import { checkEndpoint } from "./check-endpoint";
import type { Redelivery, ReplayFrom } from "./commands";
import { createEndpoint, type Endpoint } from "./endpoint";
import { defaultWebhookLimits, type WebhookEndpoint, type WebhooksOptions } from "./options";
import { createPost } from "./post";
import type { WebhookStatus } from "./status";
import type { DeadLetter } from "./store";

export { systemTimers, type Timers } from "../shared/timers";
export type { Redelivery, ReplayFrom } from "./commands";
export type { WebhookBody } from "./delivery";
export { defaultWebhookLimits, type WebhookEndpoint, type WebhookLimits, type WebhooksOptions } from "./options";
export type { WebhookAnswer, WebhookPost, WebhookRequest } from "./post";
export type { WebhookStatus } from "./status";
export { type DeadLetter, openWebhookStore, type PauseReason, type WebhookRecord, type WebhookStore } from "./store";

/**
 * Tells endpoints of the ledger's changes. All that take an endpoint's name refuse one they don't know with `INVALID_INPUT`.
 */
export interface Webhooks {
  /** How each endpoint fares. */
  status(): readonly WebhookStatus[];
  /** Takes on another endpoint, or one of before: it goes on where its record says. Throws what {@link createWebhooks} throws. */
  add(endpoint: WebhookEndpoint): void;
  /** Lets go of an endpoint. Its record stays in the store. */
  remove(name: string): Promise<void>;
  /**
   * Nothing is delivered until {@link Webhooks.resume}; what happens meanwhile is delivered then. A delivery under way is finished: before
   * this resolves where it is made by this process.
   */
  pause(name: string): Promise<void>;
  /** Goes on, whatever it was paused for. */
  resume(name: string): Promise<void>;
  /** Sends an endpoint back: it is told everything from there on again, under new names. A paused one stays paused. */
  replay(name: string, from: ReplayFrom): Promise<void>;
  /** Deliveries that were given up, oldest first. */
  deadLetters(name: string): Promise<readonly DeadLetter[]>;
  /** Tries a dead letter once more, out of its order, with what is still so; one that arrives is no longer kept. */
  redeliver(name: string, id: string): Promise<Redelivery>;
  /** Throws a dead letter away. */
  discard(name: string, id: string): Promise<void>;
  /** Ends. An attempt under way is given up, and made again by whoever goes on with the same store: without waiting for the lease to end. */
  stop(): Promise<void>;
}

/**
 * Posts every change to HTTP endpoints, signed by the Standard Webhooks convention.
 *
 * An endpoint is told everything it asked for, in the order of the ledger, at least once. A delivery that fails is tried again, each time
 * later, and holds up those behind it until it arrives or is given up; a restart goes on where the store says. Deliveries that come
 * twice have the same `webhook-id` or overlap in `from` and `to`; changes are absolute images, so applying one twice is harmless.
 *
 * Any number of processes may run the same endpoints on the same store: one at a time delivers to each, and when it dies another takes over
 * within `limits.leaseMs`. What is asked of an endpoint may be asked of any of them.
 *
 * @throws TypeError when an endpoint's name is taken, or its url, a secret or a header is none it may have.
 * @example
 * const webhooks = createWebhooks({
 *   inventory,
 *   store: await openWebhookStore(sqlStorage({ knex, tablePrefix: "webhooks_" })),
 *   endpoints: [{ name: "erp", url: "https://erp.example/stock", secrets: [secret], filter: { entities: ["level"], storeIds: ["berlin"] } }],
 * });
 * @see docs/guides/webhooks.md
 */
export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { inventory, store, allowPrivateNetwork = false } = options;
  const { clock = systemClock, timers = systemTimers, logger = consoleLogger, random = Math.random } = options;
  const limits = { ...defaultWebhookLimits, ...options.limits };
  const post = options.post ?? createPost({ allowPrivateNetwork });
  const tools = { feed: inventory.feed, store, post, limits, clock, timers, logger, random, holder: crypto.randomUUID() };
  const open = new Map<string, Endpoint>();

  function add(endpoint: WebhookEndpoint): void {
    checkEndpoint(endpoint, allowPrivateNetwork);
    if (open.has(endpoint.name)) throw new TypeError(`there is an endpoint ${endpoint.name} already`);
    if (open.size >= limits.maxEndpoints) throw new TypeError(`there are ${limits.maxEndpoints} endpoints already`);
    const added = createEndpoint(endpoint, tools);
    open.set(endpoint.name, added);
    added.start();
  }

  function find(name: string) {
    const endpoint = open.get(name);
    if (endpoint) return endpoint;
    throw new InventoryError("INVALID_INPUT", {
      issues: [{ path: "endpoint", message: `there is no endpoint ${String(name).slice(0, 64)}` }],
    });
  }

  // Before the first is started: one that is wrong leaves nothing running.
  for (const endpoint of options.endpoints) checkEndpoint(endpoint, allowPrivateNetwork);
  if (new Set(options.endpoints.map(({ name }) => name)).size < options.endpoints.length)
    throw new TypeError("each endpoint needs a name of its own");
  for (const endpoint of options.endpoints) add(endpoint);
  const stopListening = inventory.feed.subscribe(({ to }) => {
    for (const endpoint of open.values()) endpoint.hint(to);
  });

  return {
    status: () => [...open.values()].map((endpoint) => endpoint.status()),
    add,
    async remove(name) {
      const endpoint = find(name);
      open.delete(name);
      await endpoint.stop();
    },
    pause: async (name) => find(name).pause(),
    resume: async (name) => find(name).resume(),
    replay: async (name, from) => find(name).replay(from),
    deadLetters: async (name) => find(name).deadLetters(),
    redeliver: async (name, id) => find(name).redeliver(id),
    discard: async (name, id) => find(name).discard(id),
    async stop() {
      stopListening();
      await Promise.all([...open.values()].map((endpoint) => endpoint.stop()));
      open.clear();
    },
  };
}
