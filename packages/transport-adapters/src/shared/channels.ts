import type { Change, FeedBatch, FeedFilter, Stop } from "@onhand/core";
import { canonicalFilter, changeMatcher } from "@onhand/core/protocol";
import { type Delta, encodeDeltas } from "./encode";
import type { HubLimits } from "./limits";
import type { Timers } from "./timers";

/** One filter and everybody who reads the ledger through it. They share the bytes of every frame. */
export interface Channel {
  /** Names the filter in frames. */
  readonly sid: string;
  readonly filter: FeedFilter;
  /** Up to where frames have been handed out. */
  readonly position: number;
  /** Whether changes wait for the window to end. */
  readonly waiting: boolean;
  /** Hands out every frame from now on. */
  read(onDelta: (delta: Delta) => void): Stop;
}

/** Every filter in use. */
export interface Channels {
  /** Up to where the feed has come. */
  readonly head: number;
  /** The channel of this filter, to be read at once. It is shared while somebody reads it. */
  of(filter: FeedFilter): Channel;
  /** Moves the head, once, to where the ledger stood when the hub began to listen. */
  start(head: number): void;
  dispatch(batch: FeedBatch): void;
}

interface OpenChannel extends Channel {
  offer(batch: FeedBatch): void;
  flush(): void;
}

/**
 * The registry of filters. The first change for a filter leaves at once; what follows within `windowMs` leaves
 * together, of each row only its latest image.
 */
export function createChannels({ limits, timers }: { limits: HubLimits; timers: Timers }): Channels {
  const open = new Map<string, OpenChannel>();
  const hot = new Set<OpenChannel>();
  let head = 0;
  let named = 0;
  let windowOpen = false;

  function endWindow(): void {
    for (const channel of [...hot]) {
      if (!channel.waiting) hot.delete(channel);
      else channel.flush();
    }
    windowOpen = hot.size > 0;
    if (windowOpen) timers.after(limits.windowMs, endWindow);
  }

  function heat(channel: OpenChannel): void {
    hot.add(channel);
    if (!windowOpen) timers.after(limits.windowMs, endWindow);
    windowOpen = true;
  }

  function create(key: string, filter: FeedFilter): OpenChannel {
    named += 1;
    const channel = createChannel({
      sid: `f${named}`,
      filter,
      head,
      limits,
      onRead: () => open.set(key, channel),
      onUnread: () => {
        open.delete(key);
        hot.delete(channel);
      },
    });
    return channel;
  }

  function offer(channel: OpenChannel, batch: FeedBatch): void {
    channel.offer(batch);
    if (!channel.waiting || hot.has(channel)) return;
    channel.flush();
    heat(channel);
  }

  return {
    get head() {
      return head;
    },
    of(wanted) {
      const filter = canonicalFilter(wanted);
      const key = JSON.stringify(filter);
      return open.get(key) ?? create(key, filter);
    },
    start(at) {
      head = Math.max(head, at);
    },
    dispatch(batch) {
      head = Math.max(head, batch.to);
      for (const channel of [...open.values()]) offer(channel, batch);
    },
  };
}

function createChannel(options: {
  readonly sid: string;
  readonly filter: FeedFilter;
  readonly head: number;
  readonly limits: HubLimits;
  readonly onRead: () => void;
  readonly onUnread: () => void;
}): OpenChannel {
  const { sid, filter, limits } = options;
  const matches = changeMatcher(filter);
  const readers = new Set<(delta: Delta) => void>();
  let latest = new Map<string, Change>();
  let position = options.head;
  let from = position;
  let to = position;

  function flush(): void {
    if (latest.size === 0) return;
    const deltas = encodeDeltas(sid, { from, to, changes: [...latest.values()] }, limits);
    latest = new Map();
    position = to;
    from = to;
    for (const delta of deltas) {
      for (const read of [...readers]) read(delta);
    }
  }

  return {
    sid,
    filter,
    get position() {
      return position;
    },
    get waiting() {
      return latest.size > 0;
    },
    offer(batch) {
      // A batch from before the hub's first look at the head may still be on its way; readers who have it drop it.
      from = Math.min(from, batch.from);
      for (const change of batch.changes) {
        if (matches(change)) replace(latest, change);
      }
      if (latest.size > 0) to = Math.max(to, batch.to);
      if (latest.size >= limits.maxFrameChanges) flush();
    },
    flush,
    read(onDelta) {
      readers.add(onDelta);
      options.onRead();
      return () => {
        if (readers.delete(onDelta) && readers.size === 0) options.onUnread();
      };
    },
  };
}

/** Keeps the latest image of each row, in seq order. */
function replace(latest: Map<string, Change>, change: Change): void {
  const key = `${change.entity}/${change.key}`;
  latest.delete(key);
  latest.set(key, change);
}
