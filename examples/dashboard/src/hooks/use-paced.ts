import { useEffect, useRef, useState } from "react";

/** The latest value, but taken over at most once in so many milliseconds: for what would be restless otherwise. A new `scope` takes it over at once. */
export function usePaced<T>(latest: T, { everyMs, scope }: { readonly everyMs: number; readonly scope: unknown }): T {
  const [shown, setShown] = useState({ value: latest, scope });
  const current = useRef(latest);
  current.current = latest;
  const behind = shown.value !== latest;
  useEffect(() => {
    if (!behind) return;
    const timer = setTimeout(() => setShown({ value: current.current, scope }), everyMs);
    return () => clearTimeout(timer);
  }, [behind, everyMs, scope]);
  if (shown.scope !== scope) setShown({ value: latest, scope });
  return shown.scope === scope ? shown.value : latest;
}
