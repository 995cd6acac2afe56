import type { ServerFrame } from "@onhand/core/protocol";
import { describe, expect, it } from "vitest";
import { levelChange, movementChange, productChange, storeChange } from "./support/rows";
import { settle, setUp } from "./support/set-up";

const tea = { sku: "TEA", storeId: "berlin" };
const mug = { sku: "MUG", storeId: "berlin" };
const listen = () => undefined;

describe("reading", () => {
  it("asks nothing of the server before start, and then for what is looked at", async () => {
    const { client, server, start, status } = setUp();
    client.levels({ storeId: "berlin" }).subscribe(listen);
    await settle();
    expect(status()).toBe("idle");
    expect(server.links).toHaveLength(0);
    await start();
    expect(status()).toBe("live");
    expect(server.link().received.map(({ t }) => t)).toEqual(["hello", "sub"]);
  });

  it("a level is undefined until it is known, then zero where nothing ever moved", async () => {
    const { client, start } = setUp();
    const level = client.level(tea);
    level.subscribe(listen);
    expect(level.get()).toBeUndefined();
    await start();
    expect(level.get()).toMatchObject({ ...tea, onHand: 0, available: 0, pending: 0 });
    expect(level.get()).toBe(level.get());
  });

  it("shows what was there and what changes, and tells only the listeners of what changed", async () => {
    const { client, server, start } = setUp();
    server.commit([levelChange(1, tea, 5), levelChange(1, mug, 7)]);
    let told = 0;
    client.level(tea).subscribe(listen);
    client.level(mug).subscribe(() => {
      told += 1;
    });
    await start();
    const before = told;
    server.commit([levelChange(2, tea, 4)]);
    expect(client.level(tea).get()?.onHand).toBe(4);
    expect(client.level(mug).get()?.onHand).toBe(7);
    expect(told).toBe(before);
  });

  it("a thousand rows and their list share one subscription, though the rows ask first", async () => {
    const { client, server, start } = setUp();
    for (let n = 0; n < 1_000; n += 1) client.level({ sku: `P${n}`, storeId: "berlin" }).subscribe(listen);
    client.levels().subscribe(listen);
    await start();
    expect(server.link().received.filter(({ t }) => t === "sub")).toHaveLength(1);
  });

  it("rows without a list are asked for together", async () => {
    const { client, server, start } = setUp();
    for (let n = 0; n < 300; n += 1) client.level({ sku: `P${n}`, storeId: "berlin" }).subscribe(listen);
    await start();
    expect(server.link().received.filter(({ t }) => t === "sub")).toHaveLength(2);
  });

  it("what is followed by its id is asked for by its id, and not with everything else of its kind", async () => {
    const { client, server, start } = setUp();
    client.purchaseOrder("po7-0").subscribe(listen);
    client.countLines("c3").subscribe(listen);
    await start();
    const filters = server.link().received.flatMap((frame) => (frame.t === "sub" ? [frame.filter] : []));
    expect(filters).toEqual([
      { entities: ["purchaseOrder"], ids: ["po7-0"] },
      { entities: ["countLine"], ids: ["c3"] },
    ]);
  });

  it("asks nothing about what can not exist, and knows the answer", async () => {
    const { client, server, start } = setUp();
    const questions = [client.levels({ skus: [] }), client.levels({ storeId: " " }), client.products({ skus: ["x".repeat(300)] })];
    for (const question of questions) question.subscribe(listen);
    client.level({ sku: "", storeId: "berlin" }).subscribe(listen);
    await start();
    expect(questions.map((question) => question.get())).toMatchObject(questions.map(() => ({ status: "ready", items: [] })));
    expect(client.level({ sku: "", storeId: "berlin" }).get()?.onHand).toBe(0);
    expect(server.link().received.map(({ t }) => t)).toEqual(["hello"]);
  });

  it("more names than a frame holds are asked for as everything, and shown as asked", async () => {
    const { client, server, start } = setUp();
    server.commit([levelChange(1, tea, 5), levelChange(1, mug, 7)]);
    const list = client.levels({ skus: ["TEA", ...Array.from({ length: 2_000 }, (_, n) => `P${n}`)] });
    list.subscribe(listen);
    await start();
    expect(server.link().received.at(-1)).toMatchObject({ t: "sub", filter: { entities: ["level"] } });
    expect(list.get().keys).toEqual([tea]);
  });

  it("two spellings of a SKU are one row", async () => {
    const { client, server, start } = setUp();
    server.commit([productChange(1, "Tea-50", "Green tea")]);
    client.products().subscribe(listen);
    await start();
    expect(client.product("TEA-50 ").get()?.name).toBe("Green tea");
  });

  it("lists are in order, keep their keys while only figures change, and keep the rows that did not change", async () => {
    const { client, server, start } = setUp();
    server.commit([levelChange(1, tea, 5), levelChange(1, mug, 7)]);
    const list = client.levels();
    list.subscribe(listen);
    await start();
    const before = list.get();
    expect(before.keys).toEqual([mug, tea]);
    server.commit([levelChange(2, tea, 4)]);
    const after = list.get();
    expect(after).not.toBe(before);
    expect(after.keys).toBe(before.keys);
    expect(after.items[0]).toBe(before.items[0]);
    expect(after.items[1]?.onHand).toBe(4);
    server.commit([levelChange(3, { sku: "POT", storeId: "berlin" }, 1)]);
    expect(list.get().keys.map(({ sku }) => sku)).toEqual(["MUG", "POT", "TEA"]);
  });

  it("movements come newest first, and the oldest make room", async () => {
    const { client, server, start } = setUp();
    const list = client.movements({ limit: 3 });
    list.subscribe(listen);
    await start();
    for (let seq = 1; seq <= 20; seq += 1) server.commit([movementChange(seq, tea, 1)]);
    expect(list.get().items.map(({ seq }) => seq)).toEqual([20, 19, 18]);
  });

  it("of a command with several movements, none makes room before the others", async () => {
    const { client, server, start } = setUp();
    const list = client.movements({ limit: 3 });
    list.subscribe(listen);
    await start();
    server.commit([movementChange(1, tea, 1)]);
    server.commit([movementChange(2, tea, 1, 1), movementChange(2, mug, 1, 0)]);
    for (const seq of [3, 4]) server.commit([movementChange(seq, tea, 1)]);
    expect(list.get().keys).toEqual(["m4-0", "m3-0", "m2-1"]);
  });

  it("more of the past is asked of the same subscription", async () => {
    const { client, server, start } = setUp();
    server.commit([movementChange(1, tea, 1)]);
    client.movements({ limit: 3 }).subscribe(listen);
    await start();
    client.movements({ limit: 50 }).subscribe(listen);
    await settle();
    expect(server.link().received.filter(({ t }) => t === "sub")).toMatchObject([{ history: 3 }, { history: 50 }]);
    expect(server.link().subs.size).toBe(1);
    expect(client.movements({ limit: 50 }).get()).toMatchObject({ status: "ready", keys: ["m1-0"] });
  });

  it("what nobody looks at any more is let go after a moment, and not before", async () => {
    const { client, server, timers, start } = setUp();
    server.commit([levelChange(1, tea, 5), storeChange(1, "berlin")]);
    const stop = client.level(tea).subscribe(listen);
    client.stores().subscribe(listen);
    await start();
    stop();
    timers.advance(4_000);
    const again = client.level(tea).subscribe(listen);
    await settle();
    timers.advance(60_000);
    expect(client.level(tea).get()?.onHand).toBe(5);
    again();
    timers.advance(6_000);
    expect(client.level(tea).get()).toBeUndefined();
    expect(client.stores().get().keys).toEqual(["berlin"]);
  });

  it("nothing lingers in a client that was stopped, whether it was let go before or after", async () => {
    const { client, server, timers, start } = setUp();
    server.commit([levelChange(1, tea, 5), levelChange(1, mug, 7)]);
    const before = client.level(tea).subscribe(listen);
    const after = client.level(mug).subscribe(listen);
    await start();
    before();
    client.stop();
    expect(timers.pending()).toBe(0);
    after();
    expect(timers.pending()).toBe(0);
  });

  it("a question that was dropped and asked again before its answer came is answered", async () => {
    const { client, server, timers, start } = setUp();
    server.commit([levelChange(1, tea, 5)]);
    await start();
    const late: (() => void)[] = [];
    server.on({ sub: (link, frame) => late.push(() => server.subscribe(link, frame)) });
    const stop = client.level(tea).subscribe(listen);
    await settle();
    stop();
    timers.advance(5_000);
    client.level(tea).subscribe(listen);
    await settle();
    for (const answer of late) answer();
    server.commit([levelChange(2, tea, 4)]);
    expect(client.level(tea).get()?.onHand).toBe(4);
    expect(server.link().subs.size).toBe(1);
  });

  it("an answer to nobody ends the subscription", async () => {
    const { client, server, timers, start } = setUp();
    await start();
    const late: (() => void)[] = [];
    server.on({ sub: (link, frame) => late.push(() => server.subscribe(link, frame)) });
    const stop = client.level(tea).subscribe(listen);
    await settle();
    stop();
    timers.advance(5_000);
    for (const answer of late) answer();
    expect(server.link().subs.size).toBe(0);
  });

  it("a refused filter says so, and is asked for again after a new token", async () => {
    const { client, server, start } = setUp();
    server.commit([levelChange(1, tea, 5)]);
    server.on({
      sub: (link, frame) => link.say({ t: "nack", id: frame.ref, code: "FORBIDDEN", details: { action: "subscribe" }, retryable: false }),
    });
    client.levels().subscribe(listen);
    await start();
    expect(client.levels().get()).toMatchObject({ status: "refused", error: { code: "FORBIDDEN" } });
    server.on({ sub: server.subscribe });
    client.authenticate();
    await settle();
    expect(client.levels().get()).toMatchObject({ status: "ready", items: [{ onHand: 5 }] });
  });
});

