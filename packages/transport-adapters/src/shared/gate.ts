import type { Feed } from "@onhand/core";

/** Lets a bounded number of tasks run at once; the others wait in order. */
function createGate(places: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

/** The feed, with a bounded number of pages read at once: a thousand clients coming back must not starve the commands. */
export function gateFeed(feed: Feed, maxReadsInFlight: number): Feed {
  const pass = createGate(maxReadsInFlight);
  return {
    get epoch() {
      return feed.epoch;
    },
    head: () => feed.head(),
    since: (...request) => pass(() => feed.since(...request)),
    snapshot: (...request) => pass(() => feed.snapshot(...request)),
    subscribe: (listener) => feed.subscribe(listener),
  };
}
