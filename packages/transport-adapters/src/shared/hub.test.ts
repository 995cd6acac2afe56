import { InventoryError, isInventoryError, type Principal, rolePolicy } from "@onhand/core";
import { describe, expect, it } from "vitest";
import { allowEverythingForDemos } from "./authorization";
import { createHub } from "./hub";
import { defaultHubLimits } from "./limits";
import { fakeLink } from "./testing/fake-link";
import { hubFixture } from "./testing/hub-fixture";
import { settled } from "./testing/manual-time";

const levels = { entities: ["level" as const] };
const everything = { entities: ["product" as const, "store" as const, "level" as const, "movement" as const] };

describe("saying hello", () => {
  it("answers with where the ledger stands and the limits it holds", async () => {
    const { connect, inventory } = await hubFixture();
    const link = await connect();
    expect(link.of("welcome")).toMatchObject([
      { v: 1, epoch: inventory.feed.epoch, head: 5, heartbeatMs: 15_000, limits: { maxFrameBytes: 65_536, maxSubscriptions: 64 } },
    ]);
  });

  it("a server without authenticate or authorize can't be made", async () => {
    const { inventory } = await hubFixture();
    expect(() => createHub({ inventory, authorize: allowEverythingForDemos } as never)).toThrow(TypeError);
    expect(() => createHub({ inventory, authenticate: () => ({ id: "x" }) } as never)).toThrow(TypeError);
  });

  it("whoever can't be told apart is sent away for good", async () => {
    const { hub } = await hubFixture();
    const link = fakeLink(hub);
    link.say({ t: "hello", v: 1 });
    await settled();
    expect(link.frames).toMatchObject([{ t: "bye", code: "UNAUTHENTICATED" }]);
    expect(link.of("bye")[0]?.afterMs).toBeUndefined();
    expect(link.ended?.code).toBe(4501);
  });

  it("a hook may say so with an error as well", async () => {
    const { connect } = await hubFixture({ authenticate: () => Promise.reject(new InventoryError("UNAUTHENTICATED", {})) });
    const link = await connect();
    expect(link.frames).toMatchObject([{ t: "bye", code: "UNAUTHENTICATED" }]);
    expect(link.ended?.code).toBe(4501);
  });

  it("whoever says nothing is cut off when the time for it is over", async () => {
    const { hub, time } = await hubFixture();
    const link = fakeLink(hub);
    time.advance(14_000);
    expect(link.frames).toEqual([]);
    time.advance(1_000);
    await settled();
    expect(link.of("bye")).toMatchObject([{ code: "UNAUTHENTICATED" }]);
    expect(hub.connections).toBe(0);
  });

  it("another version of the protocol is refused by name", async () => {
    const { hub } = await hubFixture();
    const link = fakeLink(hub);
    link.say({ t: "hello", v: 2, token: "ada" });
    await settled();
    expect(link.frames).toMatchObject([{ t: "bye", code: "PROTOCOL_MISMATCH", details: { expected: "1", received: "2" } }]);
    expect(link.ended?.code).toBe(4526);
  });

  it("when authenticate fails, the client comes back later and never hears why", async () => {
    const { connect, logged } = await hubFixture({ authenticate: () => Promise.reject(new Error("db: password for admin")) });
    const link = await connect();
    expect(link.frames).toMatchObject([{ t: "bye", code: "STORAGE_UNAVAILABLE", afterMs: 1_000 }]);
    expect(JSON.stringify(link.frames)).not.toContain("password");
    expect(logged).toHaveLength(1);
  });

  it("a session that comes back takes over from its old link", async () => {
    const { connect } = await hubFixture();
    const old = await connect();
    const session = old.of("welcome")[0]?.session as string;
    const fresh = await connect({ session });
    expect(old.of("bye")).toMatchObject([{ code: "ABORTED" }]);
    expect(old.ended?.code).toBe(4500);
    expect(fresh.of("welcome")).toHaveLength(1);
  });

  it("nobody ends the session of somebody else", async () => {
    const { connect } = await hubFixture();
    const ada = await connect({ token: "ada" });
    await connect({ token: "mallory", session: ada.of("welcome")[0]?.session as string });
    expect(ada.of("bye")).toEqual([]);
    expect(ada.ended).toBeUndefined();
  });
});

describe("frames that are none", () => {
  it.each([
    ["no JSON", "{"],
    ["no frame", "[]"],
    ["an unknown type", '{"t":"drop table"}'],
    ["an unknown field", '{"t":"pong","x":1}'],
    ["bytes that are no UTF-8", new Uint8Array([0xff, 0xfe])],
    ["a prototype", '{"t":"op","id":"1","command":"stock.sell","input":{"__proto__":{"admin":true}}}'],
    ["a prototype spelt in escapes", '{"t":"op","id":"1","command":"stock.sell","input":{"a":{"\\u005f_proto__":1}}}'],
    ["more than a frame may have", `{"t":"auth","token":"${"x".repeat(70_000)}"}`],
    ["a second hello", '{"t":"hello","v":1,"token":"ada"}'],
    ["an empty filter", '{"t":"sub","ref":"r","filter":{"entities":[]}}'],
  ])("%s ends the link with a reason and harms nobody else", async (_, frame) => {
    const { connect } = await hubFixture();
    const [link, other] = [await connect(), await connect({ token: "grace" })];
    link.raw(frame);
    await settled();
    expect(link.of("bye")).toMatchObject([{ code: "INVALID_INPUT", retryable: false }]);
    expect(link.ended?.code).toBe(4502);
    other.say({ t: "sub", ref: "r", filter: levels });
    await settled();
    expect(other.of("subbed")).toHaveLength(1);
  });

  it("nothing is served before hello", async () => {
    const { hub } = await hubFixture();
    const link = fakeLink(hub);
    link.say({ t: "sub", ref: "r", filter: levels });
    await settled();
    expect(link.frames).toMatchObject([{ t: "bye", code: "INVALID_INPUT" }]);
  });
});

