import { createHmac } from "node:crypto";
import { isInventoryError } from "@onhand/core";
import { describe, expect, it } from "vitest";
import { secret, webhookFixture } from "./testing/webhook-fixture";

const seconds = (count: number) => count * 1_000;
const hours = (count: number) => count * 3_600_000;

describe("webhooks", () => {
  it("tell an endpoint everything from where it begins, in order, each command once", async () => {
    const { open, pass, receive, network, inventory } = await webhookFixture();
    const webhooks = open();
    await pass(100);
    await receive();
    await receive("B");
    await pass(100);
    const bodies = network.bodies();
    expect(bodies.map(({ data }) => [data.from, data.to])).toEqual([
      [0, 4],
      [4, 6],
    ]);
    expect(bodies[1]?.type).toBe("inventory.changed");
    expect(bodies[1]?.data.changes).toEqual(JSON.parse(JSON.stringify((await inventory.feed.since(4)).items)));
    expect(webhooks.status()).toEqual([
      {
        name: "erp",
        state: "idle",
        paused: null,
        position: 6,
        behind: 0,
        delivered: 2,
        failures: 0,
        retryAt: null,
        lastFailure: null,
        deadLetters: 0,
      },
    ]);
    await webhooks.stop();
  });

  it("sign each attempt with every secret, by the Standard Webhooks convention", async () => {
    const { open, pass, network, time } = await webhookFixture();
    const next = Buffer.alloc(24, 9).toString("base64");
    const webhooks = open([{ secrets: [secret, next], headers: { "x-key": "k" } }]);
    await pass(100);
    const { headers = {}, body = "" } = network.attempts[0] ?? {};
    const id = headers["webhook-id"] ?? "";
    const timestamp = headers["webhook-timestamp"];
    expect(id).not.toContain(".");
    expect(Number(timestamp)).toBe(Math.floor(time.clock.now() / 1_000));
    const signed = (key: Buffer) => `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
    expect(headers["webhook-signature"]).toBe(`${signed(Buffer.alloc(32, 7))} ${signed(Buffer.alloc(24, 9))}`);
    expect(headers).toMatchObject({ "content-type": "application/json", "x-key": "k" });
    await webhooks.stop();
  });

  it("begin at the present unless told otherwise, and keep to the filter", async () => {
    const { open, pass, receive, network } = await webhookFixture();
    const webhooks = open([{ name: "levels", filter: { entities: ["level"], storeIds: ["berlin"] } }]);
    webhooks.add({ name: "all", url: "https://all.example", secrets: [secret] });
    await pass(100);
    await receive("A", "paris");
    await receive("B", "berlin");
    await pass(100);
    const told = network.attempts.map(({ url, body }) => [
      new URL(url).hostname,
      JSON.parse(body)
        .data.changes.map(({ entity, seq }: { entity: string; seq: number }) => `${entity} ${seq}`)
        .sort(),
    ]);
    expect(told).toEqual([
      ["erp.example", ["level 6"]],
      ["all.example", ["level 5", "level 6", "movement 5", "movement 6"]],
    ]);
    expect(webhooks.status().map(({ position }) => position)).toEqual([6, 6]);
    await webhooks.stop();
  });

  it("try again later and later, under the same name with the same body, and nothing overtakes", async () => {
    const { open, pass, receive, network, time, logged } = await webhookFixture();
    network.fate = () => 500;
    const webhooks = open();
    const begun = time.clock.now();
    await pass(100);
    await receive();
    await pass(seconds(7));
    expect(network.attempts).toHaveLength(4);
    expect(webhooks.status()[0]).toMatchObject({ state: "waiting", failures: 4, retryAt: begun + 100 + seconds(1 + 2 + 4 + 8) });
    expect(webhooks.status()[0]?.lastFailure?.reason).toBe("answered 500");
    expect(new Set(network.ids()).size).toBe(1);
    expect(new Set(network.attempts.map(({ body }) => body)).size).toBe(1);
    network.fate = () => 200;
    await pass(seconds(8) + 200);
    expect(network.bodies().map(({ data }) => data.from)).toEqual([0, 0, 0, 0, 0, 4]);
    expect(webhooks.status()[0]).toMatchObject({ state: "idle", failures: 0, behind: 0 });
    expect(logged).toHaveLength(4);
    await webhooks.stop();
  });

  it("leave a receiver alone for as long as it asks, up to the longest wait, and follow no redirect", async () => {
    const { open, pass, network } = await webhookFixture();
    network.fate = () => ({ status: 429, retryAfterMs: hours(2) });
    const webhooks = open([{}], { limits: { longestRetryMs: seconds(60) } });
    await pass(seconds(59));
    expect(network.attempts).toHaveLength(1);
    network.fate = () => 302;
    await pass(seconds(2));
    expect(network.attempts).toHaveLength(2);
    expect(webhooks.status()[0]?.lastFailure?.reason).toBe("answered 302");
    await webhooks.stop();
  });

  it("give up on an attempt that takes too long", async () => {
    const { open, pass, network } = await webhookFixture();
    network.fate = () => "silent";
    const webhooks = open([{}], { limits: { timeoutMs: 500 } });
    await pass(400);
    expect(webhooks.status()[0]?.state).toBe("delivering");
    await pass(200);
    expect(webhooks.status()[0]).toMatchObject({ failures: 1, lastFailure: { reason: "no answer within 500 ms" } });
    await webhooks.stop();
  });

  it("make a dead letter of what is refused too often and go on; it can be delivered or thrown away", async () => {
    const { open, pass, receive, network } = await webhookFixture();
    const webhooks = open([{}], { limits: { maxAttempts: 3, maxChanges: 1 } });
    await pass(200);
    network.fate = ({ body }) => (body.includes('"sku":"B"') ? 422 : 200);
    for (const sku of ["A", "B", "A", "B"]) await receive(sku);
    await pass(seconds(8));
    const letters = await webhooks.deadLetters("erp");
    expect(letters.map(({ from, to, attempts, reason }) => ({ from, to, attempts, reason }))).toEqual([
      { from: 5, to: 6, attempts: 3, reason: "answered 422" },
      { from: 7, to: 8, attempts: 3, reason: "answered 422" },
    ]);
    expect(webhooks.status()[0]).toMatchObject({ state: "idle", position: 8, deadLetters: 2, failures: 0 });
    const [first, second] = letters.map(({ id }) => id) as [string, string];
    expect(await webhooks.redeliver("erp", first)).toEqual({ delivered: false, reason: "answered 422" });
    network.fate = () => 200;
    expect(await webhooks.redeliver("erp", first)).toEqual({ delivered: true });
    // The level has moved on since and was told then: what is left is the movement.
    expect(
      network
        .bodies()
        .at(-1)
        ?.data.changes.map(({ entity, seq }) => [entity, seq]),
    ).toEqual([["movement", 6]]);
    await webhooks.discard("erp", second);
    expect(await webhooks.deadLetters("erp")).toEqual([]);
    await webhooks.stop();
  });

  it("pause an endpoint with all the dead letters there may be, and lose nothing", async () => {
    const { open, pass, receive, network } = await webhookFixture();
    const webhooks = open([{ from: 4 }], { limits: { maxAttempts: 1, maxChanges: 1, maxDeadLetters: 2 } });
    await pass(200);
    network.fate = () => "refused";
    for (let count = 0; count < 4; count++) await receive();
    await pass(seconds(60));
    expect(webhooks.status()[0]).toMatchObject({ state: "paused", paused: "dead_letters", position: 6, deadLetters: 2, behind: 2 });
    network.fate = () => 200;
    for (const { id } of await webhooks.deadLetters("erp")) await webhooks.redeliver("erp", id);
    await webhooks.resume("erp");
    await pass(200);
    const movements = network.bodies().flatMap(({ data }) => data.changes.filter(({ entity }) => entity === "movement"));
    expect(new Set(movements.map(({ seq }) => seq))).toEqual(new Set([5, 6, 7, 8]));
    expect(webhooks.status()[0]).toMatchObject({ state: "idle", deadLetters: 0, behind: 0 });
    await webhooks.stop();
  });

  it("pause an endpoint that fails for too long or is gone, across restarts, until it is resumed", async () => {
    const { open, pass, receive, network, store } = await webhookFixture();
    network.fate = () => 503;
    const limits = { pauseAfterMs: hours(1), maxAttempts: 1_000, longestRetryMs: seconds(600) };
    const first = open([{}], { limits });
    await pass(seconds(1_200));
    expect(first.status()[0]?.state).toBe("waiting");
    await first.stop();
    const second = open([{}], { limits });
    await pass(hours(1));
    expect(second.status()[0]).toMatchObject({ state: "paused", paused: "failing", position: 0 });
    const before = network.attempts.length;
    await receive();
    await pass(hours(1));
    expect(network.attempts).toHaveLength(before);
    network.fate = () => 410;
    await second.resume("erp");
    await pass(200);
    expect(second.status()[0]?.paused).toBe("gone");
    expect(store.records.get("erp")).toMatchObject({ paused: "gone", position: 0 });
    network.fate = () => 200;
    await second.resume("erp");
    await pass(200);
    expect(second.status()[0]).toMatchObject({ state: "idle", position: 5 });
    await second.stop();
  });

  it("go on after a restart where they were, and begin anew on another ledger", async () => {
    const { open, pass, receive, network, store } = await webhookFixture();
    const first = open();
    await pass(200);
    await first.stop();
    await receive();
    const second = open();
    await pass(200);
    expect(network.bodies().map(({ data }) => data.from)).toEqual([0, 4]);
    await second.stop();
    const record = store.records.get("erp");
    if (record) store.records.set("erp", { ...record, epoch: "another" });
    const third = open();
    await pass(200);
    expect(network.bodies().at(-1)?.data).toMatchObject({ from: 0, to: 5 });
    await third.stop();
  });

  it("paused by hand deliver nothing, and afterwards what happened meanwhile", async () => {
    const { open, pass, receive, network } = await webhookFixture();
    const webhooks = open([{ from: 4 }]);
    await pass(200);
    await webhooks.pause("erp");
    await receive();
    await pass(seconds(5));
    expect(network.attempts).toEqual([]);
    expect(webhooks.status()[0]).toMatchObject({ state: "paused", paused: "asked", behind: 1 });
    await webhooks.resume("erp");
    await pass(200);
    expect(network.bodies().map(({ data }) => [data.from, data.to])).toEqual([[4, 5]]);
    await webhooks.stop();
  });

  it("pause, and whatever else is asked, waits for the delivery under way and not for all that is left to tell", async () => {
    const { open, pass, receive, network } = await webhookFixture();
    let asked: Promise<void> | undefined;
    network.fate = () => {
      asked ??= webhooks.pause("erp");
      return 204;
    };
    const webhooks = open([{}], { limits: { maxChanges: 1 } });
    for (let count = 0; count < 5; count++) await receive();
    await pass(200);
    await asked;
    expect(network.attempts).toHaveLength(1);
    expect(webhooks.status()[0]).toMatchObject({ state: "paused", paused: "asked", position: 1, behind: 8 });
    await webhooks.resume("erp");
    await pass(200);
    expect(network.attempts).toHaveLength(9);
    expect(webhooks.status()[0]).toMatchObject({ state: "idle", behind: 0 });
    await webhooks.stop();
  });

  it("replay from a number or a time, under new names", async () => {
    const { open, pass, receive, network, time } = await webhookFixture();
    const webhooks = open([{}], { limits: { maxChanges: 1 } });
    await receive();
    await pass(hours(1));
    const noon = time.clock.now();
    await receive();
    await receive("B");
    await pass(200);
    const told = () => network.bodies().map(({ data }) => data.to);
    const before = network.ids();
    network.attempts.length = 0;
    await webhooks.replay("erp", { seq: 6 });
    await pass(200);
    expect(told()).toEqual([7]);
    expect(before).not.toContain(network.ids()[0]);
    network.attempts.length = 0;
    await webhooks.replay("erp", { time: noon });
    await pass(200);
    expect(told()).toEqual([6, 7]);
    await webhooks.replay("erp", { time: time.clock.now() + 1 });
    await webhooks.replay("erp", { time: 0 });
    await pass(200);
    expect(told().slice(2)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (const seq of [8, -1, 0.5, Number.NaN]) {
      const refused = await webhooks.replay("erp", { seq }).catch((error: unknown) => error);
      expect(isInventoryError(refused, "INVALID_INPUT")).toBe(true);
    }
    await webhooks.stop();
  });

  it("hold one delivery whatever is behind it: a command is never split, and a thousand wait in the ledger", async () => {
    const { open, pass, receive, network, inventory } = await webhookFixture();
    const webhooks = open([{ from: 4 }], { limits: { maxChanges: 10 } });
    network.fate = () => 500;
    const lines = Array.from(
      { length: 30 },
      (_, index) => ({ type: "receive", sku: "A", storeId: "berlin", quantity: index + 1 }) as const,
    );
    await inventory.stock.apply(lines);
    for (let count = 0; count < 200; count++) await receive("B");
    await pass(seconds(2));
    network.fate = () => 200;
    await pass(seconds(10));
    const sizes = network.bodies().map(({ data }) => data.changes.length);
    expect(Math.max(...sizes.slice(3))).toBeLessThanOrEqual(11);
    expect(network.bodies()[0]?.data).toMatchObject({ from: 4, to: 5 });
    expect(webhooks.status()[0]).toMatchObject({ state: "idle", position: 205 });
    await webhooks.stop();
  });

  it("stopped give up the attempt under way; the next go on with it under its name", async () => {
    const { open, pass, network } = await webhookFixture();
    network.fate = () => "silent";
    const first = open();
    await pass(100);
    await first.stop();
    network.fate = () => 200;
    const second = open();
    await pass(100);
    expect(new Set(network.ids()).size).toBe(1);
    expect(network.attempts).toHaveLength(2);
    await second.stop();
  });

  it("a store that fails is tried again, and the delivery keeps its name", async () => {
    const { open, pass, network, store } = await webhookFixture();
    let broken = true;
    const fragile = {
      load: store.load,
      save: async (...record: Parameters<typeof store.save>) => {
        if (broken && record[1].position > 0) throw new Error("disk full");
        return store.save(...record);
      },
    };
    const webhooks = open([{}], { store: fragile });
    await pass(seconds(4));
    expect(webhooks.status()[0]).toMatchObject({ position: 0, lastFailure: { reason: "disk full" } });
    broken = false;
    await pass(seconds(8));
    expect(webhooks.status()[0]).toMatchObject({ state: "idle", position: 4 });
    expect(new Set(network.ids()).size).toBe(1);
    await webhooks.stop();
  });

  it("take on and let go of endpoints while they run", async () => {
    const { open, pass, receive, network } = await webhookFixture();
    const webhooks = open([]);
    const shop = { name: "shop", url: "https://shop.example/hook", secrets: [secret], from: 4 };
    webhooks.add(shop);
    await receive();
    await pass(200);
    await webhooks.remove("shop");
    await receive();
    await pass(200);
    webhooks.add(shop);
    await pass(200);
    expect(network.bodies().map(({ data }) => [data.from, data.to])).toEqual([
      [4, 5],
      [5, 6],
    ]);
    await expect(webhooks.pause("nobody")).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(webhooks.redeliver("shop", "none")).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await webhooks.stop();
  });

  it.each([
    [{ url: "http://erp.example" }, "https:"],
    [{ url: "ftp://erp.example" }, "https:"],
    [{ url: "nonsense" }, "url is none"],
    [{ url: "https://user:pass@erp.example" }, "credentials"],
    [{ name: "a.b" }, "name"],
    [{ secrets: [] }, "secrets"],
    [{ secrets: ["whsec_c2hvcnQ="] }, "secrets"],
    [{ secrets: [`${secret}!`] }, "secrets"],
    [{ headers: { "Webhook-Id": "x" } }, "Webhook-Id"],
    [{ from: -1 }, "from"],
  ])("refuse an endpoint that is wrong before anything runs: %j", async (wrong, said) => {
    const { open, pass, network } = await webhookFixture();
    expect(() => open([{ name: "right" }, wrong])).toThrow(said);
    await pass(200);
    expect(network.attempts).toEqual([]);
  });

  it("refuse two endpoints of one name, and more than there may be", async () => {
    const { open } = await webhookFixture();
    expect(() => open([{}, {}])).toThrow("name of its own");
    const webhooks = open([{ name: "one" }], { limits: { maxEndpoints: 1 } });
    expect(() => webhooks.add({ name: "two", url: "https://two.example", secrets: [secret] })).toThrow(TypeError);
    await webhooks.stop();
  });
});
