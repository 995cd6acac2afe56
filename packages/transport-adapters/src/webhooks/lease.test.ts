import { describe, expect, it } from "vitest";
import { settled } from "../shared/testing/manual-time";
import type { WebhookEndpoint } from "./options";
import type { WebhookAnswer } from "./post";
import { memoryStore, webhookFixture } from "./testing/webhook-fixture";

const seconds = (count: number) => count * 1_000;
const endpoints: readonly Partial<WebhookEndpoint>[] = [{}];
const limits = { leaseMs: seconds(8) };

/** Two processes of one shop. A process that is cut off hears nothing from its store. */
async function twoProcesses() {
  const fixture = await webhookFixture();
  const cutOff = new Set<string>();
  const never = new Promise<never>(() => undefined);
  const open = (process: string) =>
    fixture.open(endpoints, {
      limits,
      store: {
        load: async (name) => (cutOff.has(process) ? never : fixture.store.load(name)),
        save: async (...record) => (cutOff.has(process) ? never : fixture.store.save(...record)),
      },
    });
  const first = open("first");
  await fixture.pass(200);
  const second = open("second");
  await fixture.pass(200);
  return { ...fixture, first, second, cutOff, stop: () => Promise.all([first.stop(), second.stop()]) };
}

const stateOf = (webhooks: { status(): readonly { state: string }[] }) => webhooks.status()[0]?.state;

describe("webhooks of two processes", () => {
  it("are delivered by one of them, the other stands by and knows how it goes", async () => {
    const { first, second, receive, pass, network, stop } = await twoProcesses();
    for (let count = 0; count < 5; count++) {
      await receive();
      await pass(seconds(20));
    }
    expect(network.bodies().map(({ data }) => data.to)).toEqual([4, 5, 6, 7, 8, 9]);
    expect([stateOf(first), stateOf(second)]).toEqual(["idle", "standby"]);
    expect(second.status()[0]).toMatchObject({ position: 9, behind: 0, delivered: 0 });
    await stop();
  });

  it("go on within the lease when the one who delivers is cut off, which delivers nothing after half of it", async () => {
    const { first, second, receive, pass, network, cutOff } = await twoProcesses();
    cutOff.add("first");
    await receive();
    await pass(seconds(4));
    expect(stateOf(first)).toBe("standby");
    expect(network.attempts).toHaveLength(1);
    await pass(seconds(4));
    expect(stateOf(second)).toBe("idle");
    expect(network.bodies().map(({ data }) => data.to)).toEqual([4, 5]);
    await second.stop();
  });

  it("go on at the next look when the one who delivers is stopped", async () => {
    const { first, second, receive, pass, network } = await twoProcesses();
    await first.stop();
    await receive();
    await pass(seconds(2));
    expect(stateOf(second)).toBe("idle");
    expect(network.bodies().map(({ data }) => data.to)).toEqual([4, 5]);
    await second.stop();
  });

  it("a process that slept through its lease and wakes in the middle of a delivery moves nothing and delivers no more", async () => {
    const { open, receive, pass, network, store, time } = await webhookFixture();
    let asleep = false;
    let answer = (_late: WebhookAnswer): void => undefined;
    const late = new Promise<WebhookAnswer>((resolve) => {
      answer = resolve;
    });
    const sleeper = open(endpoints, {
      limits,
      timers: { after: (delayMs, run) => time.timers.after(delayMs, () => asleep || run()) },
      post: () => late,
    });
    await pass(100);
    asleep = true;
    const other = open(endpoints, { limits });
    await receive();
    await pass(seconds(10));
    const before = store.records.get("erp");
    expect([before?.position, stateOf(sleeper), stateOf(other)]).toEqual([5, "delivering", "idle"]);
    answer({ status: 204 });
    await settled();
    expect(store.records.get("erp")).toEqual(before);
    expect(sleeper.status()[0]).toMatchObject({ state: "standby", position: 5, delivered: 0 });
    expect(network.bodies().map(({ data }) => data.to)).toEqual([5]);
    await Promise.all([sleeper.stop(), other.stop()]);
  });

  it("may be paused, sent back and resumed by the one who stands by", async () => {
    const { first, second, receive, pass, network, stop } = await twoProcesses();
    await second.pause("erp");
    await receive();
    await pass(seconds(20));
    expect(network.attempts).toHaveLength(1);
    expect(stateOf(first)).toBe("paused");
    await second.replay("erp", { seq: 2 });
    await pass(seconds(2));
    expect(network.attempts).toHaveLength(1);
    await second.resume("erp");
    await pass(seconds(2));
    expect(network.bodies().map(({ data }) => [data.from, data.to])).toEqual([
      [0, 4],
      [2, 5],
    ]);
    expect([stateOf(first), stateOf(second)]).toEqual(["idle", "standby"]);
    await stop();
  });

  it("deliver and discard dead letters by either", async () => {
    const { second, receive, pass, network, store, stop } = await twoProcesses();
    network.fate = () => 410;
    await receive();
    await pass(seconds(2));
    const record = store.records.get("erp");
    if (!record) throw new Error("there is a record");
    const letters = [1, 2].map((from) => ({ id: `l${from}`, from, to: from + 1, attempts: 1, reason: "x", diedAt: 0 }));
    store.records.set("erp", { ...record, deadLetters: letters });
    network.fate = () => 204;
    expect((await second.deadLetters("erp")).map(({ id }) => id)).toEqual(["l1", "l2"]);
    expect(await second.redeliver("erp", "l1")).toEqual({ delivered: true });
    await second.discard("erp", "l2");
    await settled();
    expect(store.records.get("erp")?.deadLetters).toEqual([]);
    await stop();
  });

  it("of which both begin at once have one who delivers", async () => {
    const { open, pass, network } = await webhookFixture();
    const both = [open(endpoints, { limits }), open(endpoints, { limits })];
    await pass(seconds(20));
    expect(both.map(stateOf).sort()).toEqual(["idle", "standby"]);
    expect(network.bodies().map(({ data }) => data.to)).toEqual([4]);
    await Promise.all(both.map((each) => each.stop()));
  });

  it("a store that others always write first is no reason to try for ever", async () => {
    const { open, pass, logged, network } = await webhookFixture();
    const store = memoryStore();
    const webhooks = open(endpoints, { limits, store: { load: store.load, save: async () => false } });
    await pass(seconds(3));
    expect(network.attempts).toEqual([]);
    expect(webhooks.status()[0]?.lastFailure?.reason).toContain("times in a row");
    expect(logged.length).toBeGreaterThan(0);
    await webhooks.stop();
  });
});
