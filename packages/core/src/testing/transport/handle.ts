import type { Actor, Authorize, Clock, Feed, Inventory, InventoryOptions, Logger, Stop, StorageAdapter } from "../../index";
import type { ClientTransport } from "../../protocol/index";
import type { ManualTime } from "../manual-time";
import type { Replica, ReplicaOptions } from "./replica";

/** What the suite sets of a server's limits, by their names in docs/contracts/protocol.md. */
export interface TransportLimits {
  readonly maxFrameBytes?: number;
  readonly maxConnections?: number;
  readonly maxSubscriptions?: number;
  readonly maxOpsPerSecond?: number;
  readonly maxOpsInFlight?: number;
  readonly maxFramesPerSecond?: number;
  readonly maxWaitingFrames?: number;
  readonly softQueueBytes?: number;
  readonly drainTimeoutMs?: number;
  readonly maxReplayChanges?: number;
  readonly maxDiffCommands?: number;
  readonly pageRows?: number;
}

/** What a server under test is made of; every option goes to the transport's own server as it is. */
export interface TransportServerOptions {
  readonly inventory: Pick<Inventory, "execute"> & { readonly feed: Feed };
  /** Says who brings this token; undefined when nobody is known by it. */
  readonly authenticate: (credentials: { readonly token?: string }) => Actor | undefined | Promise<Actor | undefined>;
  readonly authorize: Authorize;
  readonly limits: TransportLimits;
  readonly clock: Clock;
  readonly timers: {
    /** Runs once, `delayMs` from now, unless stopped before. */
    after(delayMs: number, run: () => void): Stop;
  };
  readonly logger: Logger;
}

/** A server under test. */
export interface TransportServer {
  /** Links open now. */
  readonly connections: number;
  /** Answers what is under way, says goodbye, and resolves when no link is left. Clients come back after about `afterMs` milliseconds. */
  close(options?: { readonly afterMs?: number }): Promise<void>;
}

/** One transport to test: its two sides, and the network between them. */
export interface TransportHandle {
  /** A storage for an inventory, empty, not open. */
  storage(): StorageAdapter;
  /** Starts a server. It is always at the same address; the one before was closed. */
  serve(options: TransportServerOptions): Promise<TransportServer>;
  /** The client's side, for that address, whether a server is there or not. */
  transport(options: { readonly getToken: () => string | undefined }): ClientTransport;
  /** Breaks every link that stands, as a lost network does: without a goodbye. New links are possible at once. */
  cut(): void;
  /** Makes every link that stands half-open: nothing comes through any more, and nobody is told. New links are possible. */
  freeze(): void;
  /** Lets half-open links go on, with all that waited. */
  thaw(): void;
  /** Removes everything, also after a case that failed half way. Nobody is waited for. */
  destroy(): Promise<void>;
}

/** Makes one transport for one case. */
export type CreateTransport = () => Promise<TransportHandle> | TransportHandle;

/** What a case works with. */
export interface TransportContext extends Pick<TransportHandle, "cut" | "freeze" | "thaw" | "transport"> {
  readonly time: ManualTime;
  /** The ledger that is served, with the examples of `addExamples` and 100 of each product at each store. */
  readonly inventory: Inventory;
  /** Another ledger, served from the next `serve` on. */
  replaceLedger(options?: Partial<InventoryOptions>): Promise<Inventory>;
  /** Starts the server. Everybody who brings a token is the actor of that name and may do everything, unless told otherwise. */
  serve(options?: Partial<TransportServerOptions>): Promise<void>;
  /** Closes the server, if it runs. */
  stop(options?: { readonly afterMs?: number }): Promise<void>;
  /** Links that the server has. */
  readonly connections: number;
  /** A client that follows the protocol to the letter. It is not connected yet. */
  replica(options?: Partial<ReplicaOptions> & { readonly token?: () => string | undefined }): Replica;
  /** Resolves when a condition holds; rejects when it does not come to hold. */
  until(condition: () => boolean, what: string): Promise<void>;
  /** Lets time pass in small steps until these replicas stand at the head, and compares their rows with the ledger's. */
  agree(...replicas: readonly Replica[]): Promise<void>;
  /** Lets the others have their turn, as often as it takes for what is only promises to have happened. */
  turn(): Promise<void>;
}

/** One promise of the transport contract, with the proof. */
export interface TransportCase {
  /** Stable; sabotage tests and known gaps name it. */
  readonly id: string;
  /** What a transport and its server promise, as one sentence of docs/contracts/transport.md. */
  readonly promise: string;
  /** Resolves when the promise is kept, rejects when it is not. */
  readonly run: (context: TransportContext) => Promise<void>;
}