describe("joining the stream", () => {
  it("sends a snapshot first, then the first change at once and the next ones of a window together", async () => {
    const { connect, receive, time } = await hubFixture();
    await receive("A");
    const link = await connect();
    link.say({ t: "sub", ref: "r1", filter: levels });
    await settled();
    expect(link.of("subbed")).toMatchObject([{ ref: "r1", how: "snapshot" }]);
    expect(link.of("snap").at(-1)).toMatchObject({ last: true, at: 6 });
    expect(link.of("snap").flatMap((snap) => snap.changes.map((change) => change.key))).toEqual(["A/berlin"]);

    await receive("A");
    await receive("B");
    await receive("B");
    expect(link.of("d")).toMatchObject([{ from: 6, to: 7, changes: [{ key: "A/berlin", value: { onHand: 2 } }] }]);
    time.advance(25);
    expect(link.of("d")).toHaveLength(2);
    expect(link.of("d")[1]).toMatchObject({ from: 7, to: 9, changes: [{ key: "B/berlin", seq: 9, value: { onHand: 2 } }] });
  });

  it("equal filters share one sid and the very same bytes", async () => {
    const { connect, receive } = await hubFixture();
    const [one, two] = [await connect(), await connect({ token: "grace" })];
    one.say({ t: "sub", ref: "r", filter: { entities: ["store", "level"] } });
    two.say({ t: "sub", ref: "r", filter: { entities: ["level", "store", "level"] } });
    await settled();
    await receive();
    expect(one.of("subbed")[0]?.sid).toBe(two.of("subbed")[0]?.sid);
    expect(one.of("d")).toHaveLength(1);
    expect(one.bytes.at(-1)).toBe(two.bytes.at(-1));
  });

  it("ranges go on where the last one ended, over everything that a filter leaves out", async () => {
    const { connect, receive, time } = await hubFixture();
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: { entities: ["level"], storeIds: ["paris"] } });
    await settled();
    const start = link.of("snap").at(-1)?.at as number;
    for (let times = 0; times < 3; times += 1) await receive("A", "berlin");
    expect(link.of("d")).toEqual([]);
    await receive("A", "paris");
    time.advance(25);
    await receive("B", "paris");
    expect(link.of("d")).toMatchObject([
      { from: start, to: start + 4 },
      { from: start + 4, to: start + 5 },
    ]);
  });

  it("a heartbeat's head has been reached by every filter, so a lost last change shows", async () => {
    const { connect, receive, time } = await hubFixture();
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: { entities: ["level"], storeIds: ["paris"] } });
    await settled();
    const seq = await receive("A", "berlin");
    time.advance(16_000);
    expect(link.of("d")).toMatchObject([{ to: seq, changes: [] }]);
    expect(link.frames.slice(-2).map(({ t }) => t)).toEqual(["d", "hb"]);
    expect(link.of("hb")).toMatchObject([{ head: seq }]);
  });

  it("a command of more changes than a frame may have stays in one piece, others are cut between commands", async () => {
    const { connect, inventory } = await hubFixture({ limits: { maxFrameChanges: 2 } });
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: levels });
    await settled();
    const all = ["A", "B", "C"].map((sku) => ({ type: "receive" as const, sku, storeId: "berlin", quantity: 1 }));
    await Promise.all([
      inventory.stock.apply(all),
      inventory.stock.receive({ sku: "A", storeId: "paris", quantity: 1 }),
      inventory.stock.receive({ sku: "B", storeId: "paris", quantity: 1 }),
    ]);
    const ranges = link.of("d").map(({ from, to, changes }) => [from, to, changes.length]);
    expect(ranges.map(([, , count]) => count)).toEqual([3, 2]);
    expect(ranges[0]?.[1]).toBe(ranges[1]?.[0]);
  });

  it("asking again for the same filter replaces the subscription, also when no further one would be allowed", async () => {
    const { connect, receive } = await hubFixture({ limits: { maxSubscriptions: 1 } });
    const link = await connect();
    for (const ref of ["r1", "r2"]) {
      link.say({ t: "sub", ref, filter: levels });
      await settled();
    }
    await receive();
    expect(link.of("subbed").map(({ ref }) => ref)).toEqual(["r1", "r2"]);
    expect(new Set(link.of("subbed").map(({ sid }) => sid)).size).toBe(1);
    expect(link.of("d")).toHaveLength(1);
  });

  it("unsub of a request that another one has replaced ends nothing", async () => {
    const { connect, receive, time } = await hubFixture();
    const link = await connect();
    for (const ref of ["r1", "r2"]) link.say({ t: "sub", ref, filter: levels });
    await settled();
    const sid = link.of("subbed")[0]?.sid as string;
    link.say({ t: "unsub", sid, ref: "r1" });
    await settled();
    await receive();
    expect(link.of("d")).toHaveLength(1);
    link.say({ t: "unsub", sid, ref: "r2" });
    await settled();
    await receive();
    time.advance(25);
    expect(link.of("d")).toHaveLength(1);
  });

  it("unsub ends it", async () => {
    const { connect, receive } = await hubFixture();
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: levels });
    await settled();
    link.say({ t: "unsub", sid: link.of("subbed")[0]?.sid as string });
    await settled();
    await receive();
    expect(link.of("d")).toEqual([]);
  });
});

