import type { Observable } from "@onhand/client";
import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";

/** Picks what a component shows from what a hook knows. It renders again only when what was picked changed, field by field. */
export type Select<T, S> = (value: T) => S;

/**
 * Follows an observable, or the part of it that `select` picks. The one place where this package subscribes.
 *
 * On a server, and while a page hydrates, it is what the observable was before anything was known.
 */
export function useObserved<T, S = T>(observable: Observable<T>, select?: Select<T, S>): S {
  const shown = useRef<{ readonly selection: S } | undefined>(undefined);
  const [now, initially] = useMemo(() => {
    let last: { readonly value: T; readonly selection: S } | undefined;
    const pick = (value: T): S => {
      if (last && Object.is(last.value, value)) return last.selection;
      const next = select ? select(value) : (value as unknown as S);
      const before = last ?? shown.current;
      last = { value, selection: before && isSame(before.selection, next) ? before.selection : next };
      return last.selection;
    };
    return [() => pick(observable.get()), () => pick(observable.initial)];
  }, [observable, select]);
  const selection = useSyncExternalStore(observable.subscribe, now, initially);
  useEffect(() => {
    shown.current = { selection };
  }, [selection]);
  return selection;
}

/** Whether two values are one, or plain lists or records of the same fields. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && Object.is(a[name], b[name]));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype;
}
