import { ok, strictEqual } from "node:assert/strict";
import type { TransportCase, TransportContext } from "../handle";

const tea = { sku: "TEA-50", storeId: "berlin" };
const versions = 500;
const attributesOf = (version: number) => ({ version, text: "x".repeat(15_000) });

async function changeOften({ inventory, time, turn }: TransportContext, times: number): Promise<void> {
  for (let version = 1; version <= times; version += 1) {
    await inventory.products.update("CUP", { attributes: attributesOf(version) });
    time.advance(25);
    if (version % 20 === 0) await turn();
  }
}

/** How links end, and what a link that does not move may cost. */
export const linkCases: readonly TransportCase[] = [
  {
    id: "links/left",
    promise: "The server notices at once when a client goes, and forgets it.",
    async run(context) {
      await context.serve();
      const [one, other] = [context.replica(), context.replica()];
      for (const client of [one, other]) client.connect();
      await context.agree(one, other);
      strictEqual(context.connections, 2);
      one.leave();
      await context.until(() => context.connections === 1, "the link to be forgotten");
      await context.until(() => one.closes.length === 1, "the client to be told");
      await context.inventory.stock.sell({ ...tea, quantity: 1 });
      await context.agree(other);
    },
  },
  {
    id: "links/cut",
    promise: "A link that breaks is noticed on both sides, as one close and without a goodbye.",
    async run(context) {
      await context.serve();
      const client = context.replica({ returns: false });
      client.connect();
      await context.agree(client);
      context.cut();
      await context.until(() => client.closes.length === 1 && context.connections === 0, "both sides to notice");
      await context.turn();
      strictEqual(client.closes.length, 1);
      strictEqual(client.of("bye").length, 0);
    },
  },
  {
    id: "links/answering",
    promise: "A client that answers heartbeats keeps its link, however long nothing else is said.",
    async run(context) {
      await context.serve();
      const client = context.replica();
      client.connect();
      await context.agree(client);
      for (let beat = 0; beat < 6; beat += 1) {
        const heard = client.of("hb").length;
        for (let second = 0; second < 15; second += 1) context.time.advance(1_000);
        await context.until(() => client.of("hb").length > heard, "the heartbeat");
        await client.roundTrip();
      }
      strictEqual(client.opened, 1);
      strictEqual(client.closes.length, 0);
    },
  },
  {
    id: "links/half-open",
    promise: "A link whose other end is gone without a word is ended after a heartbeat and the time for its answer.",
    async run(context) {
      await context.serve();
      const client = context.replica({ returns: false });
      client.connect();
      await context.agree(client);
      context.freeze();
      for (let second = 0; second < 16; second += 1) {
        context.time.advance(1_000);
        await context.turn();
      }
      strictEqual(context.connections, 1);
      for (let second = 0; second < 30 && context.connections > 0; second += 1) {
        context.time.advance(1_000);
        await context.turn();
      }
      strictEqual(context.connections, 0);
      context.thaw();
    },
  },
  {
    id: "links/slow",
    promise: "A client that stops reading is owed a bounded amount; when it reads again it gets each row once, as it is by then.",
    async run(context) {
      await context.serve({ limits: { softQueueBytes: 100_000, drainTimeoutMs: 10_000_000 } });
      const client = context.replica({ filter: { entities: ["product"] }, returns: false });
      client.connect();
      await context.agree(client);
      context.freeze();
      await changeOften(context, versions);
      context.thaw();
      await context.agree(client);
      const bytes = client.of("d").reduce((sum, frame) => sum + JSON.stringify(frame).length, 0);
      // What the kernels of both sides took is on top of what the server keeps.
      ok(bytes < (versions * 15_000) / 1.5, `${bytes} bytes came of ${versions * 15_000}`);
    },
  },
  {
    id: "links/slow-others",
    promise: "One client that does not read holds nobody else up.",
    async run(context) {
      await context.serve({ limits: { softQueueBytes: 100_000, drainTimeoutMs: 10_000_000 } });
      const slow = context.replica({ filter: { entities: ["product"] }, returns: false });
      slow.connect();
      await context.agree(slow);
      context.freeze();
      const quick = context.replica({ filter: { entities: ["product"] } });
      quick.connect();
      await context.agree(quick);
      await changeOften(context, 120);
      await context.agree(quick);
      strictEqual(quick.gaps, 0);
      strictEqual(quick.opened, 1);
      context.thaw();
      await context.agree(slow);
    },
  },
];
