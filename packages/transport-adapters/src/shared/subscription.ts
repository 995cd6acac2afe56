import type { Change, Feed, Stop } from "@onhand/core";
import type { ClientFrame, ServerFrame } from "@onhand/core/protocol";
import type { Permissions } from "./authorization";
import type { Channel } from "./channels";
import { bytesOf, type Delta, encodeDelta, encodeDeltas, encodeRows } from "./encode";
import type { HubLimits } from "./limits";
import { type Opening, openingOf, readSnapshot, sendPages } from "./opening";
import type { Timers } from "./timers";
import type { Writer } from "./writer";

/** What one connection reads through one filter. */
export interface Subscription {
  /** The request that began it. */
  readonly ref: string;
  readonly channel: Channel;
  /** Up to where the client has been sent everything. */
  readonly position: number;
  /** Whether changes go to the client as they come. */
  readonly live: boolean;
  /** Goes on after the client had fallen behind. */
  resume(): void;
  /** Tells the client that nothing up to `head` concerns it, unless something is still to be sent. */
  advance(head: number): void;
  end(): void;
}

/** What a subscription is made of. */
export interface SubscriptionOptions {
  readonly request: Extract<ClientFrame, { t: "sub" }>;
  readonly channel: Channel;
  readonly feed: Feed;
  readonly writer: Writer;
  readonly permissions: Permissions;
  readonly limits: HubLimits;
  readonly timers: Timers;
  /** Reading the ledger failed; the connection ends. */
  readonly onFailure: (error: unknown) => void;
  /** The client did not take what was sent. */
  readonly onBehind: () => void;
}

/**
 * Joins a client to the stream of a filter without a gap, and keeps it there.
 *
 * While the client catches up, shared frames gather in a bounded buffer; when its pages are out, what is newer in the
 * buffer follows. Should the buffer not hold, or the client not drain, only the position is kept and the rest is read
 * from the ledger again, each row once as it is by then.
 */
export function createSubscription(options: SubscriptionOptions): Subscription {
  const { request, channel, feed, writer, permissions, limits, timers } = options;
  let state: "catching-up" | "live" | "behind" | "ended" = "catching-up";
  let position = 0;
  let buffer: Delta[] = [];
  let mustRead = false;
  const stopReading: Stop = channel.read(onDelta);

  function sendDelta(delta: Delta, readable: readonly Change[]): void {
    if (state === "ended") return;
    const { from, to, changes, bytes } = delta;
    writer.send(readable === changes ? bytes : encodeDelta(channel.sid, { from, to, changes: readable }).bytes);
    position = to;
  }

  /** Sends when the client has room. Many may wait for it, so each looks again right before it sends. */
  async function sendInTurn(send: () => void): Promise<void> {
    while (writer.full && state !== "ended") await writer.room();
    send();
  }

  function keepForLater(delta: Delta): void {
    if (buffer.length < limits.maxBufferedFrames) buffer.push(delta);
    else readAgain();
  }

  function readAgain(): void {
    buffer = [];
    mustRead = true;
  }

  function onDelta(delta: Delta): void {
    if (state === "catching-up") keepForLater(delta);
    if (state !== "live" || delta.to <= position) return;
    if (writer.full) fallBehind();
    else deliver(delta);
  }

  function fallBehind(): void {
    state = "behind";
    options.onBehind();
  }

  function deliver(delta: Delta): void {
    const readable = permissions.readable(delta.changes);
    if (readable instanceof Promise) start(() => keepForLater(delta));
    else sendDelta(delta, readable);
  }

  function start(prepare: () => void): void {
    state = "catching-up";
    buffer = [];
    mustRead = false;
    prepare();
    catchUp().catch(fail);
  }

  function fail(error: unknown): void {
    if (state !== "ended") options.onFailure(error);
  }

  async function catchUp(): Promise<void> {
    for (let round = 0; state === "catching-up"; ) {
      if (isBroken()) {
        const before = position;
        await pause(round);
        await replay();
        round = position > before ? 0 : round + 1;
        // More may have come meanwhile than the buffer holds.
        continue;
      }
      const delta = buffer.shift();
      if (!delta) {
        if (!isBroken()) state = "live";
        continue;
      }
      if (delta.to <= position) continue;
      const readable = await permissions.readable(delta.changes);
      await sendInTurn(() => sendDelta(delta, readable));
    }
  }

  /** Whether something is missing between the client's position and the next frame. A stale read can cause it. */
  const isBroken = () => mustRead || (buffer[0]?.from ?? channel.position) > position;

  async function pause(round: number): Promise<void> {
    if (round > 0) await new Promise<void>((resolve) => timers.after(Math.min(round, 40) * limits.windowMs, resolve));
  }

  /** Everything after the client's position as deltas: the latest image of each row. */
  async function replay(): Promise<void> {
    for (let more = true; more && state === "catching-up"; ) {
      await writer.room();
      buffer = [];
      mustRead = false;
      const page = await feed.since(position, { limit: limits.pageRows, filter: channel.filter });
      more = page.more;
      if (page.position > position) await sendRange({ from: position, to: page.position, changes: page.items });
    }
  }

  async function sendRange(range: Omit<Delta, "bytes">): Promise<void> {
    for (const delta of encodeDeltas(channel.sid, range, limits)) {
      const readable = await permissions.readable(delta.changes);
      await sendInTurn(() => sendDelta(delta, readable));
    }
  }

  async function open(): Promise<void> {
    const opening = await openingOf(feed, { position: request.position, filter: channel.filter, limits });
    if (state === "ended") return;
    position = opening.position;
    writer.send(bytesOf({ t: "subbed", ref: request.ref, sid: channel.sid, position, how: opening.how }));
    await bring(opening);
    await catchUp();
  }

  async function bring(opening: Opening): Promise<void> {
    if (opening.how === "live" || opening.how === "replay") {
      if (opening.head > position) await sendRange({ from: position, to: opening.head, changes: opening.changes });
    } else await sendAll(opening.how);
  }

  async function sendAll(how: "diff" | "snapshot"): Promise<void> {
    const pages = {
      sid: channel.sid,
      filter: channel.filter,
      feed,
      limits,
      history: request.history ?? limits.defaultHistory,
      send: async (frame: Extract<ServerFrame, { t: "snap" }>) => {
        const changes = await permissions.readable(frame.changes);
        await sendInTurn(() => state !== "ended" && writer.send(encodeRows({ ...frame, changes })));
      },
      ended: () => state === "ended",
      beforeRead: () => {
        buffer = [];
        mustRead = false;
      },
    };
    const first = how === "snapshot" ? await readSnapshot(pages) : { position, part: 0 };
    position = await sendPages(pages, first);
  }

  open().catch(fail);

  return {
    ref: request.ref,
    channel,
    get position() {
      return position;
    },
    get live() {
      return state === "live";
    },
    resume() {
      if (state === "behind") start(readAgain);
    },
    advance(head) {
      if (state !== "live" || channel.waiting || writer.full || head <= position) return;
      const nothing = encodeDelta(channel.sid, { from: position, to: head, changes: [] });
      sendDelta(nothing, nothing.changes);
    },
    end() {
      state = "ended";
      buffer = [];
      stopReading();
    },
  };
}
