import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { type Inventory, isInventoryError, type StorageAdapter } from "../../../index";
import { allOf } from "../../check-ledger";
import { addExamples } from "../../fixtures";
import { needed, type StorageCase, type StorageContext } from "../handle";
import { commit, everything, idsOf, probeNames, probeTables, putParcels, scan } from "../probe-tables";
import { awkwardTexts } from "./rows";

const at = { sku: "TEA-50", storeId: "berlin" };

/** An inventory on a new adapter after the one before was closed or crashed. */
async function inventoryAgain({ reopen, crash, inventory }: StorageContext, before: Inventory, how: "close" | "crash"): Promise<Inventory> {
  if (how === "close") await before.close();
  else await needed(crash, "crash")();
  return inventory({ storage: await needed(reopen, "reopen")() });
}

async function openAgain({ reopen }: StorageContext): Promise<StorageAdapter> {
  const storage = await needed(reopen, "reopen")();
  await storage.open(probeTables);
  return storage;
}

/** What durable storages promise, and what the others say. */
export const durabilityCases: readonly StorageCase[] = [
  {
    id: "durable/acknowledged",
    promise: "What was acknowledged is there after the end that `durability` names, without closing: each commit, the last one too.",
    requires: "durable",
    async run(context) {
      let { storage } = context;
      await storage.open(probeTables);
      for (let round = 1; round <= 4; round++) {
        await putParcels(storage, { [`p${round}`]: {}, latest: { weight: round } });
        await needed(context.crash, "crash")();
        storage = await openAgain(context);
        const { rows, head } = await storage.find("parcels", everything);
        strictEqual(head, round);
        deepStrictEqual(idsOf({ rows }), ["latest", ...Array.from({ length: round }, (_, index) => `p${index + 1}`)]);
        strictEqual(rows[0]?.weight, round);
      }
      await storage.close();
    },
  },
  {
    id: "durable/whole",
    promise: "After a crash in the middle of a transaction none of it is there, and the next one takes its number.",
    requires: "durable",
    async run(context) {
      const { storage } = context;
      await storage.open(probeTables);
      await putParcels(storage, { a: {} });
      let written: () => void = () => undefined;
      const half = new Promise<void>((resolve) => {
        written = resolve;
      });
      const never = commit(storage, async (tx, seq) => {
        await tx.append("scans", [scan(seq, 0, "a")]);
        written();
        await new Promise<void>(() => undefined);
      });
      never.catch(() => undefined);
      await half;
      await needed(context.crash, "crash")();
      const again = await openAgain(context);
      deepStrictEqual(await again.find("scans", everything), { rows: [], more: false, head: 1 });
      strictEqual(await putParcels(again, { b: {} }), 2);
      await again.close();
    },
  },
  {
    id: "durable/rows",
    promise: "Rows, their order of change and every awkward text are the same after reopening.",
    requires: "durable",
    async run(context) {
      const { storage } = context;
      await storage.open(probeTables);
      await putParcels(
        storage,
        Object.fromEntries(awkwardTexts.map((text, index) => [`p${index}`, { label: text, zone: text, notes: { [text]: text } }])),
      );
      await commit(storage, (tx, seq) =>
        tx.append(
          "scans",
          awkwardTexts.map((text, line) => scan(seq, line, text, -line, text)),
        ),
      );
      await putParcels(storage, { p3: { weight: Number.MAX_SAFE_INTEGER } });
      const before = await storage.changes(0, { limit: 1_000, tables: probeNames });
      await storage.close();
      const again = await openAgain(context);
      const after = await again.changes(0, { limit: 1_000, tables: probeNames });
      const sorted = (items: typeof after.items) =>
        items.map((item) => JSON.stringify(item, Object.keys({ ...item, ...item.row }).sort())).sort();
      deepStrictEqual(sorted(after.items), sorted(before.items));
      deepStrictEqual((await again.find("parcels", everything)).rows.find((row) => row.id === "p5")?.notes, { '"': '"' });
      await again.close();
    },
  },
  {
    id: "durable/keys",
    promise:
      "Idempotency keys hold after reopening: a retry gets the first result, a refusal is refused again, another request is `IDEMPOTENCY_MISMATCH`.",
    requires: "durable",
    async run(context) {
      for (const how of ["close", "crash"] as const) {
        const first = await context.inventory(how === "close" ? {} : { storage: await needed(context.reopen, "reopen")() });
        if (how === "close") await addExamples(first);
        const receive = { ...at, quantity: 5, idempotencyKey: `delivery-${how}` };
        const sell = { ...at, quantity: 100, idempotencyKey: `order-${how}` };
        const received = await first.stock.receive(receive);
        await rejects(first.stock.sell(sell), (error) => isInventoryError(error, "INSUFFICIENT_STOCK"));
        const second = await inventoryAgain(context, first, how);
        await second.stock.receive({ ...at, quantity: 200 });
        deepStrictEqual(await second.stock.receive(receive), { ...received, replayed: true });
        await rejects(second.stock.sell(sell), (error) => isInventoryError(error, "INSUFFICIENT_STOCK") && error.details.replayed === true);
        await rejects(second.stock.sell({ ...sell, quantity: 1 }), (error) => isInventoryError(error, "IDEMPOTENCY_MISMATCH"));
        await second.stock.sell({ ...at, quantity: 205 });
        await second.close();
      }
    },
  },
  {
    id: "durable/ledger",
    promise: "The ledger is the same after a crash, and goes on with the next number.",
    requires: "durable",
    async run(context) {
      const first = await context.inventory();
      await addExamples(first);
      await Promise.all(Array.from({ length: 50 }, (_, index) => first.stock.receive({ ...at, quantity: index + 1 })));
      const ledger = await allOf((page) => first.stock.movements(page));
      const { seq } = await first.stock.sell({ ...at, quantity: 1_000 });
      const second = await inventoryAgain(context, first, "crash");
      const movements = await allOf((page) => second.stock.movements(page));
      deepStrictEqual(movements.slice(0, -1), ledger);
      strictEqual((await second.stock.sell({ ...at, quantity: 275 })).seq, seq + 1);
      strictEqual((await second.stock.level(at)).onHand, 0);
    },
  },
  {
    id: "durable/not-said-otherwise",
    promise: "A storage that is not durable says `none`, and nobody pretends to open it again.",
    requires: "not durable",
    async run({ storage, reopen }) {
      strictEqual(storage.capabilities.durability, "none");
      ok(reopen === undefined, "a storage that can be reopened should say what it survives");
    },
  },
];