describe("a read that lags behind the stream", () => {
  it("is repeated until it meets the stream, so that nothing falls between", async () => {
    let stale: { seq: number } | undefined;
    const { connect, receive, time, inventory } = await hubFixture({
      inventory: ({ feed, execute }) => ({
        execute,
        feed: {
          ...feed,
          async since(seq, options) {
            const page = await feed.since(seq, options);
            if (!stale) return page;
            const { seq: head } = stale;
            return { items: page.items.filter((item) => item.seq <= head), head, position: head, more: false };
          },
        },
      }),
    });
    const seq = await receive("A");
    const link = await connect();
    link.say({ t: "sub", ref: "keep", filter: levels });
    await settled();
    stale = { seq };
    await receive("B");
    const late = await connect({ token: "grace" });
    late.say({ t: "sub", ref: "r", filter: levels, position: { epoch: inventory.feed.epoch, seq } });
    await settled();
    expect(late.of("d")).toEqual([]);
    stale = undefined;
    for (let turn = 0; turn < 4; turn += 1) {
      time.advance(100);
      await settled();
    }
    expect(late.of("d").flatMap(({ changes }) => changes.map(({ key }) => key))).toEqual(["B/berlin"]);
  });
});

describe("coming back", () => {
  const limits = { maxReplayChanges: 4, maxDiffCommands: 10, pageRows: 2 };
  const resume = async (behind: number, epoch?: string) => {
    const { connect, receive, inventory } = await hubFixture({ limits });
    const seq = await receive("A");
    for (let times = 0; times < behind; times += 1) await receive(["A", "B", "C"][times % 3], times % 2 ? "berlin" : "paris");
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: levels, position: { epoch: epoch ?? inventory.feed.epoch, seq } });
    await settled();
    return { link, seq, head: seq + behind, how: link.of("subbed")[0]?.how };
  };

  it("without anything missed goes on live", async () => {
    const { link, how, seq } = await resume(0);
    expect([how, link.of("subbed")[0]?.position, link.of("snap"), link.of("d")]).toEqual(["live", seq, [], []]);
  });

  it("with little missed gets a replay", async () => {
    const { link, how, seq, head } = await resume(3);
    expect(how).toBe("replay");
    expect(link.of("d")).toMatchObject([{ from: seq, to: head }]);
  });

  it("with more missed gets the latest image of each row that changed", async () => {
    const { link, how, head } = await resume(9);
    expect(how).toBe("diff");
    expect(link.of("snap").at(-1)).toMatchObject({ last: true, at: head });
    const keys = link.of("snap").flatMap(({ changes }) => changes.map(({ key }) => key));
    expect(keys).toHaveLength(new Set(keys).size);
    expect(link.of("snap").map(({ part }) => part)).toEqual(link.of("snap").map((_, index) => index));
  });

  it("too far behind gets everything", async () => {
    expect((await resume(11)).how).toBe("snapshot");
  });

  it("with a position of another ledger, or one that this ledger has not reached, gets everything", async () => {
    expect((await resume(0, "another")).how).toBe("snapshot");
    const { connect, inventory } = await hubFixture();
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: levels, position: { epoch: inventory.feed.epoch, seq: 1_000 } });
    await settled();
    expect(link.of("subbed")[0]?.how).toBe("snapshot");
  });

  it("a snapshot brings as many of the newest movements as were asked for", async () => {
    const { connect, receive } = await hubFixture({ limits: { pageRows: 2 } });
    for (let times = 0; times < 6; times += 1) await receive();
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: { entities: ["movement"] }, history: 3 });
    await settled();
    expect(link.of("snap").flatMap(({ changes }) => changes.map(({ seq }) => seq))).toEqual([11, 10, 9]);
  });
});

describe("slow readers", () => {
  const limits = { softQueueBytes: 2_000, hardQueueBytes: 8_000 };

  it("are owed a bounded amount, and get one row each when they read again", async () => {
    const { connect, receive, time, hub } = await hubFixture({ limits });
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: levels });
    await settled();
    link.stall();
    for (let times = 0; times < 200; times += 1) {
      await receive(["A", "B", "C"][times % 3]);
      time.advance(25);
    }
    expect(link.queuedBytes).toBeLessThan(2_500);
    const before = link.of("d").length;
    link.take();
    await settled();
    const caughtUp = link.of("d").at(-1);
    expect(caughtUp?.to).toBe(205);
    expect(caughtUp?.changes).toHaveLength(3);
    expect(link.of("d").length - before).toBeLessThan(15);
    expect(hub.stats()).toEqual({ connections: 1, subscriptions: 1, fellBehind: 1, ended: {} });
    const seq = await receive();
    time.advance(25);
    expect(link.of("d").at(-1)?.to).toBe(seq);
  });

  it("miss nothing when more comes than is kept for them while they catch up", async () => {
    const tight = { softQueueBytes: 400, maxFrameChanges: 1, maxBufferedFrames: 1 };
    const { connect, receive, time } = await hubFixture({ limits: tight });
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: levels });
    await settled();
    const commit = async (times: number) => {
      for (let done = 0; done < times; done += 1) {
        await receive(["A", "B", "C"][done % 3], done % 2 ? "berlin" : "paris");
        time.advance(25);
      }
    };
    link.stall();
    await commit(12);
    for (let taken = 0; taken < 30; taken += 1) {
      link.take(1);
      await settled();
      await commit(3);
    }
    link.take();
    for (let turn = 0; turn < 5; turn += 1) {
      await settled();
      time.advance(1_000);
    }
    const deltas = link.of("d");
    let position = link.of("snap").at(-1)?.at as number;
    for (const { from, to } of deltas) {
      expect(from).toBeLessThanOrEqual(position);
      position = Math.max(position, to);
    }
    expect(position).toBe(5 + 12 + 90);
  });

  it("are cut off when they take nothing for 15 seconds", async () => {
    const { connect, receive, time, hub } = await hubFixture({ limits });
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: levels });
    await settled();
    link.stall();
    await receive();
    time.advance(14_000);
    expect(hub.connections).toBe(1);
    time.advance(1_000);
    await settled();
    expect(link.ended?.reason).toBe("terminated");
    expect(hub.stats()).toEqual({ connections: 0, subscriptions: 0, fellBehind: 0, ended: { slow: 1 } });
  });

  it("are cut off when answers alone are more than they may be owed", async () => {
    const { connect, hub } = await hubFixture({ limits });
    const link = await connect();
    link.stall();
    for (let times = 0; times < 90; times += 1) link.say({ t: "op", id: `k${times}`, command: "nothing", input: {} });
    await settled();
    expect(hub.connections).toBe(0);
    expect(link.queuedBytes).toBeLessThan(8_500);
  });
});

