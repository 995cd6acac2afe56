import type { Clock } from "@onhand/core";
import type { HubLimits } from "./limits";
import type { Link } from "./link";

/** What is on its way to one client, counted in our own bytes: a socket's own figure is 0 while the kernel still has room. */
export interface Writer {
  /** Sends a frame. Whoever sends changes asks `full` first. */
  send(frame: Uint8Array, onWritten?: () => void): void;
  /** Whether so much is on its way that changes should wait in the ledger instead. */
  readonly full: boolean;
  /** Whether more is on its way than a client may be owed. */
  readonly overflowed: boolean;
  /** For how long the client has taken nothing of what is on its way; 0 when nothing is. */
  stuckMs(): number;
  /** Resolves when the client has taken enough to be sent more, and at the end. */
  room(): Promise<void>;
  /** Drops what is sent from now on. */
  end(): void;
}

/** Counts what one link has been given and not yet written. `onRoom` is called each time a full writer has room again. */
export function createWriter(link: Link, limits: HubLimits, clock: Clock, onRoom: () => void): Writer {
  const low = limits.softQueueBytes / 4;
  let queued = 0;
  let full = false;
  let ended = false;
  let progressAt = 0;
  let waiting: (() => void)[] = [];

  function release(): void {
    const ready = waiting;
    waiting = [];
    for (const resume of ready) resume();
  }

  function written(bytes: number): void {
    queued -= bytes;
    progressAt = clock.now();
    if (!full || queued > low) return;
    full = false;
    release();
    onRoom();
  }

  return {
    send(frame, onWritten) {
      if (ended) return;
      if (queued === 0) progressAt = clock.now();
      queued += frame.byteLength;
      if (queued > limits.softQueueBytes) full = true;
      link.send(frame, () => {
        if (ended) return;
        written(frame.byteLength);
        onWritten?.();
      });
    },
    get full() {
      return full;
    },
    get overflowed() {
      return queued > limits.hardQueueBytes;
    },
    stuckMs: () => (queued === 0 ? 0 : clock.now() - progressAt),
    async room() {
      if (full && !ended) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    end() {
      ended = true;
      release();
    },
  };
}
