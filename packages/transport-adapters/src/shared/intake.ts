import type { Clock } from "@onhand/core";
import { type ClientFrame, parseClientFrame } from "@onhand/core/protocol";
import type { HubLimits } from "./limits";
import { createTokenBucket } from "./token-bucket";

/** Where the frames of one client come in. */
export interface Intake {
  take(data: string | Uint8Array): void;
}

/**
 * Parses frames and has them begun one after another, since a command may build on the one before it. How many come,
 * and how many wait, is bounded.
 */
export function createIntake(options: {
  readonly limits: HubLimits;
  readonly clock: Clock;
  /** How many bytes may wait at present. */
  readonly maxWaitingBytes: () => number;
  readonly begin: (frame: Exclude<ClientFrame, { t: "pong" }>) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
  readonly onExcess: () => void;
}): Intake {
  const { limits, clock, maxWaitingBytes, begin, onFailure, onExcess } = options;
  const rate = createTokenBucket(clock, { perSecond: limits.maxFramesPerSecond, burst: 2 * limits.maxFramesPerSecond });
  let turn = Promise.resolve();
  let waiting = 0;
  let waitingBytes = 0;

  function enqueue(frame: Exclude<ClientFrame, { t: "pong" }>, bytes: number): void {
    waiting += 1;
    waitingBytes += bytes;
    turn = turn
      .then(() => begin(frame))
      .catch(onFailure)
      .finally(() => {
        waiting -= 1;
        waitingBytes -= bytes;
      });
  }

  return {
    take(data) {
      const isTooMany = rate.take().waitMs > 0 || waiting >= limits.maxWaitingFrames;
      if (isTooMany || waitingBytes + data.length > maxWaitingBytes()) return onExcess();
      try {
        const frame = parseClientFrame(data, { maxBytes: limits.maxFrameBytes });
        if (frame.t !== "pong") enqueue(frame, data.length);
      } catch (error) {
        onFailure(error);
      }
    },
  };
}
