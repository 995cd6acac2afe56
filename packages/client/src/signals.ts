import type { Stop } from "@onhand/core";

/** What a device tells of itself: that it may have come back, or that it has no network. */
export type Signal = "woke" | "offline";

/** Where a client hears of the device. */
export type Signals = (listener: (signal: Signal) => void) => Stop;

/** A page's online, offline and visibility events; silent where there is no page. */
export const browserSignals: Signals = (listener) => {
  const { addEventListener, removeEventListener, document } = globalThis as Partial<typeof globalThis>;
  if (!addEventListener || !removeEventListener) return () => {};
  const woke = () => listener("woke");
  const offline = () => listener("offline");
  const seen = () => document?.visibilityState === "visible" && woke();
  addEventListener("online", woke);
  addEventListener("offline", offline);
  document?.addEventListener("visibilitychange", seen);
  return () => {
    removeEventListener("online", woke);
    removeEventListener("offline", offline);
    document?.removeEventListener("visibilitychange", seen);
  };
};
