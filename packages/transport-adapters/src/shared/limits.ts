import { defaultLimits, type Limits } from "@onhand/core/protocol";

/**
 * Everything a hub bounds. The first four are told to every client in `welcome`. Sizes are bytes of JSON text, times
 * milliseconds.
 *
 * @see docs/contracts/protocol.md
 */
export interface HubLimits extends Limits {
  /** Links open at once. */
  readonly maxConnections: number;
  /** Of these, how many may come from one address. */
  readonly maxConnectionsPerAddress: number;
  /** Of these, how many may be one actor's. */
  readonly maxConnectionsPerActor: number;
  /** Frames of any kind from one client per second; twice as many in a burst. */
  readonly maxFramesPerSecond: number;
  /** Frames of one client that wait for the one before them. */
  readonly maxWaitingFrames: number;
  /** How long a link may stay without an authenticated `hello`. */
  readonly authTimeoutMs: number;
  /** How long past the `expiresAt` of an actor its link stays open. */
  readonly tokenGraceMs: number;
  readonly heartbeatMs: number;
  /** How long after a heartbeat has left the answer may take. */
  readonly pongTimeoutMs: number;
  /** After a change left at once, how long the next ones gather. */
  readonly windowMs: number;
  /** Changes in one frame, unless a single command has more. */
  readonly maxFrameChanges: number;
  /** About the bytes of one frame to a client, unless a single command has more. */
  readonly maxDeltaBytes: number;
  /** With more than this on its way to a client, changes are no longer queued for it. */
  readonly softQueueBytes: number;
  /** With more than this on its way to a client, its link is closed. */
  readonly hardQueueBytes: number;
  /** How long a client may take nothing of what is on its way to it. */
  readonly drainTimeoutMs: number;
  /** Frames kept for a subscription while it catches up. Beyond, it reads from the ledger again. */
  readonly maxBufferedFrames: number;
  /** Up to this many changes, a resume is a replay. */
  readonly maxReplayChanges: number;
  /** Up to this many commands behind, a resume is a diff; further behind it is a snapshot. */
  readonly maxDiffCommands: number;
  /** Rows read at once for a snapshot or a diff. */
  readonly pageRows: number;
  /** Pages read from the ledger at the same time, for all clients together; further ones wait in line. */
  readonly maxReadsInFlight: number;
  /** How many of the newest movements a snapshot brings when the client does not say. */
  readonly defaultHistory: number;
  /** When closing, how long commands under way may take to be answered. */
  readonly closeTimeoutMs: number;
}

/**
 * The limits of a hub that was given no others.
 *
 * @see docs/contracts/protocol.md
 */
export const defaultHubLimits: HubLimits = {
  ...defaultLimits,
  maxConnections: 10_000,
  maxConnectionsPerAddress: 1_000,
  maxConnectionsPerActor: 1_000,
  maxFramesPerSecond: 250,
  maxWaitingFrames: 256,
  authTimeoutMs: 15_000,
  tokenGraceMs: 25_000,
  heartbeatMs: 15_000,
  pongTimeoutMs: 10_000,
  windowMs: 25,
  maxFrameChanges: 500,
  maxDeltaBytes: 65_536,
  softQueueBytes: 262_144,
  hardQueueBytes: 1_048_576,
  drainTimeoutMs: 15_000,
  maxBufferedFrames: 64,
  maxReplayChanges: 500,
  maxDiffCommands: 10_000,
  pageRows: 1_000,
  maxReadsInFlight: 8,
  defaultHistory: 100,
  closeTimeoutMs: 5_000,
};
