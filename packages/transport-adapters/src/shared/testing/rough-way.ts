import type { ClientFrame, ClientTransport, ServerFrame } from "@onhand/core/protocol";
import type { SeededRandom } from "@onhand/core/testing";
import type { Hub } from "../hub";
import { createWire, type Fate, type Wire } from "./rough-wire";

type Welcome = Extract<ServerFrame, { t: "welcome" }>;

/** One client's way to whichever hub is there, over a network that loses, repeats, swaps, delays and cuts short. */
export interface RoughWay {
  readonly transport: ClientTransport;
  /** What the server said of itself on the last link. */
  readonly welcome: Welcome | undefined;
  /** Breaks the link, after so many more frames have come through. */
  cutAfter(frames: number): void;
  /** Lets nothing through to the client; the server is not told. */
  stall(): void;
  thaw(): void;
  /** From now on every frame comes through, once and in order; what was held back comes as well. */
  calm(): void;
}

/** How many of a hundred frames suffer each fate on the worst network. */
const worst = { lose: 9, repeat: 6, delay: 10, "cut short": 1 } as const satisfies Record<Exclude<Fate, "deliver">, number>;
const lostOnTheWayUp = 4;
/** What begins and ends a link is what makes it one. */
const sound: readonly (ServerFrame["t"] | ClientFrame["t"])[] = ["hello", "auth", "welcome", "authed", "bye"];
/** These say of themselves where they belong. A page belongs to the answer before it, which no link lets it overtake. */
const mayComeLate: readonly ServerFrame["t"][] = ["d", "hb", "ack", "nack"];

/** Makes the way. `badness` is 0 for a perfect network, 1 for the worst. */
export function roughWay(
  hub: () => Hub | undefined,
  { random, badness, token }: { readonly random: SeededRandom; readonly badness: number; readonly token: () => string },
): RoughWay {
  let welcome: Welcome | undefined;
  let wire: Wire | undefined;
  let rough = true;

  const strikes = (percent: number) => rough && random.below(10_000) < 100 * percent * badness;

  function fateOf({ t }: ServerFrame): Fate {
    if (sound.includes(t)) return "deliver";
    for (const [fate, percent] of Object.entries(worst) as [keyof typeof worst, number][]) {
      if (strikes(percent)) return fate === "delay" && !mayComeLate.includes(t) ? "deliver" : fate;
    }
    return "deliver";
  }

  function connect(events: Parameters<ClientTransport["connect"]>[0]) {
    const own = createWire(hub, {
      fateOf,
      cutShort: (text) => text.slice(0, random.below(text.length)),
      isHeldOn: () => rough && random.below(3) > 0,
      isLost: (frame) => !sound.includes(frame.t) && strikes(lostOnTheWayUp),
      events: {
        ...events,
        onFrame(frame) {
          if (frame.t === "welcome") welcome = frame;
          events.onFrame(frame);
        },
      },
    });
    wire = own;
    return { send: own.send, close: own.close };
  }

  return {
    transport: { connect, token: async () => token() },
    get welcome() {
      return welcome;
    },
    cutAfter: (frames) => wire?.cutAfter(frames),
    stall: () => wire?.stall(),
    thaw: () => wire?.thaw(),
    calm() {
      rough = false;
      wire?.cutAfter(Number.POSITIVE_INFINITY);
      wire?.thaw();
      wire?.release();
    },
  };
}