describe("signs of life", () => {
  it("a client that answers heartbeats stays", async () => {
    const { connect, time, hub } = await hubFixture();
    await connect();
    time.advance(120_000);
    expect(hub.connections).toBe(1);
  });

  it("a client that does not is gone after a heartbeat and the time for its answer", async () => {
    const { connect, time, hub } = await hubFixture();
    const link = await connect({ pong: false });
    time.advance(24_000);
    expect(hub.connections).toBe(1);
    time.advance(2_000);
    await settled();
    expect(link.of("bye")).toMatchObject([{ code: "ABORTED", afterMs: 0 }]);
    expect(hub.connections).toBe(0);
  });
});

describe("commands", () => {
  it("are applied once in the name of whoever is signed in, and acknowledged with what came of them", async () => {
    const { connect, inventory } = await hubFixture();
    const link = await connect({ token: "ada" });
    const input = { sku: "A", storeId: "berlin", quantity: 5, actor: "mallory", idempotencyKey: "mine" };
    for (const id of ["k1", "k1"]) link.say({ t: "op", id, command: "stock.receive", input });
    await settled();
    expect(link.of("ack")).toMatchObject([
      { id: "k1", seq: 6, replayed: false, result: { levels: [{ onHand: 5 }] } },
      { id: "k1", seq: 6, replayed: true },
    ]);
    const { items } = await inventory.stock.movements({});
    expect(items).toMatchObject([{ actor: "ada", idempotencyKey: "k1", delta: 5 }]);
  });

  it("are decided in the order they came in, also when permission takes its time", async () => {
    let slow = true;
    const { connect } = await hubFixture({
      authorize: async () => {
        if (slow) await settled();
        slow = false;
        return true;
      },
    });
    const link = await connect();
    link.say({ t: "op", id: "k1", command: "stock.receive", input: { sku: "A", storeId: "berlin", quantity: 1 } });
    link.say({ t: "op", id: "k2", command: "stock.sell", input: { sku: "A", storeId: "berlin", quantity: 1 } });
    await settled();
    await settled();
    expect(link.of("ack").map(({ id }) => id)).toEqual(["k1", "k2"]);
  });

  it("a refusal says why, with its details", async () => {
    const { connect } = await hubFixture();
    const link = await connect();
    link.say({ t: "op", id: "k1", command: "stock.sell", input: { sku: "A", storeId: "berlin", quantity: 1 } });
    link.say({ t: "op", id: "k2", command: "stock.steal", input: {} });
    await settled();
    const nacks = Object.fromEntries(link.of("nack").map((nack) => [nack.id, nack]));
    expect(nacks.k1).toMatchObject({ code: "INSUFFICIENT_STOCK", details: { requested: 1, available: 0 }, retryable: false });
    expect(nacks.k2).toMatchObject({ code: "INVALID_INPUT" });
  });

  it.each([
    ["an unknown error", new Error("INSERT INTO secrets"), "OUTCOME_UNKNOWN"],
    ["a storage's error", new InventoryError("STORAGE_UNAVAILABLE", { reason: "INSERT INTO secrets" }), "STORAGE_UNAVAILABLE"],
    ["a damaged file", new InventoryError("STORAGE_CORRUPT", { file: "/secrets.csv", reason: "secrets" }), "STORAGE_CORRUPT"],
  ])("of %s a client hears the code only, and the host's log the rest", async (_, error, code) => {
    const { connect, logged } = await hubFixture({ inventory: ({ feed }) => ({ feed, execute: () => Promise.reject(error) }) });
    const link = await connect();
    link.say({ t: "op", id: "k1", command: "stock.sell", input: {} });
    await settled();
    expect(link.of("nack")).toMatchObject([{ id: "k1", code }]);
    expect(JSON.stringify(link.frames)).not.toContain("secrets");
    expect(logged).toMatchObject([{ error }]);
  });

  it("whoever gave one hears soon that all is up to date, whatever they read", async () => {
    const { connect } = await hubFixture();
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: { entities: ["level"], storeIds: ["paris"] } });
    await settled();
    link.say({ t: "op", id: "k1", command: "stock.receive", input: { sku: "A", storeId: "berlin", quantity: 5 } });
    await settled();
    expect(link.of("d")).toMatchObject([{ to: link.of("ack")[0]?.seq, changes: [] }]);
  });
});

