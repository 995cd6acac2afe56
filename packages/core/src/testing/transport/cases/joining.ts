import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Inventory } from "../../../index";
import { createGate } from "../gates";
import type { TransportCase } from "../handle";

const tea = { sku: "TEA-50", storeId: "berlin" };

/** The same inventory, whose pages of a snapshot wait from the `page`th on. */
function heldAt(inventory: Inventory, page: number, pass: () => Promise<void>) {
  let read = 0;
  return {
    execute: inventory.execute,
    feed: {
      get epoch() {
        return inventory.feed.epoch;
      },
      head: inventory.feed.head,
      since: inventory.feed.since,
      subscribe: inventory.feed.subscribe,
      async snapshot(...request: Parameters<Inventory["feed"]["snapshot"]>) {
        read += 1;
        if (read >= page) await pass();
        return inventory.feed.snapshot(...request);
      },
    } as Inventory["feed"],
  };
}

/** How a client comes to stand where the ledger is. */
export const joiningCases: readonly TransportCase[] = [
  {
    id: "join/gapless",
    promise: "Nothing falls between a snapshot and the changes after it, however much is committed while its pages are read.",
    async run({ inventory, serve, replica, agree, until }) {
      const gate = createGate();
      await serve({ inventory: heldAt(inventory, 2, gate.pass), limits: { pageRows: 3 } });
      const client = replica();
      client.connect();
      await until(() => gate.waited, "the second page to be read");
      for (let index = 0; index < 30; index += 1) await inventory.stock.sell({ ...tea, quantity: 1 });
      await inventory.products.create({ sku: "NEW", name: "Made meanwhile" });
      for (const sku of ["BEANS", "CUP", "GIFT-BOX"]) await inventory.products.update(sku, { name: "Renamed after its page was read" });
      gate.open();
      await agree(client);
      strictEqual(client.gaps, 0);
    },
  },
  {
    id: "join/not-live-yet",
    promise:
      "That a subscription stands does not yet mean that it is live: the head told at the welcome is reached with the last page, all of it at once.",
    async run({ inventory, serve, replica, agree, until, turn }) {
      const gate = createGate();
      await serve({ inventory: heldAt(inventory, 2, gate.pass), limits: { pageRows: 3 } });
      const client = replica();
      client.connect();
      await until(() => gate.waited && client.of("subbed").length === 1, "the subscription to stand");
      await turn();
      strictEqual(client.live, false);
      strictEqual(client.rows.size, 0);
      gate.open();
      await until(() => client.live, "the client to be live");
      ok((client.position ?? 0) >= (client.of("welcome")[0]?.head ?? Number.NaN));
      ok(client.rows.has("level/TEA-50/berlin") || [...client.rows.keys()].some((key) => key.startsWith("level/")));
      await agree(client);
    },
  },
  {
    id: "join/cut",
    promise: "A link that is cut in mid-snapshot leaves no half of it: the client shows nothing of it, and the next link brings all.",
    async run({ inventory, serve, replica, agree, until, cut }) {
      const gate = createGate();
      await serve({ inventory: heldAt(inventory, 3, gate.pass), limits: { pageRows: 3 } });
      const client = replica({ returns: false });
      client.connect();
      await until(() => client.of("snap").length > 0, "the first page");
      cut();
      await until(() => client.closes.length === 1, "the client to notice");
      strictEqual(client.rows.size, 0);
      strictEqual(client.position, undefined);
      await inventory.stock.sell({ ...tea, quantity: 1 });
      gate.open();
      client.connect();
      await agree(client);
      deepStrictEqual(
        client.of("subbed").map(({ how }) => how),
        ["snapshot", "snapshot"],
      );
    },
  },
];
