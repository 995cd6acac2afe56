import type { Change } from "../api/feed-types";
import type { InventoryErrorCode } from "../errors";

/** The limits a server holds a connection to, told in `welcome` so that nobody has to guess why it was cut. */
export interface Limits {
  /** Bytes of one frame from the client. */
  readonly maxFrameBytes: number;
  readonly maxSubscriptions: number;
  readonly maxOpsPerSecond: number;
  readonly maxOpsInFlight: number;
}

interface Refused {
  readonly code: InventoryErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;
}

/** What a server may say. */
export type ServerFrame =
  | {
      readonly t: "welcome";
      readonly v: number;
      readonly epoch: string;
      readonly head: number;
      readonly session: string;
      readonly limits: Limits;
      readonly heartbeatMs: number;
    }
  /** A subscription stands. `live` and `replay` go on from the client's position; `diff` and `snapshot` send pages first. `sid` names the filter in later frames. */
  | {
      readonly t: "subbed";
      readonly ref: string;
      readonly sid: string;
      readonly position: number;
      readonly how: "live" | "replay" | "diff" | "snapshot";
    }
  /** A page of rows. A `diff` adds to what the client has, a `snapshot` replaces it once the last page is in; then the client stands at `at`. */
  | {
      readonly t: "snap";
      readonly sid: string;
      readonly part: number;
      readonly changes: readonly Change[];
      readonly last: boolean;
      readonly at: number;
    }
  /** Everything this filter lets through in `(from, to]`. */
  | { readonly t: "d"; readonly sid: string; readonly from: number; readonly to: number; readonly changes: readonly Change[] }
  /** A sign of life, to be answered with `pong`. A head beyond what a client has applied, for longer than a beat, means something was lost. */
  | { readonly t: "hb"; readonly head: number }
  /** The subscription ended; the client drops its rows of this filter and subscribes anew. */
  | { readonly t: "reset"; readonly sid: string; readonly reason: "epoch" | "permission" | "filter" }
  | {
      readonly t: "ack";
      readonly id: string;
      readonly seq: number;
      readonly replayed: boolean;
      readonly result: Readonly<Record<string, unknown>>;
    }
  /** Answers an `op` (by its id) or a `sub` (by its ref) that was refused. */
  | ({ readonly t: "nack"; readonly id: string } & Refused)
  | { readonly t: "authed" }
  /** The last word before the server closes. The client may come back after `afterMs`; without it, it need not try. */
  | ({ readonly t: "bye"; readonly afterMs?: number } & Refused);
