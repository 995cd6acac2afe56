import type { Feed } from "@onhand/core";
import { encodeFrame, parseClientFrame, parseServerFrame, type ServerFrame, type TransportEvents } from "@onhand/core/protocol";
import type { CreateTransport, TransportHandle } from "@onhand/core/testing";
import { createHub } from "../hub";
import { defaultHubLimits, type HubLimits } from "../limits";
import type { Link, LinkEvents } from "../link";
import type { HubOptions } from "../options";
import { systemTimers, type Timers } from "../timers";
import { type MemoryFaults, memoryTransport } from "./memory-transport";

/** A transport or a hub broken in one way, and the case that must notice. */
export interface Sabotage {
  readonly what: string;
  readonly caughtBy: string;
  readonly create: CreateTransport;
}

type ClientFrame = ReturnType<typeof parseClientFrame>;

const broken = (what: string, caughtBy: string, faults: MemoryFaults): Sabotage => ({
  what,
  caughtBy,
  create: () => memoryTransport(faults),
});

/** Changes what the client hears. */
const hearing = (change: (events: TransportEvents) => (frame: ServerFrame) => void): MemoryFaults => ({
  client: (events) => ({ ...events, onFrame: change(events) }),
});

/** Changes what the hub hears of one link; undefined is lost. */
const heard = (change: () => (frame: ClientFrame) => ClientFrame | undefined): MemoryFaults => ({
  events(events): LinkEvents {
    const map = change();
    return {
      ...events,
      receive(data) {
        const frame = map(parseClientFrame(data, { maxBytes: Number.POSITIVE_INFINITY }));
        if (frame) events.receive(encodeFrame(frame));
      },
    };
  },
});

/** Changes what a link sends; undefined is taken and lost. */
const sending = (change: (frame: ServerFrame) => ServerFrame | undefined): MemoryFaults => ({
  link: (link) => ({
    ...link,
    send(bytes, onWritten) {
      const frame = change(parseServerFrame(new TextDecoder().decode(bytes)));
      if (frame) link.send(new TextEncoder().encode(encodeFrame(frame)), onWritten);
      else onWritten();
    },
  }),
});

/** A hub with other options than it was given. */
const served = (change: (options: HubOptions) => Partial<HubOptions>): MemoryFaults => ({
  createHub: (options) => createHub({ ...options, ...change(options) }),
});

const limited = (limits: Partial<HubLimits>): MemoryFaults => served((options) => ({ limits: { ...options.limits, ...limits } }));

/** A ledger whose feed tells something else. */
const feeding = (change: (feed: Feed) => Partial<Feed>): MemoryFaults =>
  served(({ inventory }) => {
    const { feed } = inventory;
    const whole: Feed = {
      get epoch() {
        return feed.epoch;
      },
      head: feed.head,
      since: feed.since,
      snapshot: feed.snapshot,
      subscribe: feed.subscribe,
    };
    return {
      inventory: { execute: inventory.execute, feed: Object.create(whole, Object.getOwnPropertyDescriptors(change(feed))) as Feed },
    };
  });

const wrapped =
  (change: (handle: TransportHandle) => Partial<TransportHandle>): CreateTransport =>
  () => {
    const handle = memoryTransport();
    return { ...handle, ...change(handle) };
  };

/** Frames of all links wait for one another, as on one blocking pipe. */
function onePipe(): MemoryFaults {
  let turn = Promise.resolve();
  return {
    link: (link): Link => ({
      ...link,
      send(bytes, onWritten) {
        const sent = () =>
          new Promise<void>((resolve) =>
            link.send(bytes, () => {
              onWritten();
              resolve();
            }),
          );
        turn = turn.then(sent);
      },
    }),
  };
}

/** Sends deltas late, two at a time, the second first. */
function swapping(events: TransportEvents): (frame: ServerFrame) => void {
  let held: ServerFrame | undefined;
  return (frame) => {
    if (frame.t !== "d") return events.onFrame(frame);
    const former = held;
    held = former ? undefined : frame;
    if (!former) return;
    events.onFrame(frame);
    events.onFrame(former);
  };
}

/** Hands a delta on when the next one is there. */
function withheld(events: TransportEvents): (frame: ServerFrame) => void {
  let held: ServerFrame | undefined;
  return (frame) => {
    if (frame.t !== "d") return events.onFrame(frame);
    if (held) events.onFrame(held);
    held = frame;
  };
}

/** Hears a hundred subscriptions, of all links together. */
function firstHundred() {
  let count = 0;
  return () => (frame: ClientFrame) => {
    if (frame.t === "sub") count += 1;
    return frame.t === "sub" && count > 100 ? undefined : frame;
  };
}

/** Timers on which one span takes no time. */
const hasty = (timers: Timers = systemTimers, spanMs: number): Timers => ({
  after: (delayMs, run) => (delayMs === spanMs ? systemTimers.after(0, run) : timers.after(delayMs, run)),
});

