import type { Stop } from "@onhand/core";
import { notifyManager } from "@tanstack/query-core";

/** A value that changes. `get` answers with the same object until something in it changed. */
export interface Observable<T> {
  /** What it is now. */
  readonly get: () => T;
  /** Calls back after each change, once per frame however much it changed. What a list shows is asked of the server while somebody listens. */
  readonly subscribe: (listener: () => void) => Stop;
  /** What it is before anything is known: what a server renders. */
  readonly initial: T;
}

/** An {@link Observable} that its owner sets. */
export interface Value<T> extends Observable<T> {
  readonly set: (next: T) => void;
}

/** Listeners that are told together at the end of a frame. */
export function createListeners() {
  const listeners = new Set<() => void>();
  return {
    get size() {
      return listeners.size;
    },
    tell: () => {
      for (const listener of listeners) notifyManager.schedule(() => listeners.has(listener) && listener());
    },
    /** Wrapped, so that one function may listen twice. */
    add: (listener: () => void): Stop => {
      const own = () => listener();
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
  };
}

/** Holds one value and tells when it is replaced. */
export function createValue<T>(initial: T): Value<T> {
  const listeners = createListeners();
  let value = initial;
  return {
    initial,
    get: () => value,
    subscribe: listeners.add,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      listeners.tell();
    },
  };
}
