import type { ServerFrame } from "@onhand/core/protocol";
import { describe, expect, it } from "vitest";
import { levelChange, movementChange } from "./support/rows";
import { settle, setUp } from "./support/set-up";

const tea = { sku: "TEA", storeId: "berlin" };
const hamburg = { sku: "TEA", storeId: "hamburg" };
const listen = () => undefined;
const sell = (quantity: number) => ({ ...tea, quantity });

/** A client that shows ten teas in Berlin and collects every figure a screen would show. */
async function shop(options: Parameters<typeof setUp>[0] = {}) {
  const all = setUp(options);
  all.server.commit([levelChange(1, tea, 10)]);
  const level = all.client.level(tea);
  const seen: string[] = [];
  const look = () => {
    const now = level.get();
    const text = now ? `${now.onHand}/${now.pending}` : "?";
    if (text !== seen.at(-1)) seen.push(text);
  };
  level.subscribe(look);
  await all.start();
  const ops = () => all.server.links.flatMap(({ received }) => received.filter((frame) => frame.t === "op"));
  return { ...all, level, seen, ops };
}

/** Holds back frames of these kinds until they are let go. */
function holdBack(server: Awaited<ReturnType<typeof shop>>["server"], kinds: readonly ServerFrame["t"][]) {
  const held: (() => void)[] = [];
  server.on({ carry: (frame, deliver) => (kinds.includes(frame.t) ? held.push(() => deliver(frame)) : deliver(frame)) });
  return () => {
    server.on({ carry: (frame, deliver) => deliver(frame) });
    for (const deliver of held.splice(0)) deliver();
  };
}