function firstOf<Frame extends { readonly t: string }>(t: Frame["t"]): (frame: Frame) => Frame | undefined {
  let seen = false;
  return (frame) => {
    if (frame.t !== t) return frame;
    if (seen) return undefined;
    seen = true;
    return frame;
  };
}

const withText = (frame: ServerFrame, change: (text: string) => string): ServerFrame => parseServerFrame(change(encodeFrame(frame)));

/** Every way to break it that we could think of. */
export const sabotages: readonly Sabotage[] = [
  broken(
    "tells no limits of its own",
    "open/welcome",
    sending((frame) => (frame.t === "welcome" ? { ...frame, limits: { ...frame.limits, maxSubscriptions: 64 } } : frame)),
  ),
  broken(
    "takes everybody for the same",
    "open/token",
    served(() => ({ authenticate: () => ({ id: "guest" }) })),
  ),
  broken(
    "lets strangers in",
    "open/stranger",
    served(() => ({ authenticate: () => ({ id: "guest" }) })),
  ),
  {
    what: "opens though nobody is there",
    caughtBy: "open/nobody-there",
    create: wrapped((handle) => ({
      transport: (options) => {
        const transport = handle.transport(options);
        return {
          ...transport,
          connect(events) {
            setImmediate(events.onOpen);
            return transport.connect({ ...events, onOpen: () => undefined });
          },
        };
      },
    })),
  },
  {
    what: "can't be closed before it is open",
    caughtBy: "open/closed-early",
    create: wrapped((handle) => ({
      transport: (options) => {
        const transport = handle.transport(options);
        return {
          ...transport,
          connect(events) {
            let isOpen = false;
            const onOpen = () => {
              isOpen = true;
              events.onOpen();
            };
            const link = transport.connect({ ...events, onOpen });
            return { send: link.send, close: () => void (isOpen && link.close()) };
          },
        };
      },
    })),
  },
  {
    what: "tells of frames after the close",
    caughtBy: "open/closed-for-good",
    create: wrapped((handle) => ({
      transport: (options) => {
        const transport = handle.transport(options);
        return {
          ...transport,
          connect: (events) =>
            transport.connect({
              ...events,
              onClose(why) {
                events.onClose(why);
                events.onFrame({ t: "hb", head: 0 });
              },
            }),
        };
      },
    })),
  },
  broken("takes on more than it may", "open/full", limited({ maxConnections: 100 })),
  broken(
    "loses line ends in text",
    "frames/text",
    sending((frame) => withText(frame, (text) => text.replaceAll("\\r", ""))),
  ),
  broken(
    "loses long frames",
    "frames/large",
    sending((frame) => (encodeFrame(frame).length > 16_384 ? undefined : frame)),
  ),
  broken("takes frames of any length", "frames/too-long", limited({ maxFrameBytes: 10_000_000 })),
  broken("hands every other command on late", "frames/order", {
    events(events) {
      let commands = 0;
      return {
        ...events,
        receive(data) {
          const isCommand = parseClientFrame(data, { maxBytes: Number.POSITIVE_INFINITY }).t === "op";
          if (isCommand && ++commands % 2 === 0) setImmediate(() => events.receive(data));
          else events.receive(data);
        },
      };
    },
  }),
  broken(
    "forgets what was committed while pages were read",
    "join/gapless",
    feeding((feed) => ({
      snapshot: async (...request) => ({ ...(await feed.snapshot(...request)), head: await feed.head() }),
      since: async (seq, options) => ({ ...(await feed.since(seq, options)), items: [] }),
    })),
  ),
  broken(
    "calls every page the last",
    "join/not-live-yet",
    sending((frame) => (frame.t === "snap" ? { ...frame, last: true } : frame)),
  ),
  broken(
    "calls every page the last one",
    "join/cut",
    sending((frame) => (frame.t === "snap" ? { ...frame, last: true } : frame)),
  ),
  broken("keeps a change back until another one comes", "live/prompt", hearing(withheld)),
  broken("lets deltas overtake one another", "live/ranges", hearing(swapping)),
  broken(
    "narrows by nothing",
    "live/filter",
    heard(() => (frame) => (frame.t === "sub" ? { ...frame, filter: { entities: frame.filter.entities } } : frame)),
  ),
  broken(
    "never ends a subscription",
    "live/filter-change",
    heard(() => (frame) => (frame.t === "unsub" ? undefined : frame)),
  ),
  broken(
    "repeats a frame as if it were new",
    "loss/duplicated",
    hearing((events) => (frame) => events.onFrame(frame.t === "d" ? { ...frame, from: frame.from + 1 } : frame)),
  ),
  broken(
    "answers a subscription once only",
    "loss/dropped",
    heard(() => firstOf<ClientFrame>("sub")),
  ),
  broken(
    "answers a subscription only the first time",
    "loss/reordered",
    heard(() => firstOf<ClientFrame>("sub")),
  ),
  broken(
    "has no heartbeat",
    "loss/quiet",
    sending((frame) => (frame.t === "hb" ? undefined : frame)),
  ),
  broken(
    "takes every return for a first visit",
    "resume/nothing-missed",
    heard(() => (frame) => (frame.t === "sub" ? { t: "sub", ref: frame.ref, filter: frame.filter } : frame)),
  ),
  broken(
    "skips what was missed",
    "resume/replay",
    feeding((feed) => ({ since: async (seq, options) => ({ ...(await feed.since(seq, options)), items: [] }) })),
  ),
  broken("replays however much it is", "resume/diff", limited({ maxReplayChanges: 1_000 })),
  broken("never sends everything anew", "resume/snapshot", limited({ maxDiffCommands: 100_000 })),
  broken("tires of subscriptions", "resume/storm", heard(firstHundred())),
  broken(
    "does not say when to come back",
    "resume/restart",
    sending((frame) => {
      if (frame.t !== "bye") return frame;
      const { afterMs: _, ...rest } = frame;
      return rest;
    }),
  ),
  broken(
    "knows no epochs",
    "resume/epoch",
    feeding(() => ({ epoch: "always" })),
  ),
  broken(
    "knows no sessions",
    "resume/takeover",
    heard(
      () => (frame) => (frame.t === "hello" ? { t: "hello", v: frame.v, ...(frame.token !== undefined && { token: frame.token }) } : frame),
    ),
  ),
  broken("does not notice that somebody goes", "links/left", { events: (events) => ({ ...events, closed: () => undefined }) }),
  broken("tells of a close twice", "links/cut", {
    client: (events) => ({
      ...events,
      onClose(why) {
        events.onClose(why);
        events.onClose(why);
      },
    }),
  }),
  broken(
    "does not hear answers to heartbeats",
    "links/answering",
    heard(() => (frame) => (frame.t === "pong" || frame.t === "auth" ? undefined : frame)),
  ),
  broken("waits for answers for ever", "links/half-open", limited({ pongTimeoutMs: 1_000_000, drainTimeoutMs: 1_000_000 })),
  broken("keeps everything for whoever does not read", "links/slow", {
    link: (link) => ({
      ...link,
      send(bytes, onWritten) {
        link.send(bytes, () => undefined);
        onWritten();
      },
    }),
  }),
  broken("makes everybody wait for the slowest", "links/slow-others", onePipe()),
  broken(
    "refuses without details",
    "commands/answered",
    sending((frame) => (frame.t === "nack" ? { ...frame, details: {} } : frame)),
  ),
  broken(
    "makes every command a new one",
    "commands/cut-before-answer",
    served(({ inventory }) => {
      let key = 0;
      return {
        inventory: {
          feed: inventory.feed,
          execute: (command, input, actor) => inventory.execute(command, { ...input, idempotencyKey: `new-${++key}` }, actor),
        },
      };
    }),
  ),
  broken("serves each command id on a first link only", "commands/cut-before-commit", {
    events: (() => {
      let links = 0;
      return (events: LinkEvents): LinkEvents => {
        links += 1;
        const isFirst = links === 1;
        const receive = (data: string | Uint8Array) => void ((isFirst || !String(data).includes('"op"')) && events.receive(data));
        return { ...events, receive };
      };
    })(),
  }),
  broken(
    "says nothing where nothing changed",
    "commands/up-to-date",
    sending((frame) => (frame.t === "d" && frame.changes.length === 0 ? undefined : frame)),
  ),
  broken(
    "closes without waiting",
    "commands/closing",
    served(({ timers }) => ({ timers: hasty(timers, defaultHubLimits.closeTimeoutMs) })),
  ),
  broken(
    "shows every row to everybody",
    "permission/rows",
    served(({ authorize }) => ({ authorize: (actor, action, resource) => action === "read" || authorize(actor, action, resource) })),
  ),
  broken(
    "asks nobody about commands",
    "permission/commands",
    served(({ authorize }) => ({ authorize: (actor, action, resource) => action.includes(".") || authorize(actor, action, resource) })),
  ),
  broken(
    "never asks again",
    "permission/revoked",
    served(() => ({ authorize: () => true })),
  ),
  broken(
    "takes nothing back from who goes on as another",
    "permission/another",
    sending((frame) => (frame.t === "reset" && frame.reason === "permission" ? undefined : frame)),
  ),
  broken(
    "lets everybody resume",
    "permission/resume",
    served(() => ({ authorize: () => true })),
  ),
  broken("takes tokens to be good for ever", "permission/expired", limited({ tokenGraceMs: 1_000_000_000 })),
  broken(
    "applies a command as often as it comes",
    "schedules/random",
    served(({ inventory }) => {
      let key = 0;
      return {
        inventory: {
          feed: inventory.feed,
          async execute(command, input, actor) {
            await inventory.execute(command, { ...input, idempotencyKey: `first-${++key}` }, actor);
            return inventory.execute(command, { ...input, idempotencyKey: `second-${key}` }, actor);
          },
        },
      };
    }),
  ),
];
