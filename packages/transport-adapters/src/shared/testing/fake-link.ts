import type { Actor } from "@onhand/core";
import { type ClientFrame, encodeFrame, parseServerFrame, type ServerFrame } from "@onhand/core/protocol";
import type { Hub } from "../hub";
import type { LinkEvents } from "../link";

type FrameOf<T extends ServerFrame["t"]> = Extract<ServerFrame, { t: T }>;

/** A client's end of a link: what it got, and what it says. */
export interface FakeLink {
  readonly frames: readonly ServerFrame[];
  /** Frames of one type, in order. */
  of<T extends ServerFrame["t"]>(type: T): FrameOf<T>[];
  readonly bytes: readonly Uint8Array[];
  readonly ended: { readonly code?: number; readonly reason: string } | undefined;
  /** Bytes that wait to be taken. */
  readonly queuedBytes: number;
  say(frame: ClientFrame): void;
  raw(frame: string | Uint8Array): void;
  /** Takes nothing any more. */
  stall(): void;
  /** Takes what waits, all of it or so many frames, and everything from then on when all. */
  take(count?: number): void;
  /** Goes away without a word. What waits is lost. */
  drop(): void;
}

/** Opens a link without a socket. `onFrame` hears every frame when it arrives. */
export function fakeLink(
  hub: Hub,
  options: { readonly actor?: Actor; readonly pong?: boolean; readonly onFrame?: (frame: ServerFrame) => void } = {},
): FakeLink {
  const { pong = true, onFrame } = options;
  const frames: ServerFrame[] = [];
  const bytes: Uint8Array[] = [];
  const queue: { readonly frame: Uint8Array; readonly onWritten: () => void }[] = [];
  let stalled = false;
  let ended: FakeLink["ended"];

  function arrive({ frame: encoded, onWritten }: (typeof queue)[number]): void {
    const frame = parseServerFrame(new TextDecoder().decode(encoded));
    bytes.push(encoded);
    frames.push(frame);
    onWritten();
    onFrame?.(frame);
    if (frame.t === "hb" && pong && !ended) events.receive(encodeFrame({ t: "pong" }));
  }

  function end(why: NonNullable<FakeLink["ended"]>): void {
    ended ??= why;
    events.closed();
  }

  const events: LinkEvents = hub.accept(
    {
      send(frame, onWritten) {
        if (ended) onWritten();
        else if (stalled) queue.push({ frame, onWritten });
        else arrive({ frame, onWritten });
      },
      close: (code, reason) => void Promise.resolve().then(() => end({ code, reason })),
      terminate: () => void Promise.resolve().then(() => end({ reason: "terminated" })),
    },
    options.actor ? { actor: options.actor } : {},
  );

  return {
    frames,
    bytes,
    of: <T extends ServerFrame["t"]>(type: T) => frames.filter((frame): frame is FrameOf<T> => frame.t === type),
    get ended() {
      return ended;
    },
    get queuedBytes() {
      return queue.reduce((sum, { frame }) => sum + frame.byteLength, 0);
    },
    say: (frame) => events.receive(encodeFrame(frame)),
    raw: (frame) => events.receive(frame),
    stall() {
      stalled = true;
    },
    take(count = Number.POSITIVE_INFINITY) {
      if (count === Number.POSITIVE_INFINITY) stalled = false;
      for (let taken = 0; taken < count; taken += 1) {
        const next = queue.shift();
        if (!next) return;
        arrive(next);
      }
    },
    drop: () => end({ reason: "dropped" }),
  };
}
