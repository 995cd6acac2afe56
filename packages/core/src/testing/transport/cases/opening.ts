import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { TransportCase } from "../handle";

/** How a link begins, and how it does not. */
export const openingCases: readonly TransportCase[] = [
  {
    id: "open/welcome",
    promise: "A client that says hello is told which ledger this is, where it stands, and what the link is held to.",
    async run({ inventory, serve, replica, until }) {
      await serve({ limits: { maxSubscriptions: 7 } });
      const client = replica();
      client.connect();
      await until(() => client.of("welcome").length === 1, "a welcome");
      const [welcome] = client.of("welcome");
      strictEqual(welcome?.epoch, inventory.feed.epoch);
      strictEqual(welcome?.head, await inventory.feed.head());
      strictEqual(welcome?.limits.maxSubscriptions, 7);
      ok((welcome?.session.length ?? 0) > 0);
    },
  },
  {
    id: "open/token",
    promise: "Whose token it is decides who a link belongs to: their name stands in the ledger, whatever the input says.",
    async run({ inventory, serve, replica }) {
      const tokens: (string | undefined)[] = [];
      await serve({
        authenticate({ token }) {
          tokens.push(token);
          return token === undefined ? undefined : { id: `user-${token}` };
        },
      });
      const client = replica({ token: () => "grace" });
      client.connect();
      await client.command("k1", "stock.sell", { sku: "CUP", storeId: "berlin", quantity: 1, actor: "somebody else" });
      const { items } = await inventory.stock.movements({ sku: "CUP", storeId: "berlin", type: "sold" });
      deepStrictEqual(
        items.map(({ actor }) => actor),
        ["user-grace"],
      );
      ok(tokens.includes("grace"));
    },
  },
  {
    id: "open/stranger",
    promise: "Whom the server does not know is told so and sent away for good, and nothing of them is left.",
    async run(context) {
      await context.serve({ authenticate: () => undefined });
      const client = context.replica();
      client.connect();
      await context.until(() => client.closes.length > 0, "the end of the link");
      deepStrictEqual(
        client.of("bye").map(({ code, afterMs }) => ({ code, afterMs })),
        [{ code: "UNAUTHENTICATED", afterMs: undefined }],
      );
      strictEqual(client.of("welcome").length, 0);
      await context.until(() => context.connections === 0, "the server to forget the link");
    },
  },
  {
    id: "open/nobody-there",
    promise: "A server that is not there is an `onClose`, once, and never a throw; `onOpen` is not called.",
    async run({ serve, stop, replica, until, turn }) {
      await serve();
      await stop({ afterMs: 0 });
      const client = replica({ returns: false });
      client.connect();
      await until(() => client.closes.length > 0, "the close");
      await turn();
      strictEqual(client.closes.length, 1);
      ok((client.closes[0]?.reason.length ?? 0) > 0);
      strictEqual(client.opened, 0);
    },
  },
  {
    id: "open/closed-early",
    promise: "A link that is closed before it opens does not open: `onClose` comes once, nothing after it, and the server keeps nothing.",
    async run(context) {
      await context.serve();
      const told: string[] = [];
      const link = context.transport({ getToken: () => "ada" }).connect({
        onOpen: () => told.push("open"),
        onFrame: () => told.push("frame"),
        onClose: () => told.push("close"),
      });
      link.close();
      link.send({ t: "pong" });
      link.close();
      const witness = context.replica();
      witness.connect();
      await context.agree(witness);
      deepStrictEqual(told, ["close"]);
      await context.until(() => context.connections === 1, "the server to have the other link only");
    },
  },
  {
    id: "open/closed-for-good",
    promise: "After `onClose` nothing is told any more, and what is sent is dropped.",
    async run(context) {
      await context.serve();
      const told: string[] = [];
      const link = context.transport({ getToken: () => "ada" }).connect({
        onOpen: () => link.send({ t: "hello", v: 1, token: "ada" }),
        onFrame: ({ t }) => told.push(t),
        onClose: () => told.push("close"),
      });
      await context.until(() => told.includes("welcome"), "the welcome");
      link.send({ t: "sub", ref: "r", filter: { entities: ["level"] } });
      link.close();
      link.send({ t: "op", id: "late", command: "stock.sell", input: { sku: "CUP", storeId: "berlin", quantity: 1 } });
      await context.until(() => context.connections === 0, "the server to notice");
      await context.turn();
      strictEqual(told.indexOf("close"), told.length - 1);
      strictEqual((await context.inventory.stock.level({ sku: "CUP", storeId: "berlin" })).onHand, 100);
    },
  },
  {
    id: "open/full",
    promise: "A full server takes nobody on, and the next one as soon as somebody leaves.",
    async run(context) {
      await context.serve({ limits: { maxConnections: 1 } });
      const first = context.replica();
      first.connect();
      await context.agree(first);
      const second = context.replica({ returns: false });
      second.connect();
      await context.until(() => second.closes.length === 1, "the refusal");
      strictEqual(second.of("welcome").length, 0);
      first.leave();
      await context.until(() => context.connections === 0, "the first to be gone");
      second.connect();
      await context.agree(second);
    },
  },
];
