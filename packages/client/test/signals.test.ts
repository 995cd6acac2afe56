// @vitest-environment happy-dom
import { browserSignals, type Signal } from "@onhand/client";
import { describe, expect, it } from "vitest";

describe("a page's signals", () => {
  it("tells of coming online, going offline and being looked at again, until it is stopped", () => {
    const heard: Signal[] = [];
    const stop = browserSignals((signal) => heard.push(signal));
    window.dispatchEvent(new Event("offline"));
    window.dispatchEvent(new Event("online"));
    document.dispatchEvent(new Event("visibilitychange"));
    expect(heard).toEqual(["offline", "woke", "woke"]);
    stop();
    window.dispatchEvent(new Event("online"));
    document.dispatchEvent(new Event("visibilitychange"));
    expect(heard).toHaveLength(3);
  });
});
