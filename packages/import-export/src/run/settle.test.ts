import { InventoryError } from "@onhand/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { settle } from "./settle";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const unknown = (details: object = {}) => new InventoryError("UNKNOWN_PRODUCT", { sku: "A", ...details });

/** Answers each call with the next of these: an error is thrown. */
function answers(...outcomes: readonly (Error | { readonly replayed: boolean })[]) {
  const keys: string[] = [];
  const send = async (key: string) => {
    const outcome = outcomes[keys.push(key) - 1];
    if (outcome === undefined) throw new Error("sent once more than expected");
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  return { keys, send };
}

const applied = { replayed: false };

describe("a command under a key", () => {
  it("waits for a full queue under the same key, and gives up after some time", async () => {
    const full = new InventoryError("QUEUE_FULL", { limit: 1 });
    const { keys, send } = answers(full, full, applied);
    const done = settle("k", send);
    await vi.runAllTimersAsync();
    expect(await done).toEqual(applied);
    expect(keys).toEqual(["k", "k", "k"]);

    const always = answers(...Array.from({ length: 9 }, () => full));
    const refused = expect(settle("k", always.send)).rejects.toMatchObject({ code: "QUEUE_FULL" });
    await vi.runAllTimersAsync();
    await refused;
  });

  it("goes on under the next key past refusals of earlier runs, never past one of now", async () => {
    const old = unknown({ replayed: true });
    const { keys, send } = answers(old, old, applied);
    expect(await settle("k", send)).toEqual(applied);
    expect(keys).toEqual(["k", "k~1", "k~2"]);
    const now = answers(unknown());
    await expect(settle("k", now.send)).rejects.toMatchObject({ code: "UNKNOWN_PRODUCT" });
    expect(now.keys).toEqual(["k"]);
  });

  it("that was sent with other content is asked for in the ledger: applied then, or refused and so to be sent again", async () => {
    const other = new InventoryError("IDEMPOTENCY_MISMATCH", { idempotencyKey: "k" });
    expect(await settle("k", answers(other).send, async () => true)).toEqual({ replayed: true });
    expect(await settle("k", answers(other, applied).send, async () => false)).toEqual(applied);
    await expect(settle("k", answers(other).send)).rejects.toMatchObject({ code: "IDEMPOTENCY_MISMATCH" });
  });
});
