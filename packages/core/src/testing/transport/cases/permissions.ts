import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Actor, Authorize } from "../../../index";
import type { TransportCase } from "../handle";
import type { Replica } from "../replica";

const berlin = { sku: "TEA-50", storeId: "berlin" };
const hub = { sku: "TEA-50", storeId: "hub" };

const storesIn = (client: Replica) =>
  new Set(
    [...client.of("snap"), ...client.of("d")].flatMap(({ changes }) =>
      changes.flatMap(({ value }) => ("storeId" in value ? [value.storeId] : [])),
    ),
  );

/** Everybody reads, but only `boss` what is at the warehouse. */
const warehouseForBoss: Authorize = (actor, action, resource) => action !== "read" || resource.storeId !== "hub" || actor?.id === "boss";

/** Who sees and does what. */
export const permissionCases: readonly TransportCase[] = [
  {
    id: "permission/rows",
    promise: "A row reaches only those who may read it, in snapshots and later, though others share the same filter.",
    async run({ inventory, serve, replica, agree, until, time }) {
      await serve({ authorize: warehouseForBoss });
      const filter = { entities: ["level"] } as const;
      const [boss, clerk] = [replica({ filter, token: () => "boss" }), replica({ filter, token: () => "clerk" })];
      for (const client of [boss, clerk]) client.connect();
      await agree(boss);
      await inventory.stock.sell({ ...hub, quantity: 1 });
      await inventory.stock.sell({ ...berlin, quantity: 1 });
      const head = await inventory.feed.head();
      await agree(boss);
      await until(() => {
        time.advance(25);
        return clerk.position === head;
      }, "the clerk to be told as well");
      ok(storesIn(boss).has("hub"));
      deepStrictEqual([...storesIn(clerk)].sort(), ["berlin", "hamburg"]);
    },
  },
  {
    id: "permission/commands",
    promise: "A command that its sender may not give is refused with `FORBIDDEN` and changes nothing.",
    async run({ inventory, serve, replica, agree }) {
      await serve({ authorize: (_, action) => action === "subscribe" || action === "read" });
      const client = replica();
      client.connect();
      await agree(client);
      const answer = await client.command("k", "stock.sell", { ...berlin, quantity: 1 });
      deepStrictEqual({ t: answer.t, code: answer.t === "nack" && answer.code }, { t: "nack", code: "FORBIDDEN" });
      strictEqual((await inventory.stock.level(berlin)).onHand, 100);
    },
  },
  {
    id: "permission/revoked",
    promise: "Who may no longer read is told so when they next say who they are: the subscription is reset, and nothing of it follows.",
    async run({ inventory, serve, replica, agree, until, time, turn }) {
      let isAllowed = true;
      await serve({ authorize: (_, action) => action !== "subscribe" || isAllowed });
      const client = replica({ filter: { entities: ["level"] } });
      client.connect();
      await agree(client);
      isAllowed = false;
      client.say({ t: "auth", token: "ada" });
      await until(
        () => client.of("reset").length === 1 && client.of("nack").length === 1,
        "the reset, and the refusal of what was asked anew",
      );
      strictEqual(client.of("reset")[0]?.reason, "permission");
      strictEqual(client.of("nack")[0]?.code, "FORBIDDEN");
      strictEqual(client.rows.size, 0);
      const heard = client.of("d").length;
      await inventory.stock.sell({ ...berlin, quantity: 1 });
      time.advance(1_000);
      await turn();
      strictEqual(client.of("d").length, heard);
    },
  },
  {
    id: "permission/another",
    promise:
      "Who goes on as another, or with other rights, keeps nothing that they may not read: what they follow is reset, and comes anew as they may see it.",
    async run({ inventory, serve, replica, agree, until, time, turn }) {
      await serve({ authorize: warehouseForBoss });
      let token = "boss";
      const client = replica({ filter: { entities: ["level"] }, token: () => token });
      const shown = () => new Set([...client.rows.values()].map(({ value }) => "storeId" in value && value.storeId));
      const standsAtHead = async () => {
        const head = await inventory.feed.head();
        await until(() => {
          time.advance(25);
          return client.live && client.position === head;
        }, "the client to be told of everything");
      };
      client.connect();
      await agree(client);
      ok(shown().has("hub"));

      token = "clerk";
      await client.roundTrip();
      await until(() => client.of("reset").length === 1, "the reset");
      strictEqual(client.of("reset")[0]?.reason, "permission");
      const frames = client.frames.length;
      await inventory.stock.sell({ ...hub, quantity: 1 });
      await inventory.stock.sell({ ...berlin, quantity: 1 });
      await standsAtHead();
      deepStrictEqual([...shown()].sort(), ["berlin", "hamburg"]);
      ok(!JSON.stringify(client.frames.slice(frames)).includes('"hub"'));

      token = "boss";
      await client.roundTrip();
      await turn();
      await standsAtHead();
      await agree(client);
    },
  },
  {
    id: "permission/resume",
    promise: "Permission is asked again when a client comes back: a position opens no door.",
    async run({ inventory, serve, replica, agree, until, cut, time, turn }) {
      let isAllowed = true;
      await serve({ authorize: (_, action) => action !== "subscribe" || isAllowed });
      const client = replica({ filter: { entities: ["level"] } });
      client.connect();
      await agree(client);
      isAllowed = false;
      const heard = client.of("d").length;
      cut();
      await until(() => client.of("nack").length === 1, "the refusal");
      await inventory.stock.sell({ ...berlin, quantity: 1 });
      time.advance(1_000);
      await turn();
      strictEqual(client.of("subbed").length, 1);
      strictEqual(client.of("d").length, heard);
    },
  },
  {
    id: "permission/expired",
    promise: "A link ends soon after its token does, unless a fresh one came in time; it may come back with one.",
    async run(context) {
      const { time } = context;
      const expiresAt = time.clock.now() + 20_000;
      const authenticate = ({ token }: { readonly token?: string }): Actor | undefined =>
        token === "fresh" ? { id: "ada" } : token === undefined ? undefined : { id: token, expiresAt };
      await context.serve({ authenticate });
      let token = "old";
      const [careless, careful] = [context.replica({ returns: false, token: () => "other" }), context.replica({ token: () => token })];
      for (const client of [careless, careful]) client.connect();
      await context.agree(careless, careful);
      token = "fresh";
      await careful.roundTrip();
      for (let second = 0; second < 60; second += 1) {
        time.advance(1_000);
        if (second % 5 === 0) await Promise.all([careless.roundTrip(), careful.roundTrip()]);
        if (careless.closes.length > 0) break;
      }
      await context.until(() => careless.closes.length === 1, "the end of the link");
      deepStrictEqual(
        careless.of("bye").map(({ code, retryable }) => ({ code, retryable })),
        [{ code: "UNAUTHENTICATED", retryable: false }],
      );
      strictEqual(careless.of("bye")[0]?.afterMs, 0);
      strictEqual(careful.closes.length, 0);
      await context.agree(careful);
    },
  },
];
