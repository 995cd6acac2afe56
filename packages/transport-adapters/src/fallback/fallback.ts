import type { ClientTransport, TransportConnection, TransportEvents } from "@onhand/core/protocol/client";
import { systemTimers, type Timers } from "../shared/timers";
import { probe } from "./probe";

export { systemTimers, type Timers } from "../shared/timers";

/** How {@link fallbackTransport} decides. */
export interface FallbackOptions {
  /** How long a way may take to open and, once open, to bring its first frame before it counts as blocked; 5,000 milliseconds when not given. */
  readonly openWithinMs?: number;
  /** How long after falling back a better way is tried; doubled each time in vain, up to 16 times; 60,000 milliseconds when not given. */
  readonly returnAfterMs?: number;
  /** The machine's unless given. */
  readonly timers?: Timers;
}

type Why = Parameters<TransportEvents["onClose"]>[0];

const longestDoubling = 4;
const nothing = (): void => undefined;

/**
 * Several ways to one server, best first: where one is blocked the next is taken, and a better one again once it works.
 *
 * A way counts as blocked when it brings no frame. When none opens, that is an `onClose` as of any transport, and the next
 * attempt begins with the best. While a lesser way carries the link, better ones are tried beside it; when one opens, the
 * link ends with a reason that says so, and the client's own return takes the better way from its position on: nothing is
 * lost, and nothing is applied twice.
 *
 * @param ways - transports to the same ledger, best first.
 * @throws {@link TypeError} when there are none.
 * @example
 * const transport = fallbackTransport([
 *   wsTransport({ url: "wss://shop.example/live", getToken }),
 *   sseTransport({ url: "https://shop.example/live/events", getToken }),
 * ]);
 * @see docs/guides/live.md
 */
export function fallbackTransport(ways: readonly ClientTransport[], options: FallbackOptions = {}): ClientTransport {
  const { openWithinMs = 5_000, returnAfterMs = 60_000, timers = systemTimers } = options;
  if (ways.length === 0) throw new TypeError("fallbackTransport needs at least one transport");
  /** The way that the next link begins with. */
  let first = 0;
  /** The way that the present link takes: its token is the one to say hello with. */
  let present = 0;
  /** How often in a row better ways were tried in vain. */
  let vain = 0;

  const wayAt = (index: number) => ways[index] as ClientTransport;

  function connect(events: TransportEvents): TransportConnection {
    let link: TransportConnection | undefined;
    let stopWaiting = nothing;
    let stopReturning = nothing;
    let ended = false;

    function end(why: Why): void {
      if (ended) return;
      ended = true;
      stopWaiting();
      stopReturning();
      link?.close();
      events.onClose(why);
    }

    function open(index: number): void {
      let state: "opening" | "open" | "heard" | "gone" = "opening";
      let own: TransportConnection | undefined;
      const isGone = () => state === "gone";

      function giveUp(why: Why): void {
        if (isGone() || ended) return;
        const before = state;
        state = "gone";
        stopWaiting();
        if (before !== "heard") first = (index + 1) % ways.length;
        // Once the client was told that the link stands it is this one; its return takes the next way.
        if (before !== "opening" || index + 1 === ways.length) {
          end(why);
          return;
        }
        own?.close();
        open(index + 1);
      }

      function expect(reason: string): void {
        stopWaiting();
        stopWaiting = timers.after(openWithinMs, () => giveUp({ reason }));
      }

      present = index;
      expect("no connection could be opened in time");
      const made = wayAt(index).connect({
        onOpen() {
          if (state !== "opening" || ended) return;
          state = "open";
          expect("the connection was opened, and nothing came through");
          events.onOpen();
        },
        onFrame(frame) {
          if (isGone() || ended) return;
          if (state !== "heard") {
            state = "heard";
            stopWaiting();
            settle(index);
          }
          events.onFrame(frame);
        },
        onClose: giveUp,
      });
      own = made;
      if (isGone() || ended) made.close();
      else link = made;
    }

    function settle(index: number): void {
      first = index;
      if (index === 0) vain = 0;
      else planReturn(index);
    }

    function planReturn(index: number): void {
      stopReturning = timers.after(returnAfterMs * 2 ** Math.min(vain, longestDoubling), () => {
        vain += 1;
        stopReturning = probe(ways.slice(0, index), {
          withinMs: openWithinMs,
          timers,
          onAnswer(opened) {
            if (opened === undefined) {
              planReturn(index);
              return;
            }
            first = opened;
            end({ reason: "a better way to the server is open" });
          },
        });
      });
    }

    open(first);
    return {
      send: (frame) => {
        if (!ended) link?.send(frame);
      },
      close: () => end({ code: 1_000, reason: "closed by the client" }),
    };
  }

  return { connect, token: () => wayAt(present).token() };
}
