import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Inventory } from "../../../index";
import { createGate } from "../gates";
import type { TransportCase } from "../handle";

const cup = { sku: "CUP", storeId: "berlin" };

/** The same inventory, with something done between a command's commit and its answer. */
const afterCommit = (inventory: Inventory, act: () => Promise<void> | void) => ({
  feed: inventory.feed,
  async execute(...request: Parameters<Inventory["execute"]>) {
    const receipt = await inventory.execute(...request);
    await act();
    return receipt;
  },
});

/** Commands over a link that may break at any moment. */
export const commandCases: readonly TransportCase[] = [
  {
    id: "commands/answered",
    promise: "A command is answered with its place in the ledger and what came of it, a refusal with its code and details.",
    async run({ serve, replica, agree }) {
      await serve();
      const client = replica();
      client.connect();
      await agree(client);
      const done = await client.command("k1", "stock.sell", { ...cup, quantity: 30 });
      ok(done.t === "ack" && done.replayed === false);
      deepStrictEqual((done.result.levels as { onHand: number }[])[0]?.onHand, 70);
      const refused = await client.command("k2", "stock.sell", { ...cup, quantity: 71 });
      ok(refused.t === "nack");
      strictEqual(refused.code, "INSUFFICIENT_STOCK");
      strictEqual(refused.retryable, false);
      deepStrictEqual({ requested: refused.details.requested, available: refused.details.available }, { requested: 71, available: 70 });
    },
  },
  {
    id: "commands/cut-before-answer",
    promise: "A command whose link breaks between the commit and the answer is applied once: sent again, it gets its first outcome.",
    async run({ inventory, serve, replica, agree, cut }) {
      let cuts = 0;
      await serve({
        inventory: afterCommit(inventory, () => {
          cuts += 1;
          if (cuts <= 2) cut();
        }),
      });
      const client = replica();
      client.connect();
      await agree(client);
      const answer = await client.command("order-1", "stock.sell", { ...cup, quantity: 4 });
      ok(answer.t === "ack" && answer.replayed, "the answer to a repetition");
      strictEqual(cuts, 3);
      strictEqual((await inventory.stock.level(cup)).onHand, 96);
      await agree(client);
    },
  },
  {
    id: "commands/cut-before-commit",
    promise: "A command that a lost link kept from the server is applied when it is sent again, once.",
    async run({ inventory, serve, replica, agree, freeze, cut, turn }) {
      await serve();
      const client = replica();
      client.connect();
      await agree(client);
      freeze();
      const answered = client.command("order-1", "stock.sell", { ...cup, quantity: 4 });
      await turn();
      cut();
      strictEqual((await answered).t, "ack");
      strictEqual((await inventory.stock.level(cup)).onHand, 96);
      await agree(client);
    },
  },
  {
    id: "commands/up-to-date",
    promise: "Who gave a command hears soon that everything up to it is in, whatever they read.",
    async run({ serve, replica, agree, until }) {
      await serve();
      const client = replica({ filter: { entities: ["store"] } });
      client.connect();
      await agree(client);
      const answer = await client.command("k1", "stock.sell", { ...cup, quantity: 1 });
      ok(answer.t === "ack");
      await until(() => (client.position ?? 0) >= answer.seq, "the position, though no time passes");
    },
  },
  {
    id: "commands/closing",
    promise: "A server that closes answers the commands under way first, then says goodbye and when to come back; no link is left.",
    async run(context) {
      const gate = createGate();
      await context.serve({ inventory: afterCommit(context.inventory, gate.pass) });
      const client = context.replica({ returns: false });
      client.connect();
      await context.agree(client);
      const answered = client.command("k1", "stock.sell", { ...cup, quantity: 1 });
      await context.until(() => gate.waited, "the command to be under way");
      const stopped = context.stop({ afterMs: 100 });
      await context.turn();
      strictEqual(client.of("bye").length, 0);
      gate.open();
      strictEqual((await answered).t, "ack");
      await stopped;
      await context.until(() => client.closes.length === 1, "the end of the link");
      const [bye] = client.of("bye");
      ok(bye?.retryable && (bye.afterMs ?? 0) >= 100 && (bye.afterMs ?? 0) <= 200);
    },
  },
];
