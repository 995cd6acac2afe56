import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWatch } from "./watch";

const silent = { warn() {} } as unknown as Parameters<typeof createWatch>[0]["logger"];

describe("watching a database that can't tell", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function watched() {
    const asked: ((seq: number) => void)[] = [];
    const heads: number[] = [];
    const watch = createWatch({ pollMs: 100, readSeq: () => new Promise((resolve) => void asked.push(resolve)), logger: silent });
    const stop = watch.watch((seq) => heads.push(seq));
    return { watch, asked, heads, stop };
  }

  it("asks while somebody watches", async () => {
    const { asked, heads } = watched();
    await vi.advanceTimersByTimeAsync(100);
    asked[0]?.(3);
    await vi.advanceTimersByTimeAsync(100);
    asked[1]?.(3);
    await vi.advanceTimersByTimeAsync(100);
    asked[2]?.(5);
    await vi.advanceTimersByTimeAsync(0);
    expect(heads).toEqual([3, 5]);
  });

  // A host destroys its pool after that, and a pool that is asked then answers after a minute.
  it("closes once its last question is answered, and asks no other", async () => {
    const { watch, asked, heads } = watched();
    await vi.advanceTimersByTimeAsync(100);
    let closed = false;
    const closing = watch.close().then(() => {
      closed = true;
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(closed).toBe(false);
    asked[0]?.(3);
    await closing;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked.length).toBe(1);
    expect(heads).toEqual([]);
  });

  it("asks nothing when nobody watches any more", async () => {
    const { asked, stop } = watched();
    stop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked.length).toBe(0);
  });
});
