import type { Actor, Authorize, Clock, Feed, Logger } from "@onhand/core";
import type { HubLimits } from "./limits";
import type { Timers } from "./timers";

/** What somebody brings to prove who they are. */
export interface Credentials {
  /** From `hello`, from `auth`, or from an `Authorization: Bearer` header. */
  readonly token?: string;
  /** The request that opened the link, where the transport has one. */
  readonly request?: LinkRequest;
}

/** What is known of the HTTP request behind a link. */
export interface LinkRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Path and query as the client sent them. Tokens don't belong here: URLs are logged. */
  readonly url?: string;
  readonly remoteAddress?: string;
}

/**
 * Says who somebody is; undefined when it can't be told. An actor may have `expiresAt` (epoch milliseconds): its link
 * then closes a little later, unless the client sent a fresh token in time.
 */
export type Authenticate = (credentials: Credentials) => Actor | undefined | Promise<Actor | undefined>;

/** The part of an inventory that a hub serves. */
export interface HubInventory {
  readonly feed: Feed;
  /** Runs a command by its name in the name of somebody, as `inventory.execute` does. */
  execute(
    command: string,
    input: Readonly<Record<string, unknown>>,
    actor?: Actor,
  ): Promise<{ readonly seq: number; readonly replayed: boolean }>;
}

/** What every transport's server takes, beside what belongs to its own kind. */
export interface HubOptions {
  readonly inventory: HubInventory;
  /** Who is it? Asked at the upgrade, at `hello` and at each `auth`. */
  readonly authenticate: Authenticate;
  /**
   * May they? Asked for every command (its name, its input), every subscription and resume (`subscribe`, the filter) and
   * every row before it leaves (`read`, `{ entity, key, sku?, storeId?, formerStoreIds? }`). Anything but `true` means no.
   */
  readonly authorize: Authorize;
  readonly limits?: Partial<HubLimits>;
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly logger?: Logger;
  /** Makes session names; they must be unguessable. */
  readonly newId?: () => string;
  /** Between 0 and 1; spreads the return of clients after a shutdown. */
  readonly random?: () => number;
}
