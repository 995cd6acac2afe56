import type { Change, Entity, Feed, FeedFilter } from "@onhand/core";
import { entities, type ServerFrame } from "@onhand/core/protocol";
import { splitRows } from "./encode";
import type { HubLimits } from "./limits";

/** How a subscription begins, and what was read to find out. */
export interface Opening {
  readonly how: "live" | "replay" | "diff" | "snapshot";
  /** Where the client stands when it reads `subbed`. */
  readonly position: number;
  /** With `live` and `replay`: where it stands after `changes`. */
  readonly head: number;
  readonly changes: readonly Change[];
}

/**
 * The resume ladder. A client whose position can be trusted gets what it missed, as a replay when that is little, as
 * a diff when it is more; one that is too far behind, or of another epoch, or ahead of this ledger, gets everything.
 */
export async function openingOf(
  feed: Feed,
  options: {
    readonly position?: { readonly epoch: string; readonly seq: number } | undefined;
    readonly filter: FeedFilter;
    readonly limits: HubLimits;
  },
): Promise<Opening> {
  const { position, filter, limits } = options;
  const head = await feed.head();
  const whole = { how: "snapshot", position: 0, head, changes: [] } as const;
  if (!position || position.epoch !== feed.epoch || position.seq > head || head - position.seq > limits.maxDiffCommands) return whole;
  const missed = await feed.since(position.seq, { limit: limits.maxReplayChanges, filter });
  if (missed.more) return { how: "diff", position: position.seq, head: missed.head, changes: [] };
  const how = missed.items.length === 0 ? "live" : "replay";
  return { how, position: position.seq, head: missed.head, changes: missed.items };
}

/** What the pages of a snapshot or a diff need. */
export interface Pages {
  readonly sid: string;
  readonly filter: FeedFilter;
  readonly feed: Feed;
  readonly limits: HubLimits;
  /** How many of the newest movements a snapshot has. */
  readonly history: number;
  readonly send: (frame: Extract<ServerFrame, { t: "snap" }>) => Promise<void>;
  readonly ended: () => boolean;
  /** Called before each read that the stream is joined to. */
  readonly beforeRead: () => void;
}

/**
 * Sends every row that matches, but for the last page.
 *
 * @returns the oldest head among the pages: what changed after it is still to be sent.
 */
export async function readSnapshot(pages: Pages): Promise<{ readonly position: number; readonly part: number }> {
  let position = Number.POSITIVE_INFINITY;
  let part = 0;
  for (const entity of entities.filter((name) => pages.filter.entities.includes(name))) {
    for await (const page of pagesOf(pages, entity)) {
      position = Math.min(position, page.head);
      for (const changes of splitRows(page.items, pages.limits)) {
        await pages.send({ t: "snap", sid: pages.sid, part: part++, changes, last: false, at: position });
      }
    }
  }
  return { position: Number.isFinite(position) ? position : 0, part };
}

async function* pagesOf({ feed, filter, limits, history, ended }: Pages, entity: Entity) {
  const { entities: _, ...narrowed } = filter;
  const newest = entity === "movement";
  let left = newest ? history : Number.POSITIVE_INFINITY;
  let cursor: string | undefined;
  do {
    const limit = Math.min(limits.pageRows, Math.max(left, 1));
    const page = await feed.snapshot(entity, { filter: narrowed, limit, ...(cursor !== undefined && { cursor }), newestFirst: newest });
    const items = page.items.slice(0, left);
    yield { items, head: page.head };
    left -= items.length;
    cursor = page.nextCursor;
  } while (cursor !== undefined && left > 0 && !ended());
}

/**
 * Sends the latest image of every row that changed after `position`, and marks the last page.
 *
 * @returns where the client stands after it.
 */
export async function sendPages(pages: Pages, start: { readonly position: number; readonly part: number }): Promise<number> {
  let { position, part } = start;
  for (let more = true; more && !pages.ended(); ) {
    pages.beforeRead();
    const page = await pages.feed.since(position, { limit: pages.limits.pageRows, filter: pages.filter });
    more = page.more;
    position = Math.max(position, page.position);
    const pieces = splitRows(page.items, pages.limits);
    for (const [index, changes] of pieces.entries()) {
      const last = !more && index === pieces.length - 1;
      await pages.send({ t: "snap", sid: pages.sid, part: part++, changes, last, at: position });
    }
  }
  return position;
}
