import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { type FeedBatch, isInventoryError } from "../../../index";
import { addExamples } from "../../fixtures";
import { needed, type StorageCase } from "../handle";
import { commit, everything, parcel, probeTables } from "../probe-tables";

const at = { sku: "TEA-50", storeId: "berlin" };

/** What shared storages promise. */
export const sharingCases: readonly StorageCase[] = [
  {
    id: "shared/serial",
    promise: "Transactions of several owners are as serial as those of one: no update is lost, no number is given twice.",
    requires: "shared",
    async run({ storage, peer }) {
      await storage.open(probeTables);
      const other = await needed(peer, "peer")();
      await other.open(probeTables);
      await commit(storage, (tx, seq) => tx.put("parcels", [parcel(seq, "counter", { weight: 0 })]));
      const addOne = (owner: typeof storage) =>
        commit(owner, async (tx, seq) => {
          const [row] = await tx.get("parcels", [["counter"]]);
          await tx.put("parcels", [parcel(seq, "counter", { weight: (row?.weight as number) + 1 })]);
        });
      const seqs = await Promise.all(Array.from({ length: 30 }, (_, index) => addOne(index % 2 ? storage : other)));
      strictEqual(new Set(seqs).size, 30);
      for (const owner of [storage, other]) strictEqual((await owner.find("parcels", everything)).rows[0]?.weight, 30);
      await other.close();
    },
  },
  {
    id: "shared/stock",
    promise: "Two inventories on one storage never sell the same unit twice, and a key used in one is known to the other.",
    requires: "shared",
    async run({ peer, inventory }) {
      const here = await inventory();
      const there = await inventory({ storage: await needed(peer, "peer")() });
      await addExamples(here);
      await there.stock.receive({ ...at, quantity: 60 });
      const sales = Array.from({ length: 100 }, (_, index) =>
        (index % 2 ? here : there).stock.sell({ ...at, quantity: 1, idempotencyKey: `order-${index}` }),
      );
      const outcomes = await Promise.allSettled(sales);
      strictEqual(outcomes.filter((outcome) => outcome.status === "fulfilled").length, 60);
      for (const outcome of outcomes) ok(outcome.status === "fulfilled" || isInventoryError(outcome.reason, "INSUFFICIENT_STOCK"));
      const sold = outcomes.findIndex((outcome) => outcome.status === "fulfilled");
      strictEqual((await (sold % 2 ? there : here).stock.sell({ ...at, quantity: 1, idempotencyKey: `order-${sold}` })).replayed, true);
      await rejects(there.stock.sell({ ...at, quantity: 1 }), (error) => isInventoryError(error, "INSUFFICIENT_STOCK"));
    },
  },
  {
    id: "shared/feed",
    promise: "Each inventory hears of the other's commits as well as of its own, in order, without a gap and once.",
    requires: "shared",
    async run({ peer, inventory }) {
      const here = await inventory();
      const there = await inventory({ storage: await needed(peer, "peer")() });
      const batches: [FeedBatch[], FeedBatch[]] = [[], []];
      const total = 8 + 20;
      const complete = [here, there].map(
        (each, index) =>
          new Promise<void>((resolve) => {
            each.feed.subscribe((batch) => {
              batches[index as 0 | 1].push(batch);
              if (batch.to === total) resolve();
            });
          }),
      );
      await addExamples(here);
      for (let index = 0; index < 20; index++) await (index % 3 ? here : there).stock.receive({ ...at, quantity: 1 });
      await Promise.all(complete);
      for (const heard of batches) {
        deepStrictEqual(
          heard.map((batch) => batch.from),
          [0, ...heard.slice(0, -1).map((batch) => batch.to)],
        );
        const moved = heard.flatMap((batch) => batch.changes.filter((change) => change.entity === "movement").map((change) => change.seq));
        deepStrictEqual(
          moved,
          Array.from({ length: 20 }, (_, index) => index + 9),
        );
      }
    },
  },
];
