import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { TransportCase, TransportContext } from "../handle";
import type { Replica } from "../replica";

const tea = { sku: "TEA-50", storeId: "berlin" };

/** A client that was live, lost its link, and missed so many sales. */
async function awayFor(context: TransportContext, sales: number): Promise<Replica> {
  const client = context.replica({ returns: false });
  client.connect();
  await context.agree(client);
  context.cut();
  await context.until(() => client.closes.length === 1 && context.connections === 0, "both sides to notice");
  for (let index = 0; index < sales; index += 1) await context.inventory.stock.sell({ ...tea, quantity: 1 });
  return client;
}

const resume =
  (how: "live" | "replay" | "diff" | "snapshot", sales: number, limits: { maxReplayChanges?: number; maxDiffCommands?: number }) =>
  async (context: TransportContext): Promise<void> => {
    await context.serve({ limits });
    const client = await awayFor(context, sales);
    const before = client.position;
    const heard = client.frames.length;
    client.connect();
    await context.agree(client);
    const subbed = client.of("subbed");
    strictEqual(subbed.length, 2);
    strictEqual(subbed[1]?.how, how);
    if (how === "live" || how === "replay") {
      strictEqual(subbed[1]?.position, before);
      ok(client.frames.slice(heard).every(({ t }) => t !== "snap"));
    }
    strictEqual(client.gaps, 0);
  };

/** How a client that was away comes back. */
export const resumingCases: readonly TransportCase[] = [
  {
    id: "resume/nothing-missed",
    promise: "A client that missed nothing goes on where it was, without a row sent again.",
    run: resume("live", 0, {}),
  },
  {
    id: "resume/replay",
    promise: "A client that missed little gets just that, from its own position on.",
    run: resume("replay", 5, {}),
  },
  {
    id: "resume/diff",
    promise: "A client that missed much gets the latest image of each row that changed, in pages that add to what it has.",
    run: resume("diff", 30, { maxReplayChanges: 10 }),
  },
  {
    id: "resume/snapshot",
    promise: "A client that is too far behind gets everything anew.",
    run: resume("snapshot", 30, { maxDiffCommands: 20 }),
  },
  {
    id: "resume/storm",
    promise:
      "Fifty clients that lose their links at once, again and again under load, all end with the ledger's rows, and no link is left over.",
    async run(context) {
      await context.serve();
      const clients = Array.from({ length: 50 }, (_, index) =>
        context.replica({ filter: index % 2 ? { entities: ["level"] } : { entities: ["level", "movement"], storeIds: ["berlin"] } }),
      );
      for (const client of clients) client.connect();
      for (let round = 0; round < 4; round += 1) {
        // Every other storm hits those who are still coming back from the one before.
        if (round % 2 === 0) await context.until(() => clients.every((client) => client.live), "everybody to be live");
        for (let sale = 0; sale < 5; sale += 1) {
          await context.inventory.stock.sell({ ...tea, quantity: 1 });
          context.time.advance(25);
        }
        const opened = clients.map((client) => client.opened);
        const closed = clients.map((client) => client.closes.length);
        context.cut();
        if (round % 2 === 1) continue;
        await context.until(() => clients.every((client, index) => client.closes.length > (closed[index] ?? 0)), "everybody to notice");
        await context.until(() => clients.some((client, index) => client.opened > (opened[index] ?? 0)), "the first to be back");
      }
      await context.agree(...clients);
      ok(clients.every((client) => client.closes.length >= 2));
      await context.until(() => context.connections === clients.length, "one link for each client");
    },
  },
  {
    id: "resume/restart",
    promise: "A server that restarts finds its clients where it left them: they come back by themselves and go on from their positions.",
    async run(context) {
      await context.serve();
      const clients = Array.from({ length: 8 }, () => context.replica());
      for (const client of clients) client.connect();
      await context.agree(...clients);
      await context.stop({ afterMs: 0 });
      await context.until(() => clients.every((client) => client.closes.length > 0), "everybody to be told");
      for (const client of clients) strictEqual(client.of("bye")[0]?.code, "STORAGE_UNAVAILABLE");
      await context.inventory.stock.sell({ ...tea, quantity: 7 });
      await context.serve();
      await context.agree(...clients);
      for (const client of clients) strictEqual(client.of("subbed").at(-1)?.how, "replay");
    },
  },
  {
    id: "resume/epoch",
    promise: "A position of another ledger means nothing: the client gets the rows of this one, and keeps none of the other's.",
    async run(context) {
      await context.serve();
      await context.inventory.products.create({ sku: "ONLY-THERE", name: "In the first ledger only" });
      const client = context.replica();
      client.connect();
      await context.agree(client);
      const former = context.inventory;
      await context.stop({ afterMs: 0 });
      const present = await context.replaceLedger();
      ok(present.feed.epoch !== former.feed.epoch);
      // Ahead of the first, so that a position of that one would look like one of this.
      for (let index = 0; index < 10; index += 1) await present.stock.sell({ ...tea, quantity: 1 });
      await context.serve();
      await context.agree(client);
      deepStrictEqual(
        [...client.rows.values()].filter(({ value }) => "sku" in value && value.sku === "ONLY-THERE"),
        [],
      );
      strictEqual(client.of("subbed").at(-1)?.how, "snapshot");
    },
  },
  {
    id: "resume/takeover",
    promise: "A client that comes back while its old link is half-open takes over: the server ends the old one at once.",
    async run(context) {
      await context.serve();
      const client = context.replica({ returns: false });
      client.connect();
      await context.agree(client);
      context.freeze();
      await context.inventory.stock.sell({ ...tea, quantity: 1 });
      client.connect();
      await context.agree(client);
      await context.until(() => context.connections === 1, "the old link to be gone");
      strictEqual(client.of("welcome").length, 2);
    },
  },
];