describe("a command's own change", () => {
  it("is not skipped when its answer comes while the change waits for the window", async () => {
    const { connect, receive, time } = await hubFixture();
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: levels });
    await settled();
    await receive("A");
    link.say({ t: "op", id: "k1", command: "stock.receive", input: { sku: "B", storeId: "berlin", quantity: 5 } });
    await settled();
    expect(link.of("ack")).toHaveLength(1);
    time.advance(25);
    expect(link.of("d").at(-1)).toMatchObject({ to: 7, changes: [{ key: "B/berlin" }] });
  });
});

describe("much at once for a slow client", () => {
  it("many subscriptions together are owed no more than one would be, and all of them arrive", async () => {
    const { connect, inventory } = await hubFixture();
    const added = Array.from({ length: 500 }, (_, n) => inventory.products.create({ sku: `P${n}`, name: "x".repeat(150) }));
    await Promise.all(added);
    const link = await connect();
    link.stall();
    const refs = Array.from({ length: 40 }, (_, n) => `r${n}`);
    for (const ref of refs) link.say({ t: "sub", ref, filter: { entities: ["product"], storeIds: [ref] } });
    for (let rounds = 0; rounds < 40; rounds++) await settled();
    expect(link.queuedBytes).toBeLessThan(defaultHubLimits.softQueueBytes + 2 * defaultHubLimits.maxDeltaBytes);
    link.take();
    for (let rounds = 0; rounds < 40; rounds++) await settled();
    expect(link.of("snap").filter(({ last }) => last)).toHaveLength(refs.length);
    expect(link.ended).toBeUndefined();
  });

  it("an answer longer than the hard limit is given, and not again and again cut off", async () => {
    const { connect, inventory } = await hubFixture({ limits: { hardQueueBytes: 20_000, softQueueBytes: 10_000 } });
    await inventory.stock.receive({ sku: "A", storeId: "berlin", quantity: 100 });
    const link = await connect();
    link.stall();
    const lines = Array.from({ length: 100 }, () => ({ type: "sell", sku: "A", storeId: "berlin", quantity: 1 }));
    link.say({ t: "op", id: "k".repeat(200), command: "stock.apply", input: { lines } });
    await settled();
    expect(link.queuedBytes).toBeGreaterThan(20_000);
    link.take();
    expect(link.of("ack")).toHaveLength(1);
    await settled();
    expect(link.ended).toBeUndefined();
  });
});