describe("parts of what is refused", () => {
  it("a row that may be read shows though the list that covers it may not, and a refused row hurts no other", async () => {
    const { client, server, start } = setUp();
    server.commit([levelChange(1, tea, 5), levelChange(1, mug, 7)]);
    server.on({
      sub: (link, frame) => {
        const allowed = frame.filter.skus?.every((sku) => sku !== "MUG");
        if (allowed) server.subscribe(link, frame);
        else link.say({ t: "nack", id: frame.ref, code: "FORBIDDEN", details: { action: "subscribe" }, retryable: false });
      },
    });
    client.levels().subscribe(listen);
    client.level(tea).subscribe(listen);
    client.level(mug).subscribe(listen);
    await start();
    await settle();
    expect(client.levels().get()).toMatchObject({ status: "refused", error: { code: "FORBIDDEN" } });
    expect(client.level(tea).get()?.onHand).toBe(5);
    expect(client.level(mug).get()).toBeUndefined();
    expect(client.level(mug).loading()).toMatchObject({ status: "refused" });
    expect(server.link().received.filter(({ t }) => t === "sub").length).toBeLessThan(6);
  });
});

describe("staying in step", () => {
  it("a repeated delta changes nothing, an overlapping one only what is newer", async () => {
    const { client, server, start } = setUp();
    client.level(tea).subscribe(listen);
    await start();
    const [sid] = [...server.link().subs.keys()];
    if (!sid) throw new Error("no subscription");
    const say = (frame: Omit<Extract<ServerFrame, { t: "d" }>, "t" | "sid">) => server.link().say({ t: "d", sid, ...frame });
    say({ from: 0, to: 2, changes: [levelChange(2, tea, 20)] });
    const shown = client.level(tea).get();
    say({ from: 0, to: 2, changes: [levelChange(2, tea, 99)] });
    expect(client.level(tea).get()).toBe(shown);
    say({ from: 1, to: 3, changes: [levelChange(2, tea, 99), levelChange(3, tea, 30)] });
    expect(client.level(tea).get()?.onHand).toBe(30);
    expect(server.link().received.filter(({ t }) => t === "sub")).toHaveLength(1);
  });

  it("a subscription that lags behind another does not take a row back", async () => {
    const { client, server, start } = setUp();
    client.levels({ storeId: "berlin" }).subscribe(listen);
    client.levels({ skus: ["TEA", "MUG"] }).subscribe(listen);
    await start();
    const [, lagging] = [...server.link().subs.keys()];
    const held: (() => void)[] = [];
    server.on({ carry: (frame, deliver) => (frame.t === "d" && frame.sid === lagging ? held.push(() => deliver(frame)) : deliver(frame)) });
    server.commit([levelChange(1, tea, 10)]);
    server.commit([levelChange(2, tea, 20)]);
    expect(client.level(tea).get()?.onHand).toBe(20);
    held[0]?.();
    expect(client.level(tea).get()?.onHand).toBe(20);
    held[1]?.();
    expect(client.level(tea).get()?.onHand).toBe(20);
  });

  it("a gap is filled from the last position, and the client is not live meanwhile", async () => {
    const { client, server, start, status } = setUp();
    client.level(tea).subscribe(listen);
    await start();
    server.commit([levelChange(1, tea, 10)]);
    server.on({ carry: () => undefined });
    server.commit([levelChange(2, tea, 20)]);
    server.on({ carry: (frame, deliver) => deliver(frame), sub: () => undefined });
    server.commit([levelChange(3, tea, 30)]);
    expect(status()).toBe("syncing");
    expect(client.level(tea).get()?.onHand).toBe(10);
    expect(server.link().received.at(-1)).toMatchObject({ t: "sub", position: { epoch: "e1", seq: 1 } });
    const asked = server.link().received.at(-1);
    if (asked?.t === "sub") server.subscribe(server.link(), asked);
    expect(status()).toBe("live");
    expect(client.level(tea).get()?.onHand).toBe(30);
  });

  it("a lost last change is noticed by the heartbeats", async () => {
    const { client, server, start } = setUp();
    client.level(tea).subscribe(listen);
    await start();
    server.on({ carry: (frame, deliver) => frame.t !== "d" && deliver(frame) });
    server.commit([levelChange(1, tea, 10)]);
    server.beat();
    expect(server.link().received.filter(({ t }) => t === "sub")).toHaveLength(1);
    server.on({ carry: (frame, deliver) => deliver(frame) });
    server.beat();
    expect(client.level(tea).get()?.onHand).toBe(10);
  });

  it("after three vain attempts from one place it takes a snapshot, and in the end gives the link up", async () => {
    const { client, server, start, status } = setUp();
    client.level(tea).subscribe(listen);
    await start();
    server.commit([levelChange(1, tea, 1)]);
    server.on({ sub: () => undefined });
    let asked = 0;
    server.on({
      sub: (link, frame) => {
        asked += 1;
        if (asked > 50) return;
        const sid = `bad${asked}`;
        link.say({ t: "subbed", ref: frame.ref, sid, position: 1, how: frame.position ? "replay" : "snapshot" });
        if (!frame.position) link.say({ t: "snap", sid, part: 0, changes: [], last: true, at: 1 });
        link.say({ t: "d", sid, from: 5, to: 6, changes: [] });
      },
    });
    const [sid] = [...server.link().subs.keys()];
    server.link().say({ t: "d", sid: sid ?? "", from: 5, to: 6, changes: [] });
    const positions = server
      .link()
      .received.filter((frame) => frame.t === "sub")
      .map((frame) => frame.t === "sub" && frame.position?.seq);
    expect(positions).toEqual([undefined, 1, 1, 1, undefined, undefined, undefined]);
    expect(status()).toBe("backoff");
  });

  it("a snapshot is shown when its last page is in, and until then the old rows stay", async () => {
    const { client, server, timers, start, status } = setUp();
    server.commit([levelChange(1, tea, 5), levelChange(1, mug, 7)]);
    const list = client.levels();
    list.subscribe(listen);
    await start();
    server.link().drop();
    server.replace([levelChange(1, { sku: "POT", storeId: "berlin" }, 1), levelChange(2, tea, 2)]);
    const pages: ServerFrame[] = [];
    server.on({ carry: (frame, deliver) => (frame.t === "snap" ? pages.push(frame) : deliver(frame)) });
    timers.advance(1_000);
    await settle();
    expect(status()).toBe("syncing");
    expect(list.get().items.map(({ sku, onHand }) => [sku, onHand])).toEqual([
      ["MUG", 7],
      ["TEA", 5],
    ]);
    server.on({ carry: (frame, deliver) => deliver(frame) });
    const [page] = pages;
    if (page?.t !== "snap") throw new Error("no page");
    server.link().say({ ...page, changes: page.changes.slice(0, 1), last: false });
    expect(list.get().keys).toHaveLength(2);
    server.link().say({ ...page, part: 1, changes: page.changes.slice(1) });
    expect(list.get().items.map(({ sku, onHand }) => [sku, onHand])).toEqual([
      ["POT", 1],
      ["TEA", 2],
    ]);
    expect(status()).toBe("live");
  });

  it("what the user may no longer see is gone at once", async () => {
    const { client, server, start } = setUp();
    server.commit([levelChange(1, tea, 5)]);
    client.levels().subscribe(listen);
    await start();
    server.on({ sub: () => undefined });
    const [sid] = [...server.link().subs.keys()];
    server.link().say({ t: "reset", sid: sid ?? "", reason: "permission" });
    expect(client.levels().get()).toMatchObject({ status: "loading", keys: [] });
    expect(client.level(tea).get()).toBeUndefined();
  });
});
