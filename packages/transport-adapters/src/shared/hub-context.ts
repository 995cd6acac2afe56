import type { Actor, Clock, Feed, Logger } from "@onhand/core";
import type { Channels } from "./channels";
import type { CloseReason } from "./close-codes";
import type { Connection } from "./connection";
import type { HubLimits } from "./limits";
import type { HubOptions } from "./options";
import type { Timers } from "./timers";

/** What every connection of a hub shares. */
export interface HubContext extends Pick<HubOptions, "inventory" | "authenticate" | "authorize"> {
  /** The inventory's feed, with bounded reads. */
  readonly feed: Feed;
  readonly channels: Channels;
  readonly limits: HubLimits;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly newId: () => string;
  /** Resolves when the hub knows where the ledger stands. */
  ready(): Promise<void>;
  /** A client has said hello. Ends the connection that it had before, if that was the same actor's. False when the actor has too many. */
  onOpen(connection: Connection, who: { readonly actor: Actor; readonly former?: string }): boolean;
  /** A client goes on as this actor. False when the actor has too many. */
  onActor(connection: Connection, actor: Actor): boolean;
  onEnd(connection: Connection): void;
  /** A client is told goodbye, and why. */
  onFarewell(reason: CloseReason): void;
  /** A client did not take what was sent: its queue is dropped, and it will read what it missed from the ledger. */
  onBehind(): void;
}