describe("permission", () => {
  it("denies commands, subscriptions and rows separately, and anything but true is no", async () => {
    const asked: [string, unknown][] = [];
    const { connect, receive, time } = await hubFixture({
      authorize: (actor, action, resource) => {
        asked.push([action, resource]);
        if (action === "read") return resource.storeId !== "paris";
        if (action === "subscribe") return !("skus" in resource);
        return (actor?.id === "boss" ? true : "yes") as boolean;
      },
    });
    await receive("A", "berlin");
    await receive("A", "paris");
    const link = await connect();
    link.say({ t: "sub", ref: "r1", filter: everything });
    link.say({ t: "sub", ref: "r2", filter: { entities: ["level"], skus: ["A"] } });
    link.say({ t: "op", id: "k1", command: "stock.sell", input: { sku: "A", storeId: "berlin", quantity: 1 } });
    await settled();
    await receive("B", "paris");
    await receive("B", "berlin");
    time.advance(25);
    expect(link.of("nack")).toMatchObject([
      { id: "r2", code: "FORBIDDEN" },
      { id: "k1", code: "FORBIDDEN", details: { action: "stock.sell" } },
    ]);
    expect(link.of("snap").some(({ last }) => last)).toBe(true);
    expect(link.of("d").at(-1)?.changes.length).toBeGreaterThan(0);
    expect(JSON.stringify(link.frames)).not.toContain('"storeId":"paris"');
    expect(JSON.stringify(link.frames)).not.toContain('"key":"paris"');
    expect(asked).toContainEqual(["read", { entity: "level", key: "B/paris", sku: "B", storeId: "paris" }]);
  });

  it("sharing bytes never shows a row to somebody who may not read it", async () => {
    const { connect, receive } = await hubFixture({ authorize: (actor, action) => action !== "read" || actor?.id === "boss" });
    const [boss, clerk] = [await connect({ token: "boss" }), await connect({ token: "clerk" })];
    for (const link of [boss, clerk]) link.say({ t: "sub", ref: "r", filter: levels });
    await settled();
    const seq = await receive();
    expect(boss.of("d")).toMatchObject([{ to: seq, changes: [{ key: "A/berlin" }] }]);
    expect(clerk.of("d")).toMatchObject([{ to: seq, changes: [] }]);
    // What a parser would leave out must not be on the wire either.
    const raw = clerk.bytes.map((bytes) => JSON.parse(new TextDecoder().decode(bytes))).filter(({ t }) => t === "d");
    expect(raw.map((frame) => Object.keys(frame).sort())).toEqual([["changes", "from", "sid", "t", "to"]]);
  });

  it("a forbidden store stays forbidden however a command spells it", async () => {
    const { connect, inventory } = await hubFixture({ authorize: (_, action, resource) => action === "subscribe" || !forbids(resource) });
    const forbids = (resource: unknown): boolean => JSON.stringify(resource).includes('"caf\u00e9"');
    await inventory.stores.create({ id: "caf\u00e9", name: "Caf\u00e9" });
    const link = await connect();
    for (const [index, storeId] of ["caf\u00e9", " caf\u00e9", "cafe\u0301\n"].entries()) {
      const line = { sku: "A", storeId, quantity: 1 };
      link.say({ t: "op", id: `one-${index}`, command: "stock.receive", input: line });
      link.say({ t: "op", id: `all-${index}`, command: "stock.apply", input: { lines: [{ type: "receive", ...line }] } });
    }
    await settled();
    expect(link.of("nack").map(({ code }) => code)).toEqual(Array(6).fill("FORBIDDEN"));
    expect(link.of("ack")).toEqual([]);
  });

  it("a hook that throws means no", async () => {
    const { connect, logged } = await hubFixture({
      authorize: () => {
        throw new Error("no answer");
      },
    });
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: levels });
    await settled();
    expect(link.of("nack")).toMatchObject([{ code: "FORBIDDEN" }]);
    expect(logged).toHaveLength(1);
  });

  it("a fresh token is taken in band, and what it does not allow any more is reset", async () => {
    const { connect, receive } = await hubFixture({ authorize: (actor, action) => action !== "subscribe" || actor?.id === "boss" });
    const link = await connect({ token: "boss" });
    link.say({ t: "sub", ref: "r", filter: levels });
    await settled();
    link.say({ t: "auth", token: "boss" });
    await settled();
    expect([link.of("authed").length, link.of("reset").length]).toEqual([1, 0]);
    link.say({ t: "auth", token: "clerk" });
    await settled();
    expect(link.of("reset")).toMatchObject([{ sid: link.of("subbed")[0]?.sid, reason: "permission" }]);
    await receive();
    expect(link.of("d")).toEqual([]);
  });

  it.each<[string, object, number]>([
    ["a proof that ends later", { expiresAt: 2e12 }, 0],
    ["the same stores, listed anew", { stores: ["berlin"] }, 0],
    ["fewer stores", { stores: [] }, 1],
    ["more stores", { stores: ["berlin", "paris"] }, 1],
    ["stores that can't be compared", { stores: new Set(["berlin"]) }, 1],
    ["another name for the same", { roles: ["clerk"] }, 1],
  ])("what is followed comes anew where rights have changed, and only there: %s", async (_what, facts, resets) => {
    const tokens: Record<string, object> = { first: { stores: ["berlin"], expiresAt: 1e12 }, fresh: { stores: ["berlin"], ...facts } };
    const { connect } = await hubFixture({ authenticate: ({ token = "" }) => ({ id: "ada", ...tokens[token] }) });
    const link = await connect({ token: "first" });
    link.say({ t: "sub", ref: "r", filter: levels });
    await settled();
    link.say({ t: "auth", token: "fresh" });
    await settled();
    expect(link.of("authed")).toHaveLength(1);
    expect(link.of("reset").map(({ reason }) => reason)).toEqual(Array(resets).fill("permission"));
  });

  it("a token that ran out ends the link a little later, unless a fresh one came", async () => {
    let expiresAt = 0;
    const { connect, time, hub } = await hubFixture({ authenticate: ({ token = "" }) => ({ id: token, expiresAt }) });
    expiresAt = time.clock.now() + 60_000;
    const [stale, renewed] = [await connect({ token: "stale" }), await connect({ token: "renewed" })];
    time.advance(60_000);
    expiresAt = time.clock.now() + 60_000;
    renewed.say({ t: "auth", token: "renewed" });
    await settled();
    time.advance(30_000);
    await settled();
    expect(stale.of("bye")).toMatchObject([{ code: "UNAUTHENTICATED", afterMs: 0 }]);
    expect(renewed.ended).toBeUndefined();
    expect(hub.connections).toBe(1);
  });
});

