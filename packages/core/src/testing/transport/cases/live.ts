import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { TransportCase } from "../handle";

const tea = { sku: "TEA-50", storeId: "berlin" };
const beans = { sku: "BEANS", storeId: "hamburg" };

/** What a client that stands hears. */
export const liveCases: readonly TransportCase[] = [
  {
    id: "live/prompt",
    promise: "After a quiet time a change leaves at once; only what follows closely waits, and comes together.",
    async run({ inventory, serve, replica, agree, until, time }) {
      await serve();
      const client = replica({ filter: { entities: ["level"] } });
      client.connect();
      await agree(client);
      const level = () => {
        const row = [...client.rows.values()].find(
          ({ value }) => "sku" in value && value.sku === tea.sku && "storeId" in value && value.storeId === tea.storeId,
        );
        return row?.entity === "level" ? row.value.onHand : undefined;
      };
      time.advance(1_000);
      const before = client.of("d").length;
      await inventory.stock.sell({ ...tea, quantity: 1 });
      await until(() => level() === 99, "the first change, though no time passes");
      for (let index = 0; index < 10; index += 1) await inventory.stock.sell({ ...tea, quantity: 1 });
      time.advance(25);
      await until(() => level() === 89, "the others");
      ok(client.of("d").length - before <= 3, `11 changes came in ${client.of("d").length - before} frames`);
    },
  },
  {
    id: "live/ranges",
    promise: "Each delta begins where the one before ended, and its changes lie within it, in order.",
    async run({ inventory, serve, replica, agree, time, turn }) {
      await serve();
      const client = replica();
      client.connect();
      await agree(client);
      for (let index = 0; index < 40; index += 1) {
        await inventory.stock.sell({ ...(index % 3 ? tea : beans), quantity: 1 });
        if (index % 4 === 0) time.advance(25);
        if (index % 10 === 0) await turn();
      }
      await agree(client);
      const deltas = client.of("d");
      ok(deltas.length > 5);
      const starts = deltas.slice(1).map(({ from }) => from);
      deepStrictEqual(
        starts,
        deltas.slice(0, -1).map(({ to }) => to),
      );
      for (const { from, to, changes } of deltas) {
        const seqs = changes.map(({ seq }) => seq);
        deepStrictEqual(
          seqs,
          [...seqs].sort((a, b) => a - b),
        );
        ok(seqs.every((seq) => seq > from && seq <= to));
      }
    },
  },
  {
    id: "live/filter",
    promise: "A client hears what its filter lets through and nothing else, and still learns that it has missed nothing.",
    async run({ inventory, serve, replica, agree }) {
      await serve();
      const client = replica({ filter: { entities: ["level", "movement"], storeIds: ["berlin"], skus: ["tea-50"] } });
      client.connect();
      await agree(client);
      for (let index = 0; index < 10; index += 1) {
        await inventory.stock.sell({ ...tea, quantity: 1 });
        await inventory.stock.sell({ ...beans, quantity: 1 });
      }
      await agree(client);
      const heard = [...client.of("snap"), ...client.of("d")].flatMap(({ changes }) => changes);
      for (const { value } of heard)
        deepStrictEqual({ sku: "sku" in value && value.sku, storeId: "storeId" in value && value.storeId }, tea);
    },
  },
  {
    id: "live/filter-change",
    promise: "A client that follows another filter has the rows of that one, and hears no more of the one before.",
    async run({ inventory, serve, replica, agree, until, turn, time }) {
      await serve();
      const client = replica({ filter: { entities: ["level"], storeIds: ["berlin"] } });
      client.connect();
      await agree(client);
      const former = client.of("subbed").at(-1)?.sid;
      client.follow({ entities: ["level"], storeIds: ["hamburg"] });
      await until(() => client.of("subbed").length === 2, "the other subscription");
      await agree(client);
      const heardBefore = client.of("d").filter(({ sid }) => sid === former).length;
      await inventory.stock.sell({ ...tea, quantity: 1 });
      await inventory.stock.sell({ ...beans, quantity: 1 });
      await agree(client);
      time.advance(1_000);
      await turn();
      strictEqual(client.of("d").filter(({ sid }) => sid === former).length, heardBefore);
    },
  },
];
