import { type Actor, consoleLogger, InventoryError, type Logger } from "@onhand/core";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { Authenticate, HubInventory } from "../shared/options";
import { networkOf } from "./network";

export type { Authenticate, Credentials, HubInventory, LinkRequest } from "../shared/options";

/** So many in so long a time. */
export interface Rate {
  readonly points: number;
  readonly seconds: number;
}

/** Counts what a key has used, as any limiter of `rate-limiter-flexible` does. */
export interface RateLimiter {
  /** Takes one point; rejects with `{ msBeforeNext }` when there is none left. */
  consume(key: string): Promise<unknown>;
  /** What a key has used up so far; null for nothing. */
  get(key: string): Promise<{ readonly remainingPoints: number; readonly msBeforeNext: number } | null>;
}

/** What a limiter is made with: hand it on as it is, beside your store. */
export interface LimiterOptions {
  readonly keyPrefix: string;
  readonly points: number;
  /** In seconds. */
  readonly duration: number;
  /** Counts in this process while the store can't be reached. */
  readonly insuranceLimiter: RateLimiterMemory;
}

/** What {@link createRateLimits} takes. */
export interface RateLimitsOptions {
  /** Commands of one principal, over all its links and requests. 100 in 10 seconds unless said. */
  readonly commands?: Rate;
  /** Proofs of who somebody is that failed, from one address. 10 in 60 seconds unless said. */
  readonly failures?: Rate;
  /**
   * Makes the limiters; in memory unless given. With several processes, count in one place:
   * `(options) => new RateLimiterRedis({ ...options, storeClient: redis })`.
   */
  readonly limiter?: (options: LimiterOptions) => RateLimiter;
  readonly logger?: Logger;
}

/** Limits that all servers of a host share. */
export interface RateLimits {
  /** The same inventory, whose commands are counted for whoever gives them; one too many is `RATE_LIMITED` with `retryAfterMs`. */
  inventory<Served extends HubInventory>(inventory: Served): Served;
  /** The same proof of who somebody is; an address that failed too often is `RATE_LIMITED`, without being looked at. */
  authenticate(authenticate: Authenticate): Authenticate;
}

/**
 * Limits what one principal may do and how often one address may guess, by `rate-limiter-flexible`. IPv6 addresses count by their /64
 * network. A store that fails is logged and limits nobody more than this process would by itself.
 *
 * @example
 * const limits = createRateLimits({ limiter: (options) => new RateLimiterRedis({ ...options, storeClient: redis }) });
 * createWsServer({ inventory: limits.inventory(inventory), server, authenticate: limits.authenticate(authenticate), authorize });
 * @see docs/guides/auth.md
 */
export function createRateLimits(options: RateLimitsOptions = {}): RateLimits {
  const { commands = { points: 100, seconds: 10 }, failures = { points: 10, seconds: 60 }, logger = consoleLogger } = options;
  const make = options.limiter ?? ((given: LimiterOptions): RateLimiter => new RateLimiterMemory(given));
  const create = (name: string, { points, seconds }: Rate): RateLimiter => {
    const own = { keyPrefix: `onhand-${name}`, points, duration: seconds };
    return make({ ...own, insuranceLimiter: new RateLimiterMemory(own) });
  };
  const byPrincipal = create("commands", commands);
  const byAddress = create("failures", failures);

  const take = (limiter: RateLimiter, key: string): Promise<unknown> => limiter.consume(key).catch(refused);

  function refused(reason: unknown): void {
    if (isUsedUp(reason)) throw tooMany(reason.msBeforeNext);
    logger.error({ error: reason }, "a rate limiter failed; nobody is limited by it");
  }

  async function demandRoom(address: string): Promise<void> {
    const used = await byAddress.get(address).catch(refused);
    if (used && used.remainingPoints <= 0) throw tooMany(used.msBeforeNext);
  }

  return {
    inventory<Served extends HubInventory>(inventory: Served): Served {
      const execute = async (command: string, input: Readonly<Record<string, unknown>>, actor?: Actor) => {
        if (actor) await take(byPrincipal, actor.id);
        return inventory.execute(command, input, actor);
      };
      return Object.create(inventory, { execute: { value: execute, enumerable: true } }) as Served;
    },
    authenticate: (authenticate) => async (credentials) => {
      const address = networkOf(credentials.request?.remoteAddress);
      if (address !== undefined) await demandRoom(address);
      const actor = await authenticate(credentials);
      // Coming without anything to show is no guess.
      if (!actor && address !== undefined && credentials.token !== undefined) await take(byAddress, address).catch(passOver);
      return actor;
    },
  };
}

const tooMany = (msBeforeNext: number) => new InventoryError("RATE_LIMITED", { retryAfterMs: Math.max(1, Math.ceil(msBeforeNext)) });

const isUsedUp = (reason: unknown): reason is { readonly msBeforeNext: number } =>
  typeof reason === "object" && reason !== null && !(reason instanceof Error) && "msBeforeNext" in reason;

/** This one was looked at, so it is answered; the next one won't be. */
function passOver(error: unknown): void {
  if (!(error instanceof InventoryError)) throw error;
}
