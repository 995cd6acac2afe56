import {
  type ClientFrame,
  encodeFrame,
  parseServerFrame,
  type ServerFrame,
  type TransportConnection,
  type TransportEvents,
} from "@onhand/core/protocol";
import type { Hub } from "../hub";
import type { Link, LinkEvents } from "../link";

/** What can happen to a frame on its way to a client. */
export type Fate = "deliver" | "lose" | "repeat" | "delay" | "cut short";

/** One link over a rough network, with the client's end in it. */
export interface Wire extends TransportConnection {
  cutAfter(frames: number): void;
  stall(): void;
  thaw(): void;
  /** Lets what was delayed come through. */
  release(): void;
}

/** What the network does, and who hears of it. */
export interface WireOptions {
  readonly fateOf: (frame: ServerFrame) => Fate;
  readonly cutShort: (text: string) => string;
  /** Whether what was delayed waits on when something overtakes it. */
  readonly isHeldOn: () => boolean;
  /** Whether a frame to the server is lost. */
  readonly isLost: (frame: ClientFrame) => boolean;
  readonly events: TransportEvents;
}

/** Opens a link to the hub, in a turn of its own. */
export function createWire(hub: () => Hub | undefined, { fateOf, cutShort, isHeldOn, isLost, events }: WireOptions): Wire {
  let server: LinkEvents | undefined;
  let isOpen = true;
  let stalled = false;
  let left = Number.POSITIVE_INFINITY;
  let waiting: (() => void)[] = [];
  let delayed: ServerFrame[] = [];

  function end(why: Parameters<TransportEvents["onClose"]>[0]): void {
    if (!isOpen) return;
    isOpen = false;
    queueMicrotask(() => server?.closed());
    events.onClose(why);
  }

  function hear(frame: ServerFrame | undefined): void {
    if (!isOpen) return;
    if (frame) events.onFrame(frame);
    else end({ code: 4502, reason: "the server sent a malformed frame" });
  }

  function release(): void {
    const late = delayed;
    delayed = [];
    for (const frame of late) hear(frame);
  }

  function arrive(text: string): void {
    left -= 1;
    if (left < 0) {
      end({ reason: "the connection was lost" });
      return;
    }
    const frame = parseServerFrame(text);
    const fate = fateOf(frame);
    if (fate === "delay") delayed.push(frame);
    if (fate === "cut short") hear(frameOf(cutShort(text)));
    if (fate === "deliver" || fate === "repeat") hear(frame);
    if (fate === "repeat") hear(frame);
    if (fate !== "delay" && !isHeldOn()) release();
  }

  const link: Link = {
    send(bytes, onWritten) {
      const take = () => {
        onWritten();
        if (isOpen) arrive(new TextDecoder().decode(bytes));
      };
      if (isOpen && stalled) waiting.push(take);
      else take();
    },
    close: (code, reason) => queueMicrotask(() => end({ code, reason })),
    terminate: () => queueMicrotask(() => end({ reason: "the connection was lost" })),
  };

  queueMicrotask(() => {
    const there = hub();
    if (!isOpen) return;
    if (!there) return end({ reason: "no connection could be opened" });
    server = there.accept(link);
    events.onOpen();
  });

  return {
    send(frame) {
      if (isOpen && !isLost(frame)) server?.receive(encodeFrame(frame));
    },
    close: () => end({ code: 1_000, reason: "closed by the client" }),
    cutAfter(frames) {
      left = frames;
      if (frames === 0) end({ reason: "the connection was lost" });
    },
    stall() {
      stalled = true;
    },
    thaw() {
      stalled = false;
      const takes = waiting;
      waiting = [];
      for (const take of takes) take();
    },
    release,
  };
}

/** What a client reads of text that may have been cut short. */
function frameOf(text: string): ServerFrame | undefined {
  try {
    return parseServerFrame(text);
  } catch {
    return undefined;
  }
}
