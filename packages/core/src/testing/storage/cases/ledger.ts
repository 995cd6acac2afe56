import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { isInventoryError, type Movement } from "../../../index";
import { allOf } from "../../check-ledger";
import { addExamples, exampleProducts, exampleStores } from "../../fixtures";
import { minutes } from "../../manual-clock";
import { seededRandom } from "../../random";
import type { StorageCase } from "../handle";

const at = { sku: "TEA-50", storeId: "berlin" };
const isInsufficient = (error: unknown): boolean => isInventoryError(error, "INSUFFICIENT_STOCK");

/** Texts within what names may hold that storages have been known to change. */
const awkwardNames = [
  "=1+2",
  "+49 30",
  "-5",
  "@SUM(A1)",
  'the "good" one',
  "a,b;c",
  "O'Neill",
  "null",
  "007",
  "\\N",
  "Größe 東方 \u{1F9F6}",
  "%_*",
  "x".repeat(64),
];

/** What these movements add up to at a time, by product and store. */
function stockThen(all: readonly Movement[], time: number, { sku, storeId }: { readonly sku?: string; readonly storeId?: string }) {
  const sums = new Map<string, { sku: string; storeId: string; onHand: number }>();
  for (const move of all) {
    if (move.occurredAt > time || move.sku !== (sku ?? move.sku) || move.storeId !== (storeId ?? move.storeId)) continue;
    const name = `${move.sku} ${move.storeId}`;
    const sum = sums.get(name) ?? { sku: move.sku, storeId: move.storeId, onHand: 0 };
    sums.set(name, { ...sum, onHand: sum.onHand + move.delta });
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}

/** What users get through the engine. */
export const ledgerCases: readonly StorageCase[] = [
  {
    id: "ledger/oversell",
    promise: "200 callers who want 1 of 100 units at the same moment get exactly 100.",
    async run({ inventory }) {
      const { stock, ...rest } = await inventory();
      await addExamples({ stock, ...rest });
      await stock.receive({ ...at, quantity: 100 });
      const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => stock.sell({ ...at, quantity: 1 })));
      const sold = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
      strictEqual(sold.length, 100);
      for (const outcome of outcomes) ok(outcome.status === "fulfilled" || isInsufficient(outcome.reason));
      deepStrictEqual(
        sold.map(({ levels }) => levels[0]?.onHand).sort((a = 0, b = 0) => a - b),
        Array.from({ length: 100 }, (_, left) => left),
      );
      strictEqual((await stock.level(at)).available, 0);
    },
  },
  {
    id: "ledger/dense",
    promise: "Numbers are dense: 1, 2, 3 … one per accepted command and none for a refused one, through the feed and after a failure.",
    async run({ inventory }) {
      const open = await inventory();
      let told = 0;
      open.feed.subscribe(({ from, to }) => {
        strictEqual(from, told);
        told = to;
      });
      await addExamples(open);
      const first = exampleProducts.length + exampleStores.length;
      for (let round = 1; round <= 10; round++) {
        strictEqual((await open.stock.receive({ ...at, quantity: 1 })).seq, first + round);
        await rejects(open.stock.sell({ ...at, quantity: 1_000 }), isInsufficient);
      }
      strictEqual(await open.feed.head(), first + 10);
      strictEqual(told, first + 10);
      const { items } = await open.stock.movements({ ...at });
      deepStrictEqual(
        items.map((movement) => movement.seq),
        Array.from({ length: 10 }, (_, index) => first + 1 + index),
      );
    },
  },
  {
    id: "ledger/all-or-nothing",
    promise: "A batch happens wholly or not at all, adds up demand for one level, and a refusal names every line that failed.",
    async run({ inventory }) {
      const open = await inventory();
      await addExamples(open);
      await open.stock.receive({ ...at, quantity: 10 });
      const head = await open.feed.head();
      const batch = open.stock.apply([
        { type: "sell", ...at, quantity: 6 },
        { type: "receive", sku: "CUP", storeId: "berlin", quantity: 3 },
        { type: "sell", ...at, quantity: 6 },
        { type: "sell", sku: "NOTHING", storeId: "berlin", quantity: 1 },
        { type: "sell", sku: "CUP", storeId: "berlin", quantity: 3 },
      ]);
      await rejects(batch, (error) => {
        ok(isInsufficient(error) && isInventoryError(error, "INSUFFICIENT_STOCK"));
        deepStrictEqual(
          error.details.lines?.map(({ index, code }) => [index, code]),
          [
            [2, "INSUFFICIENT_STOCK"],
            [3, "UNKNOWN_PRODUCT"],
          ],
        );
        return true;
      });
      strictEqual(await open.feed.head(), head);
      strictEqual((await open.stock.level(at)).onHand, 10);
      const { seq, movements } = await open.stock.apply([
        { type: "sell", ...at, quantity: 6 },
        { type: "transfer", sku: "TEA-50", from: "berlin", to: "hub", quantity: 4 },
      ]);
      deepStrictEqual(
        movements.map((movement) => [movement.seq, movement.line, movement.delta]),
        [
          [seq, 0, -6],
          [seq, 1, -4],
          [seq, 2, 4],
        ],
      );
    },
  },
  {
    id: "ledger/big-batch",
    promise: "A batch of 1,000 lines is one command with one number.",
    async run({ inventory }) {
      const open = await inventory();
      await addExamples(open);
      const lines = Array.from({ length: 1_000 }, (_, index) => ({
        type: "receive" as const,
        sku: "CUP",
        storeId: exampleStores[index % 3]?.id ?? "hub",
        quantity: 1,
      }));
      const { seq, movements, levels } = await open.stock.apply(lines);
      strictEqual(movements.length, 1_000);
      ok(movements.every((movement, line) => movement.seq === seq && movement.line === line));
      strictEqual(
        levels.reduce((sum, level) => sum + level.onHand, 0),
        1_000,
      );
      strictEqual((await allOf((page) => open.stock.movements(page))).length, 1_000);
    },
  },
  {
    id: "ledger/keys",
    promise: "An idempotency key is applied once: retries at once or later get the first answer, refusals included.",
    async run({ inventory, clock }) {
      const open = await inventory();
      await addExamples(open);
      const receive = { ...at, quantity: 7, reference: { type: "delivery", id: "L-1" }, idempotencyKey: "delivery 1" };
      const answers = await Promise.all(Array.from({ length: 20 }, () => open.stock.receive(receive)));
      strictEqual(answers.filter((answer) => !answer.replayed).length, 1);
      clock.advance(minutes(60));
      const late = await open.stock.receive(receive);
      deepStrictEqual(late, { ...answers[0], replayed: true });
      const sell = { ...at, quantity: 8, idempotencyKey: "order 1" };
      await rejects(open.stock.sell(sell), isInsufficient);
      await open.stock.receive({ ...at, quantity: 100 });
      await rejects(open.stock.sell(sell), (error) => isInventoryError(error, "INSUFFICIENT_STOCK") && error.details.replayed === true);
      await rejects(open.stock.sell({ ...sell, quantity: 1 }), (error) => isInventoryError(error, "IDEMPOTENCY_MISMATCH"));
      strictEqual((await open.stock.level(at)).onHand, 107);
    },
  },
  {
    id: "ledger/text",
    promise: "SKUs, names, references and everything else a host writes come back as they were written.",
    async run({ inventory }) {
      const open = await inventory();
      await open.stores.create({ id: "berlin", name: "Berlin" });
      for (const text of awkwardNames) {
        const product = {
          sku: text,
          name: text,
          barcode: text,
          category: text,
          supplierId: text,
          unit: text,
          attributes: { [text]: [text, null, 1.5] },
        };
        await open.products.create(product);
        const { createdAt, updatedAt, seq, ...kept } = await open.products.get(text);
        deepStrictEqual(kept, { ...product, decimals: 0, backorderLimit: 0, archived: false });
        const entry = {
          sku: text,
          storeId: "berlin",
          quantity: 1,
          reason: text,
          actor: text,
          reference: { type: text.slice(0, 50), id: text },
        };
        const { movements } = await open.stock.receive(entry);
        deepStrictEqual((await open.stock.movements({ sku: text })).items, movements);
        deepStrictEqual((await open.stock.movements({ reference: entry.reference })).items, movements);
        deepStrictEqual([movements[0]?.reason, movements[0]?.actor, movements[0]?.reference], [text, text, entry.reference]);
      }
      deepStrictEqual((await allOf((page) => open.products.list(page))).length, awkwardNames.length);
    },
  },
  {
    id: "ledger/decimals",
    promise: "Quantities are exact to their decimals and to the largest safe integer; what would pass it is refused.",
    async run({ inventory }) {
      const open = await inventory();
      await addExamples(open);
      const beans = { sku: "BEANS", storeId: "hub" };
      for (let index = 0; index < 10; index++) await open.stock.receive({ ...beans, quantity: 0.1 });
      strictEqual((await open.stock.level(beans)).onHand, 1);
      await open.stock.sell({ ...beans, quantity: 0.999 });
      strictEqual((await open.stock.level(beans)).onHand, 0.001);
      const cups = { sku: "CUP", storeId: "hub" };
      await open.stock.receive({ ...cups, quantity: Number.MAX_SAFE_INTEGER });
      await rejects(open.stock.receive({ ...cups, quantity: 1 }), (error) => isInventoryError(error, "INVALID_INPUT"));
      strictEqual((await open.stock.level(cups)).onHand, Number.MAX_SAFE_INTEGER);
      strictEqual((await open.stock.asOf(Date.UTC(2100, 0), cups)).items[0]?.onHand, Number.MAX_SAFE_INTEGER);
    },
  },
  {
    id: "ledger/mixed",
    promise: "After hundreds of mixed commands from many callers every level is the sum of its movements.",
    async run({ inventory, clock }) {
      const open = await inventory();
      await addExamples(open);
      const random = seededRandom(20_261);
      const step = (): Promise<unknown> => {
        const place = { sku: random.pick(["TEA-50", "CUP", "GIFT-BOX"]), storeId: random.pick(["berlin", "hamburg", "hub"]) };
        const quantity = 1 + random.below(9);
        const occurredAt = clock.now() - random.below(minutes(600));
        return random.pick([
          () => open.stock.receive({ ...place, quantity, occurredAt }),
          () => open.stock.sell({ ...place, quantity }),
          () => open.stock.adjust({ ...place, delta: quantity - 5 || 1, reason: "correction" }),
          () => open.stock.count({ ...place, counted: quantity }),
          () => open.stock.transfer({ sku: place.sku, from: place.storeId, to: place.storeId === "hub" ? "berlin" : "hub", quantity }),
          () => open.stock.reverse(`m${9 + random.below(100)}-0`),
        ])();
      };
      for (let round = 0; round < 15; round++) {
        clock.advance(minutes(1));
        const outcomes = await Promise.allSettled(Array.from({ length: 20 }, step));
        for (const outcome of outcomes)
          ok(outcome.status === "fulfilled" || isInventoryError(outcome.reason), String(outcome.status === "rejected" && outcome.reason));
      }
    },
  },
  {
    id: "ledger/as-of",
    promise: "Stock as of any time, page by page, is the sum of what had occurred by then, written down later or not.",
    async run({ inventory, clock }) {
      const open = await inventory();
      await addExamples(open);
      const random = seededRandom(7_431);
      const start = clock.now();
      for (let move = 0; move < 60; move++) {
        clock.advance(minutes(10));
        const place = { sku: random.pick(["TEA-50", "CUP", "GIFT-BOX"]), storeId: random.pick(["berlin", "hamburg", "hub"]) };
        const occurredAt = random.below(3) === 0 ? start + random.below(clock.now() - start) : clock.now();
        await open.stock.count({ ...place, counted: random.below(4), occurredAt });
      }
      const all = await allOf((page) => open.stock.movements(page));
      for (const time of [start - 1, start, start + minutes(150), start + minutes(400), clock.now()])
        for (const filter of [{}, { storeId: "berlin" }, { sku: "CUP" }, { sku: "TEA-50", storeId: "hub" }])
          for (const limit of [2, 1_000])
            deepStrictEqual(await allOf((page) => open.stock.asOf(time, { ...filter, ...page, limit })), stockThen(all, time, filter));
    },
  },
  {
    id: "ledger/holds",
    promise:
      "A level that only a hold has changed is among the changes, at both stores when the hold moves; past its end it holds nothing.",
    async run({ inventory, clock }) {
      const open = await inventory();
      await addExamples(open);
      for (const storeId of ["berlin", "hub"]) await open.stock.receive({ ...at, storeId, quantity: 10 });
      const levelsSince = async (seq: number) =>
        (await open.feed.since(seq, { filter: { entities: ["level"] } })).items
          .flatMap((change) => (change.entity === "level" ? [`${change.value.storeId} ${change.value.reserved}`] : []))
          .sort();
      const { reservation, seq } = await open.reservations.hold({ ...at, quantity: 4, expiresInMs: minutes(5) });
      deepStrictEqual(await levelsSince(seq - 1), ["berlin 4"]);
      await open.reservations.update(reservation.id, { storeId: "hub", quantity: 6 });
      deepStrictEqual(await levelsSince(seq), ["berlin 0", "hub 6"]);
      await rejects(open.stock.sell({ ...at, storeId: "hub", quantity: 5 }), isInsufficient);
      clock.advance(minutes(5));
      strictEqual((await open.stock.level({ ...at, storeId: "hub" })).available, 10);
      const swept = await open.reservations.sweep();
      deepStrictEqual(await levelsSince(swept.seq - 1), ["hub 0"]);
    },
  },
  {
    id: "ledger/transfers",
    promise:
      "Goods in transit are `incoming` where they go, and a level that nothing else has changed is among the changes; received in part, returned or written off, nothing is lost on the way.",
    async run({ inventory }) {
      const open = await inventory();
      await addExamples(open);
      await open.stock.receive({ ...at, quantity: 20 });
      await open.stock.receive({ sku: "BEANS", storeId: "berlin", quantity: 2.5 });
      const levelsSince = async (seq: number) =>
        (await open.feed.since(seq, { filter: { entities: ["level"], skus: ["TEA-50"] } })).items
          .flatMap(({ value }) => ("incoming" in value ? [`${value.storeId} ${value.onHand}+${value.incoming}`] : []))
          .sort();
      const ship = async (quantity: number) =>
        open.transfers.ship({
          from: "berlin",
          to: "hub",
          lines: [
            { sku: "TEA-50", quantity },
            { sku: "BEANS", quantity: 0.125 },
          ],
          idempotencyKey: `ship ${quantity}`,
        });
      const { transfer, seq } = await ship(8);
      deepStrictEqual(await levelsSince(seq - 1), ["berlin 12+0", "hub 0+8"]);
      deepStrictEqual((await ship(8)).transfer, transfer);
      const second = (await ship(4)).transfer;
      await open.transfers.receive(transfer.id, { lines: [{ sku: "TEA-50", quantity: 5 }] });
      const lost = await open.transfers.cancel(transfer.id, { remaining: "write_off", reason: "stolen" });
      deepStrictEqual(await levelsSince(lost.seq - 1), ["berlin 8+0", "hub 5+4"]);
      const back = await open.transfers.cancel(second.id, { remaining: "return" });
      deepStrictEqual(await levelsSince(back.seq - 1), ["berlin 12+0", "hub 5+0"]);
      deepStrictEqual(
        (await allOf((page) => open.transfers.list({ ...page, sku: "BEANS", from: "berlin" }))).map(({ status, lines }) => [
          status,
          lines[1],
        ]),
        [
          ["cancelled", { sku: "BEANS", quantity: 0.125, received: 0, returned: 0, writtenOff: 0.125, inTransit: 0 }],
          ["cancelled", { sku: "BEANS", quantity: 0.125, received: 0, returned: 0.125, writtenOff: 0, inTransit: 0 }],
        ],
      );
      strictEqual((await open.stock.level({ sku: "BEANS", storeId: "berlin" })).onHand, 2.375);
    },
  },
  {
    id: "ledger/counts",
    promise:
      "A sheet books what was off when it was counted, not what was sold since; a product counted elsewhere meanwhile has to be counted again.",
    async run({ inventory }) {
      const open = await inventory();
      await addExamples(open);
      await open.stock.receive({ ...at, quantity: 20 });
      await open.stock.receive({ sku: "BEANS", storeId: "berlin", quantity: 2.5 });
      const { id } = (await open.counts.start({ storeId: "berlin", blind: true })).count;
      const lines = [
        { sku: "tea-50", counted: 18 },
        { sku: "BEANS", counted: 2.625 },
      ];
      await open.counts.record(id, { lines, idempotencyKey: "first round" });
      await open.stock.sell({ ...at, quantity: 3 });
      await open.stock.count({ sku: "BEANS", storeId: "berlin", counted: 2.625 });
      await rejects(
        open.counts.approve(id),
        (error) => isInventoryError(error, "INVALID_STATE") && error.details.lines?.length === 1 && error.details.lines[0]?.sku === "BEANS",
      );
      await open.counts.recount(id, { skus: ["BEANS"] });
      await open.counts.record(id, { lines: [{ sku: "BEANS", counted: 2.625 }] });
      ok(!JSON.stringify(await open.counts.get(id)).includes("expected"));
      const approved = await open.counts.approve(id, { idempotencyKey: "approve" });
      deepStrictEqual(
        approved.movements.map(({ sku, delta, onHandAfter }) => [sku, delta, onHandAfter]),
        [
          ["BEANS", 0, 2.625],
          ["TEA-50", -2, 15],
        ],
      );
      deepStrictEqual(await open.counts.approve(id, { idempotencyKey: "approve" }), { ...approved, replayed: true });
      deepStrictEqual(
        (await open.counts.get(id)).lines.map(({ sku, status, expected, variance, tallies }) => [
          sku,
          status,
          expected,
          variance,
          tallies.length,
        ]),
        [
          ["BEANS", "approved", 2.625, 0, 2],
          ["TEA-50", "approved", 20, -2, 1],
        ],
      );
    },
  },
  {
    id: "ledger/orders",
    promise:
      "A level that only an order has changed is among the changes; an order's life leaves levels, order and ledger in step, also for another inventory over the same rows.",
    async run({ inventory, peer, storage }) {
      const open = await inventory();
      await addExamples(open);
      await open.suppliers.create({ id: "porzellan-weiss", name: "Porzellan Weiß", currency: "EUR", attributes: { since: 1904 } });
      const unitCost = { amount: 310, currency: "EUR" };
      await open.suppliers.setTerms({ supplierId: "porzellan-weiss", sku: "CUP", unitCost, multiple: 12 });
      const lines = [
        { sku: "CUP", quantity: 24 },
        { sku: "BEANS", quantity: 0.125 },
      ];
      const { purchaseOrder } = await open.purchaseOrders.create({ supplierId: "porzellan-weiss", storeId: "hub", lines });
      const { seq } = await open.purchaseOrders.submit(purchaseOrder.id);
      const { items } = await open.feed.since(seq - 1, { filter: { entities: ["level"] } });
      const incoming = items.flatMap((change) => (change.entity === "level" ? [`${change.value.sku} ${change.value.incoming}`] : []));
      deepStrictEqual(incoming.sort(), ["BEANS 0.125", "CUP 24"]);
      const part = await open.purchaseOrders.receive(purchaseOrder.id, { lines: [{ sku: "cup", quantity: 12 }] });
      deepStrictEqual(part.movements[0]?.unitCost, unitCost);
      const other = storage.capabilities.shared && peer ? await inventory({ storage: await peer() }) : open;
      strictEqual((await other.stock.level({ sku: "CUP", storeId: "hub" })).incoming, 12);
      const rest = await other.purchaseOrders.receive(purchaseOrder.id);
      strictEqual(rest.purchaseOrder.status, "received");
      await open.stock.reverse(rest.movements[0]?.id ?? "");
      deepStrictEqual((await other.purchaseOrders.list({ sku: "CUP", status: "partially_received" })).items, [
        await open.purchaseOrders.get(purchaseOrder.id),
      ]);
      await other.purchaseOrders.cancel(purchaseOrder.id);
      const { onHand, incoming: left } = await open.stock.level({ sku: "CUP", storeId: "hub" });
      deepStrictEqual([onHand, left], [12, 0]);
    },
  },
  {
    id: "ledger/lots",
    promise:
      "Lots and serial numbers of tracked products are told apart from the order to the shelf: received, on their way, counted and sold, a lot is the same one, and what its goods cost stays with them.",
    async run({ inventory }) {
      const open = await inventory();
      for (const id of ["hub", "berlin"]) await open.stores.create({ id, name: id });
      await open.products.create({ sku: "MILK", name: "Milk", tracking: "lot" });
      await open.products.create({ sku: "PHONE", name: "Phone", tracking: "serial" });
      await open.costing.set({ sku: "MILK", method: "fifo", currency: "EUR" });
      await open.suppliers.create({ id: "dairy", name: "Dairy" });
      const wanted = {
        supplierId: "dairy",
        storeId: "hub",
        lines: [{ sku: "MILK", quantity: 10, unitCost: { amount: 80, currency: "EUR" } }],
      };
      const order = (await open.purchaseOrders.create(wanted)).purchaseOrder.id;
      await open.purchaseOrders.submit(order);
      const lots = [
        { lot: "LATE", quantity: 6, expiresAt: "2099-05-03T00:00:00Z" },
        { lot: "SOON", quantity: 4, expiresAt: "2099-05-01T00:00:00Z" },
      ];
      await open.purchaseOrders.receive(order, { lines: [{ sku: "MILK", quantity: 10, lots }] });
      await open.stock.receive({ sku: "PHONE", storeId: "hub", quantity: 2, lots: [{ lot: "SN-2" }, { lot: "SN-1" }] });
      const lines = [
        { sku: "MILK", quantity: 5 },
        { sku: "PHONE", quantity: 1, lots: [{ lot: "SN-1" }] },
      ];
      const { id } = (await open.transfers.ship({ from: "hub", to: "berlin", lines })).transfer;
      await open.transfers.receive(id, { lines: [{ sku: "MILK", quantity: 2, lots: [{ lot: "SOON", quantity: 2 }] }] });
      const soon = { sku: "MILK", lot: "SOON" };
      deepStrictEqual((await open.lots.trace(soon)).inTransit, [{ transferId: id, from: "hub", to: "berlin", quantity: 2 }]);
      await open.transfers.cancel(id, { remaining: "return" });
      deepStrictEqual((await open.lots.trace(soon)).inTransit, []);
      const { count } = await open.counts.start({ storeId: "hub", blind: true });
      const found = [
        { sku: "MILK", counted: 7, lots: [{ lot: "LATE", quantity: 7 }] },
        { sku: "PHONE", counted: 2, lots: [{ lot: "SN-1" }, { lot: "SN-2" }] },
      ];
      await open.counts.record(count.id, { lines: found });
      await open.counts.approve(count.id);
      await open.stock.sell({ sku: "MILK", storeId: "berlin", quantity: 1 });
      const left = await allOf((page) => open.lots.list(page));
      deepStrictEqual(
        left.map(({ storeId, lot, quantity }) => [storeId, lot, quantity]),
        [
          ["berlin", "SOON", 1],
          ["hub", "LATE", 7],
          ["hub", "SN-1", 1],
          ["hub", "SN-2", 1],
        ],
      );
    },
  },
  {
    id: "ledger/explained",
    promise: "A level is explained by its movements and holds, newest first, on pages that add up to it.",
    async run({ inventory, clock }) {
      const open = await inventory();
      await addExamples(open);
      await open.stock.receive({ ...at, quantity: 10 });
      await open.stock.transfer({ sku: at.sku, from: at.storeId, to: "hub", quantity: 3 });
      const { reservation } = await open.reservations.hold({ ...at, quantity: 4, expiresInMs: minutes(5) });
      await open.reservations.commit(reservation.id, { quantity: 1 });
      clock.advance(minutes(5));
      const told: number[][] = [];
      let expected = { onHand: 6, reserved: 0, available: 6 };
      for (let cursor: string | undefined; ; ) {
        const page = await open.stock.explain({ ...at, limit: 2, ...(cursor !== undefined && { cursor }) });
        deepStrictEqual(page.closing, expected);
        told.push(...page.items.map(({ onHand, reserved }) => [onHand, reserved]));
        expected = page.opening;
        if (page.nextCursor === undefined) break;
        cursor = page.nextCursor;
      }
      deepStrictEqual(expected, { onHand: 0, reserved: 0, available: 0 });
      deepStrictEqual(told, [
        [0, -3],
        [-1, 0],
        [0, -1],
        [0, 4],
        [-3, 0],
        [10, 0],
      ]);
    },
  },
  {
    id: "ledger/closed",
    promise: "Closing an inventory finishes the commands that wait; later ones are `STORAGE_CLOSED`.",
    async run({ inventory }) {
      const open = await inventory();
      await addExamples(open);
      const waiting = Array.from({ length: 20 }, () => open.stock.receive({ ...at, quantity: 1 }));
      const closing = open.close();
      strictEqual((await Promise.all(waiting)).length, 20);
      await closing;
      await rejects(open.stock.receive({ ...at, quantity: 1 }), (error) => isInventoryError(error, "STORAGE_CLOSED"));
      await rejects(open.stock.level(at), (error) => isInventoryError(error, "STORAGE_CLOSED"));
      await open.close();
    },
  },
];