describe("limits", () => {
  it("on subscriptions", async () => {
    const { connect } = await hubFixture({ limits: { maxSubscriptions: 1 } });
    const link = await connect();
    for (const entity of ["level", "store"] as const) link.say({ t: "sub", ref: entity, filter: { entities: [entity] } });
    await settled();
    expect(link.of("subbed").map(({ ref }) => ref)).toEqual(["level"]);
    expect(link.of("nack")).toMatchObject([{ id: "store", code: "QUEUE_FULL", details: { limit: 1 } }]);
  });

  it("on commands per second, with the time to wait", async () => {
    const { connect, time } = await hubFixture({ limits: { maxOpsPerSecond: 2 } });
    const link = await connect();
    const op = (id: string) => link.say({ t: "op", id, command: "stock.receive", input: { sku: "A", storeId: "berlin", quantity: 1 } });
    for (const id of ["k1", "k2", "k3"]) op(id);
    await settled();
    expect(link.of("ack")).toHaveLength(2);
    expect(link.of("nack")).toMatchObject([{ id: "k3", code: "RATE_LIMITED", details: { retryAfterMs: 500 }, retryable: true }]);
    time.advance(500);
    op("k3");
    await settled();
    expect(link.of("ack")).toHaveLength(3);
  });

  it("on commands under way", async () => {
    const { connect } = await hubFixture({
      limits: { maxOpsInFlight: 1 },
      inventory: ({ feed }) => ({ feed, execute: () => new Promise<never>(() => undefined) }),
    });
    const link = await connect();
    for (const id of ["k1", "k2"]) link.say({ t: "op", id, command: "stock.sell", input: {} });
    await settled();
    expect(link.of("nack")).toMatchObject([{ id: "k2", code: "QUEUE_FULL", details: { limit: 1 } }]);
  });

  it("on frames per second", async () => {
    const { connect } = await hubFixture({ limits: { maxFramesPerSecond: 5 } });
    const link = await connect();
    for (let times = 0; times < 10; times += 1) link.say({ t: "pong" });
    await settled();
    expect(link.of("bye")).toMatchObject([{ code: "RATE_LIMITED", afterMs: 5_000 }]);
    expect(link.ended?.code).toBe(4029);
  });

  it("on frames that wait for a slow answer", async () => {
    const { connect } = await hubFixture({ limits: { maxWaitingFrames: 3 }, authorize: () => new Promise<boolean>(() => undefined) });
    const link = await connect();
    for (let times = 0; times < 4; times += 1) link.say({ t: "op", id: `k${times}`, command: "stock.sell", input: {} });
    await settled();
    expect(link.of("bye")).toMatchObject([{ code: "RATE_LIMITED" }]);
  });

  it("on what waits of somebody who has not said who they are", async () => {
    const { hub } = await hubFixture({ limits: { maxFrameBytes: 1_000 }, authenticate: () => new Promise(() => undefined) });
    const link = fakeLink(hub);
    for (let times = 0; times < 4; times += 1) link.say({ t: "hello", v: 1, token: "x".repeat(900) });
    await settled();
    expect(link.of("bye")).toMatchObject([{ code: "RATE_LIMITED" }]);
    expect(hub.connections).toBe(0);
  });

  it("on links", async () => {
    const { connect, hub } = await hubFixture({ limits: { maxConnections: 1 } });
    await connect();
    const link = await connect();
    expect(link.of("bye")).toMatchObject([{ code: "RATE_LIMITED", afterMs: 5_000 }]);
    expect(hub.connections).toBe(1);
  });

  it("on pages read at once", async () => {
    let reading = 0;
    let most = 0;
    const { connect } = await hubFixture({
      limits: { maxReadsInFlight: 2 },
      inventory: (inventory) => ({
        execute: inventory.execute,
        feed: {
          ...inventory.feed,
          async snapshot(...request) {
            most = Math.max(most, ++reading);
            await settled();
            reading -= 1;
            return inventory.feed.snapshot(...request);
          },
        },
      }),
    });
    const links = await Promise.all(["a", "b", "c", "d", "e"].map((token) => connect({ token })));
    for (const link of links) link.say({ t: "sub", ref: "r", filter: levels });
    for (let turns = 0; turns < 20; turns += 1) await settled();
    expect(most).toBe(2);
    expect(links.map((link) => link.of("snap").at(-1)?.last)).toEqual([true, true, true, true, true]);
  });
});

describe("links at once", () => {
  it("of one actor have a bound, and one that goes makes room", async () => {
    const { connect } = await hubFixture({ limits: { maxConnectionsPerActor: 2 } });
    const [first] = [await connect(), await connect()];
    expect((await connect()).of("bye")).toMatchObject([{ code: "RATE_LIMITED", retryable: true, afterMs: 5_000 }]);
    expect((await connect({ token: "tom" })).of("bye")).toEqual([]);
    first.drop();
    expect((await connect()).of("welcome")).toHaveLength(1);
  });

  it("of one actor have that bound also for who becomes them later", async () => {
    const { connect, hub } = await hubFixture({ limits: { maxConnectionsPerActor: 1 } });
    const [ada, tom] = [await connect({ token: "ada" }), await connect({ token: "tom" })];
    tom.say({ t: "auth", token: "ada" });
    await settled();
    expect(tom.of("bye")).toMatchObject([{ code: "RATE_LIMITED", afterMs: 5_000 }]);
    ada.say({ t: "auth", token: "tom" });
    await settled();
    expect(ada.of("authed")).toHaveLength(1);
    expect((await connect({ token: "ada" })).of("welcome")).toHaveLength(1);
    expect((await connect({ token: "tom" })).of("bye")).toHaveLength(1);
    expect(hub.connections).toBe(2);
  });

  it("from one address have a bound, before anybody is asked who it is", async () => {
    const asked: unknown[] = [];
    const { hub } = await hubFixture({
      limits: { maxConnectionsPerAddress: 2 },
      authenticate: (credentials) => {
        asked.push(credentials);
        return { id: "ada" };
      },
    });
    const closed: (number | string)[] = [];
    const from = (remoteAddress: string) => {
      const link = {
        send: (_: Uint8Array, onWritten: () => void) => onWritten(),
        close: () => void closed.push(remoteAddress),
        terminate: () => undefined,
      };
      return hub.accept(link, { request: { headers: {}, remoteAddress } });
    };
    const first = from("10.0.0.1");
    from("10.0.0.1");
    from("10.0.0.1");
    from("10.0.0.2");
    expect(closed).toEqual(["10.0.0.1"]);
    first.closed();
    from("10.0.0.1");
    expect(closed).toHaveLength(1);
    expect(hub.connections).toBe(3);
    expect(asked).toEqual([]);
  });
});

