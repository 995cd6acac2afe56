import type { Result, Router } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";

/** Hono's router, which remembers what it found for a path without fields: there are only so many, and most requests are for one. */
export function createRouter<T>(): Router<T> {
  const router = new TrieRouter<T>();
  const plain = new Set<string>();
  const found = new Map<string, Result<T>>();
  return {
    name: "RememberingTrieRouter",
    add(method, path, handler) {
      router.add(method, path, handler);
      found.clear();
      if (!/[:*]/.test(path)) plain.add(placeOf(method, path));
    },
    match(method, path) {
      const place = placeOf(method, path);
      const known = found.get(place);
      if (known) return known;
      const result = router.match(method, path);
      if (plain.has(place)) found.set(place, result);
      return result;
    },
  };
}

const placeOf = (method: string, path: string): string => `${method} ${path}`;