describe("commands", () => {
  it("answers with what the server says", async () => {
    const { client } = await shop();
    await expect(client.command("stock.sell", sell(2))).resolves.toMatchObject({ seq: 2, replayed: false });
  });

  it("a sale shows at once, and its effect goes exactly when the server's own figures include it", async () => {
    const { client, server, seen } = await shop();
    const release = holdBack(server, ["d"]);
    const answer = client.command("stock.sell", sell(2));
    expect(seen).toEqual(["10/0", "8/1"]);
    await answer;
    expect(seen).toEqual(["10/0", "8/1"]);
    release();
    expect(seen).toEqual(["10/0", "8/1", "8/0"]);
  });

  it("counts a sale once though the changed row arrives before the answer", async () => {
    const { client, server, seen } = await shop();
    server.sendDeltasFirst();
    const release = holdBack(server, ["ack"]);
    const answer = client.command("stock.sell", sell(2));
    expect(seen).toEqual(["10/0", "8/1"]);
    release();
    await answer;
    expect(seen).toEqual(["10/0", "8/1", "8/0"]);
  });

  it("somebody else's change in between is shown as soon as the answer tells the two apart", async () => {
    const { client, server, level, seen } = await shop();
    const release = holdBack(server, ["ack"]);
    server.sendDeltasFirst();
    server.record([levelChange(2, tea, 20)]);
    const answer = client.command("stock.sell", sell(2));
    expect(seen).toEqual(["10/0", "8/1"]);
    server.commit([levelChange(4, tea, 30)]);
    release();
    await answer;
    expect(level.get()).toMatchObject({ onHand: 30, pending: 0 });
    expect(seen).toEqual(["10/0", "8/1", "30/0"]);
  });

  it("many sales in a row never show a figure that was not true", async () => {
    const { client, server, seen } = await shop();
    server.sendDeltasFirst();
    const release = holdBack(server, ["ack"]);
    const answers = Array.from({ length: 5 }, () => client.command("stock.sell", sell(1)));
    release();
    await Promise.all(answers);
    expect(seen).toEqual(["10/0", "9/1", "8/2", "7/3", "6/4", "5/5", "5/4", "5/3", "5/2", "5/1", "5/0"]);
  });

  it("a refusal takes the effect back at once and rejects with the server's code and details", async () => {
    const { client, seen } = await shop();
    const answer = client.command("stock.sell", sell(12));
    await expect(answer).rejects.toMatchObject({ code: "INSUFFICIENT_STOCK", details: { requested: 12, available: 10 } });
    expect(seen).toEqual(["10/0", "-2/1", "10/0"]);
  });

  it("a refusal leaves the effects of other commands", async () => {
    const { client, server, level } = await shop();
    const release = holdBack(server, ["ack", "nack", "d"]);
    const refused = client.command("stock.sell", sell(12)).catch(() => "refused");
    const sold = client.command("stock.sell", sell(3));
    expect(level.get()).toMatchObject({ onHand: -5, pending: 2 });
    release();
    expect(await refused).toBe("refused");
    await sold;
    expect(level.get()).toMatchObject({ onHand: 7, pending: 0 });
  });

  it("what is not answered is sent again after a lost link, under the same key, and is applied once", async () => {
    const { client, server, timers, level, ops } = await shop();
    server.on({ carry: (frame, deliver) => frame.t !== "ack" && frame.t !== "d" && deliver(frame) });
    const first = client.command("stock.sell", sell(2));
    const second = client.command("stock.sell", sell(1));
    server.on({ carry: (frame, deliver) => deliver(frame) });
    server.link().drop();
    expect(level.get()).toMatchObject({ onHand: 7, pending: 2 });
    timers.advance(1_000);
    await settle();
    await expect(first).resolves.toMatchObject({ seq: 2, replayed: true });
    await expect(second).resolves.toMatchObject({ seq: 3, replayed: true });
    expect(ops().map(({ id }) => id)).toEqual(["op1", "op2", "op1", "op2"]);
    expect(server.head()).toBe(3);
    expect(level.get()).toMatchObject({ onHand: 7, pending: 0 });
  });

  it("commands given without a link wait for one, and go before anything is read", async () => {
    const { client, server, start } = setUp();
    client.level(tea).subscribe(listen);
    const answer = client.command("stock.receive", sell(4));
    expect(client.pendingCommands.get()).toMatchObject([{ id: "op1", type: "stock.receive", state: "queued" }]);
    await start();
    await expect(answer).resolves.toMatchObject({ seq: 1 });
    expect(server.link().received.map(({ t }) => t)).toEqual(["hello", "op", "sub"]);
    expect(client.pendingCommands.get()).toEqual([]);
    expect(client.level(tea).get()).toMatchObject({ onHand: 4, pending: 0 });
  });

  it("the caller's own idempotency key is the one that is sent", async () => {
    const { client, ops } = await shop();
    await client.command("stock.sell", { ...sell(1), idempotencyKey: "invoice-7" });
    expect(ops()[0]).toEqual({ t: "op", id: "invoice-7", command: "stock.sell", input: sell(1) });
  });

  it("a transfer, a batch and a count show where they should", async () => {
    const { client, server, level } = await shop();
    server.commit([levelChange(2, hamburg, 1)]);
    const other = client.level(hamburg);
    other.subscribe(listen);
    await settle();
    server.on({ op: () => undefined });
    void client.command("stock.transfer", { sku: "TEA", from: "berlin", to: "hamburg", quantity: 4 });
    expect([level.get()?.onHand, other.get()?.onHand]).toEqual([6, 5]);
    void client.command("stock.apply", {
      lines: [
        { type: "receive", ...tea, quantity: 0.1 },
        { type: "receive", ...tea, quantity: 0.2 },
        { type: "adjust", ...hamburg, delta: -1, reason: "damaged" },
      ],
    });
    expect([level.get()?.onHand, other.get()?.onHand]).toEqual([6.3, 4]);
    void client.command("stock.count", { ...tea, counted: 9 });
    expect(level.get()).toMatchObject({ onHand: 9, available: 9, pending: 3 });
  });

  it("a first receipt shows in lists before the server has such a level, and goes again when refused", async () => {
    const { client, server } = await shop();
    const list = client.levels();
    list.subscribe(listen);
    await settle();
    const release = holdBack(server, ["nack"]);
    server.on({
      op: (link, { id }) => link.say({ t: "nack", id, code: "UNKNOWN_STORE", details: { storeId: "hamburg" }, retryable: false }),
    });
    const answer = client.command("stock.receive", { ...hamburg, quantity: 3 });
    expect(list.get().items.map(({ storeId, onHand }) => [storeId, onHand])).toEqual([
      ["berlin", 10],
      ["hamburg", 3],
    ]);
    release();
    await expect(answer).rejects.toMatchObject({ code: "UNKNOWN_STORE" });
    expect(list.get().keys).toEqual([tea]);
  });

  it("an effect does not wait for subscriptions that will never tell of it", async () => {
    const { client, level } = await shop();
    await client.command("stock.receive", { ...hamburg, quantity: 3 });
    const other = client.level(hamburg);
    other.subscribe(listen);
    await settle();
    expect(other.get()).toMatchObject({ onHand: 3, pending: 0 });
    expect(level.get()).toMatchObject({ onHand: 10, pending: 0 });
  });

  it("more commands than may wait are refused with QUEUE_FULL, and the others go on", async () => {
    const { client, server } = await shop({ client: { maxPendingCommands: 2 } });
    server.on({ op: () => undefined });
    void client.command("stock.sell", sell(1));
    void client.command("stock.sell", sell(1));
    await expect(client.command("stock.sell", sell(1))).rejects.toMatchObject({ code: "QUEUE_FULL", details: { limit: 2 } });
    expect(client.level(tea).get()).toMatchObject({ onHand: 8, pending: 2 });
  });

  it("keeps to the server's limits in flight and per second, in the order given", async () => {
    const { client, server, ops, timers } = await shop({ server: { limits: { maxOpsInFlight: 2, maxOpsPerSecond: 3 } } });
    server.on({ op: () => undefined });
    const answers = Array.from({ length: 4 }, () => client.command("stock.sell", sell(1)));
    expect(ops().map(({ id }) => id)).toEqual(["op1", "op2"]);
    server.on({ op: server.execute });
    for (const frame of ops()) server.execute(server.link(), frame);
    expect(ops().map(({ id }) => id)).toEqual(["op1", "op2", "op3"]);
    timers.advance(1_000);
    await Promise.all(answers);
    expect(ops().map(({ id }) => id)).toEqual(["op1", "op2", "op3", "op4"]);
  });

  it("a command that was turned away for haste is sent again by itself", async () => {
    const { client, server, timers, level } = await shop();
    server.on({
      op: (link, { id }) => link.say({ t: "nack", id, code: "RATE_LIMITED", details: { retryAfterMs: 400 }, retryable: true }),
    });
    const answer = client.command("stock.sell", sell(1));
    server.on({ op: server.execute });
    expect(level.get()?.pending).toBe(1);
    timers.advance(400);
    await expect(answer).resolves.toMatchObject({ seq: 2 });
  });

  it("a command larger than the server reads is refused here instead of breaking the link again and again", async () => {
    const { client, status } = await shop({ server: { limits: { maxFrameBytes: 500 } } });
    await expect(client.command("products.create", { sku: "A", name: "x".repeat(600) })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(status()).toBe("live");
  });

  it("what no frame can carry is refused here and leaves nothing behind", async () => {
    const { client, level, status } = await shop();
    await expect(client.command("stock.sell", { ...sell(1), idempotencyKey: "x".repeat(201) })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
    const huge = { ...sell(1), reference: { type: "order", id: 1n as unknown as string } };
    await expect(client.command("stock.sell", huge)).rejects.toBeInstanceOf(TypeError);
    expect(level.get()).toMatchObject({ onHand: 10, pending: 0 });
    expect(client.pendingCommands.get()).toEqual([]);
    expect(status()).toBe("live");
  });

  it("stopping refuses what is unanswered: unknown if it was sent, aborted if not", async () => {
    const { client, server } = await shop({ server: { limits: { maxOpsInFlight: 1 } } });
    server.on({ op: () => undefined });
    const sent = client.command("stock.sell", sell(1)).catch((error: unknown) => error);
    const queued = client.command("stock.sell", sell(1)).catch((error: unknown) => error);
    client.stop();
    expect(await sent).toMatchObject({ code: "OUTCOME_UNKNOWN", details: { idempotencyKey: "op1" } });
    expect(await queued).toMatchObject({ code: "ABORTED" });
    expect(client.level(tea).get()).toMatchObject({ onHand: 10, pending: 0 });
    expect(client.pendingCommands.get()).toEqual([]);
  });

  it("changes that do not concern a level let its effect go all the same", async () => {
    const { client, server, level } = await shop();
    server.on({
      op: (link, { id }) => {
        server.record([movementChange(2, tea, 0)]);
        link.say({ t: "ack", id, seq: 2, replayed: false, result: {} });
      },
    });
    await client.command("stock.count", { ...tea, counted: 10 });
    expect(level.get()?.pending).toBe(1);
    server.publish();
    expect(level.get()?.pending).toBe(0);
  });
});
