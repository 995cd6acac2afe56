import type { Feed } from "@onhand/core";

/**
 * A number of the ledger with everything behind it that was recorded at a time or later. Only movements say when they were recorded, so
 * what was written since the last of before counts as later, too.
 */
export async function seqAt(feed: Feed, time: number): Promise<number> {
  let before = 0;
  let end = await feed.head();
  while (before < end) {
    const middle = Math.floor((before + end) / 2);
    const next = await nextMovement(feed, middle);
    if (next && next.seq <= end && next.recordedAt < time) before = next.seq;
    else end = middle;
  }
  return before;
}

async function nextMovement(feed: Feed, after: number) {
  const { items } = await feed.since(after, { limit: 1, filter: { entities: ["movement"] } });
  const [first] = items;
  return first?.entity === "movement" ? first.value : undefined;
}