describe("roles", () => {
  const people: Readonly<Record<string, Principal>> = {
    mia: { id: "mia", roles: ["operator"], stores: ["berlin"] },
    vic: { id: "vic", roles: ["viewer"], stores: "*" },
  };
  const asPeople = { authorize: rolePolicy(), authenticate: ({ token = "" }: { readonly token?: string }) => people[token] };

  it("decide who sends which command, and no id opens the door to another store", async () => {
    const { connect, receive, inventory } = await hubFixture(asPeople);
    await receive("A", "paris");
    await receive("A", "paris");
    const { reservation } = await inventory.reservations.hold({ sku: "A", storeId: "paris", quantity: 1, expiresInMs: 60_000 });
    const head = await inventory.feed.head();
    const [mia, vic] = [await connect({ token: "mia" }), await connect({ token: "vic" })];
    const here = { sku: "A", storeId: "berlin", quantity: 1 };
    vic.say({ t: "op", id: "v1", command: "stock.receive", input: here });
    mia.say({ t: "op", id: "m1", command: "stock.sell", input: { ...here, storeId: " paris" } });
    mia.say({ t: "op", id: "m2", command: "reservations.release", input: { id: reservation.id } });
    mia.say({ t: "op", id: "m3", command: "stock.adjust", input: { sku: "A", storeId: "berlin", delta: 1, reason: "found" } });
    mia.say({ t: "op", id: "m4", command: "stock.receive", input: { ...here, actor: "vic" } });
    for (let turns = 0; turns < 5; turns += 1) await settled();
    expect(vic.of("nack").map(({ id, code }) => [id, code])).toEqual([["v1", "FORBIDDEN"]]);
    expect(
      mia
        .of("nack")
        .map(({ id, code }) => [id, code])
        .sort(),
    ).toEqual(["m1", "m2", "m3"].map((id) => [id, "FORBIDDEN"]));
    expect(mia.of("ack")).toMatchObject([{ id: "m4", seq: head + 1 }]);
    const { items } = await inventory.stock.movements({ sku: "A", storeId: "berlin" });
    expect(items.map(({ actor }) => actor)).toEqual(["mia"]);
  });

  it("decide who sees which row, also of a hold that leaves the store", async () => {
    const { connect, receive, inventory, time } = await hubFixture(asPeople);
    for (const storeId of ["berlin", "paris"]) await receive("A", storeId);
    const { reservation } = await inventory.reservations.hold({ sku: "A", storeId: "berlin", quantity: 1, expiresInMs: 60_000 });
    const [mia, vic] = [await connect({ token: "mia" }), await connect({ token: "vic" })];
    for (const link of [mia, vic]) link.say({ t: "sub", ref: "r", filter: { entities: ["level", "product", "reservation"] } });
    mia.say({ t: "sub", ref: "no", filter: { entities: ["level"], storeIds: ["paris"] } });
    for (let turns = 0; turns < 5; turns += 1) await settled();
    const keys = (link: typeof mia) => link.of("snap").flatMap(({ changes }) => changes.map(({ key }) => key));
    expect(keys(mia).sort()).toEqual(["A", "A/berlin", "B", "C", "r8"]);
    expect(keys(vic).sort()).toEqual(["A", "A/berlin", "A/paris", "B", "C", "r8"]);
    expect(mia.of("nack")).toMatchObject([{ id: "no", code: "FORBIDDEN" }]);
    await inventory.reservations.update(reservation.id, { storeId: "paris" });
    await settled();
    time.advance(25);
    await settled();
    const seen = mia.of("d").flatMap(({ changes }) => changes.map(({ key }) => key));
    expect(seen.sort()).toEqual(["A/berlin", "r8"]);
  });
});

describe("another ledger under the same hub", () => {
  it("resets every subscription", async () => {
    let epoch = "first";
    const { connect, time } = await hubFixture({
      inventory: ({ feed, execute }) => ({
        execute,
        feed: {
          ...feed,
          get epoch() {
            return epoch;
          },
        },
      }),
    });
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: levels });
    await settled();
    epoch = "second";
    time.advance(1_000);
    expect(link.of("reset")).toMatchObject([{ sid: link.of("subbed")[0]?.sid, reason: "epoch" }]);
  });
});

describe("the end", () => {
  it("a closing hub answers what is under way, then says when to come back", async () => {
    let answer: (value: { seq: number; replayed: boolean }) => void = () => undefined;
    const { connect, hub } = await hubFixture({
      inventory: ({ feed }) => ({ feed, execute: () => new Promise((resolve) => (answer = resolve)) }),
    });
    const link = await connect();
    link.say({ t: "op", id: "k1", command: "stock.sell", input: {} });
    await settled();
    const closed = hub.close({ afterMs: 2_000 });
    await settled();
    expect(link.of("bye")).toEqual([]);
    answer({ seq: 6, replayed: false });
    await closed;
    await settled();
    expect(link.frames.slice(-2)).toMatchObject([
      { t: "ack", id: "k1" },
      { t: "bye", code: "STORAGE_UNAVAILABLE", afterMs: 3_000 },
    ]);
    expect(link.ended?.code).toBe(4001);
  });

  it("does not wait for ever", async () => {
    const { connect, hub, time } = await hubFixture({
      inventory: ({ feed }) => ({ feed, execute: () => new Promise<never>(() => undefined) }),
    });
    const link = await connect();
    link.say({ t: "op", id: "k1", command: "stock.sell", input: {} });
    await settled();
    const closed = hub.close();
    time.advance(5_000);
    await closed;
    expect(link.of("bye")).toHaveLength(1);
  });

  it("a feed that can't be read ends the link, to come back later", async () => {
    const { connect, logged } = await hubFixture({
      inventory: ({ feed, execute }) => ({ execute, feed: { ...feed, snapshot: () => Promise.reject(new Error("disk")) } }),
    });
    const link = await connect();
    link.say({ t: "sub", ref: "r", filter: levels });
    await settled();
    expect(link.of("bye")).toMatchObject([{ code: "STORAGE_UNAVAILABLE", afterMs: 1_000 }]);
    expect(logged.filter(({ error }) => !isInventoryError(error))).toHaveLength(1);
  });
});
