import type { Stop } from "@onhand/core";
import type { QueryCacheNotifyEvent, QueryClient } from "@tanstack/query-core";
import { createListeners } from "./observable";

/** The first part of every query key of this package: `["onhand", "level", id]`, `["onhand", "index", …]`. */
const cacheRoot = "onhand";

/** One query per row and per index in somebody's `QueryClient`. */
export type Cache = ReturnType<typeof createCache>;

type CacheKey = readonly [kind: string, id: string];

/** Keeps values as queries that are never fetched and never go stale, and tells listeners of one key. */
export function createCache(queryClient: QueryClient) {
  const queries = queryClient.getQueryCache();
  const listeners = new Map<string, ReturnType<typeof createListeners>>();
  let stop: Stop | undefined;
  queryClient.setQueryDefaults([cacheRoot], {
    structuralSharing: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });

  const full = (key: CacheKey) => [cacheRoot, ...key] as const;
  // What query-core's hashKey gives for a list of texts, several times faster.
  const hashOf = (key: CacheKey): string => JSON.stringify(full(key));
  const hear = (event: QueryCacheNotifyEvent) => {
    if (event.type === "updated" || event.type === "removed") listeners.get(event.query.queryHash)?.tell();
  };

  return {
    /** Undefined removes. */
    write: (key: CacheKey, value: unknown): void => {
      const query = queries.get(hashOf(key));
      if (!query) queryClient.setQueryData(full(key), value);
      else if (value === undefined) queries.remove(query);
      else query.setData(value, { manual: true });
    },
    /** Tells the listeners of a key though its value is the same: what is known about it changed. */
    touch: (key: CacheKey): void => listeners.get(hashOf(key))?.tell(),
    subscribe: (key: CacheKey, listener: () => void): Stop => {
      const hash = hashOf(key);
      const own = listeners.get(hash) ?? createListeners();
      listeners.set(hash, own);
      stop ??= queries.subscribe(hear);
      const forget = own.add(listener);
      return () => {
        forget();
        if (own.size === 0 && listeners.get(hash) === own) listeners.delete(hash);
        if (listeners.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
  };
}
