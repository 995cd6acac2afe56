import { createInventory, type Inventory, type StorageAdapter } from "@onhand/core";
import { allOf, checkLedger, type ManualClock, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusalOf } from "../../test/inventory";

const day = 86_400_000;
let clock: ManualClock;
let storage: StorageAdapter;
let inventory: Inventory;

beforeEach(async () => {
  clock = manualClock(100 * day);
  storage = memoryStorage();
  inventory = await createInventory({ storage, clock });
  for (const id of ["hub", "berlin"]) await inventory.stores.create({ id, name: id });
  await inventory.products.create({ sku: "MILK", name: "Milk", tracking: "lot" });
  await inventory.products.create({ sku: "PHONE", name: "Phone", tracking: "serial" });
  await inventory.products.create({ sku: "CUP", name: "Cup" });
});
afterEach(() => checkLedger(inventory));

const inDays = (days: number) => clock.now() + days * day;
const milk = (lot: string, quantity: number, expiresAt?: number, storeId = "hub") =>
  inventory.stock.receive({ sku: "MILK", storeId, quantity, lots: [{ lot, quantity, ...(expiresAt !== undefined && { expiresAt }) }] });
const phones = (...serials: string[]) =>
  inventory.stock.receive({ sku: "PHONE", storeId: "hub", quantity: serials.length, lots: serials.map((lot) => ({ lot })) });
/** What is left, as `lot store quantity`. */
const left = async (sku: string) =>
  (await allOf((page) => inventory.lots.list({ sku, ...page }))).map((row) => `${row.lot} ${row.storeId} ${row.quantity}`);
const route = { from: "hub", to: "berlin" };
const lotsMustBe = { code: "INVALID_INPUT", issues: [{ path: "lots" }] };

describe("transfers of tracked products", () => {
  it("ship what expires first, or the lots that are named, and take those same lots in", async () => {
    await milk("LATE", 5, inDays(30));
    await milk("SOON", 5, inDays(3));
    const { transfer } = await inventory.transfers.ship({ ...route, lines: [{ sku: "MILK", quantity: 7 }] });
    expect(transfer.lines[0]?.lots).toEqual([
      { lot: "SOON", quantity: 5, inTransit: 5 },
      { lot: "LATE", quantity: 2, inTransit: 2 },
    ]);
    const named = await inventory.transfers.ship({
      ...route,
      lines: [{ sku: "MILK", quantity: 1, lots: [{ lot: "LATE", expiresAt: inDays(30) }] }],
    });
    expect(named.movements[0]?.lots).toEqual([{ lot: "LATE", delta: -1 }]);
    expect(await left("MILK")).toEqual(["LATE hub 2"]);
    const received = await inventory.transfers.receive(transfer.id);
    expect(received.transfer.lines[0]?.lots?.map(({ inTransit }) => inTransit)).toEqual([0, 0]);
    expect(await left("MILK")).toEqual(["LATE berlin 2", "SOON berlin 5", "LATE hub 2"]);
    expect((await inventory.lots.expiring({ before: inDays(7) })).items).toMatchObject([{ lot: "SOON", storeId: "berlin" }]);
  });

  it("take a part in: the lots that are named, or the first in the order they were shipped", async () => {
    await milk("A", 3, inDays(3));
    await milk("B", 3, inDays(5));
    const { transfer } = await inventory.transfers.ship({ ...route, lines: [{ sku: "MILK", quantity: 6 }] });
    await inventory.transfers.receive(transfer.id, { lines: [{ sku: "MILK", quantity: 1, lots: [{ lot: "B" }] }] });
    await inventory.transfers.receive(transfer.id, { lines: [{ sku: "MILK", quantity: 4 }] });
    expect(await left("MILK")).toEqual(["A berlin 3", "B berlin 2"]);
    const { transfer: last } = await inventory.transfers.receive(transfer.id);
    expect(last).toMatchObject({ status: "received", lines: [{ received: 6, inTransit: 0 }] });
    expect(await left("MILK")).toEqual(["A berlin 3", "B berlin 3"]);
  });

  it("refuse lots that are not on the way, or not named where they must be, and name every such line", async () => {
    await milk("A", 3);
    await milk("B", 3, inDays(9), "berlin");
    await phones("SN-1", "SN-2");
    const { transfers } = inventory;
    const shipped = [
      { sku: "MILK", quantity: 2, lots: [{ lot: "A", quantity: 1 }] },
      { sku: "PHONE", quantity: 1 },
      { sku: "CUP", quantity: 1, lots: [{ lot: "A" }] },
    ];
    expect(await refusalOf(transfers.ship({ ...route, lines: shipped }))).toMatchObject({
      ...lotsMustBe,
      lines: [
        { index: 0, ...lotsMustBe },
        { index: 1, ...lotsMustBe },
        { index: 2, code: "INSUFFICIENT_STOCK" },
      ],
    });
    const { id } = (
      await transfers.ship({
        ...route,
        lines: [
          { sku: "MILK", quantity: 2 },
          { sku: "PHONE", quantity: 2, lots: [{ lot: "SN-1" }, { lot: "SN-2" }] },
        ],
      })
    ).transfer;
    const wrong = [
      { sku: "MILK", quantity: 1, lots: [{ lot: "B" }] },
      { sku: "MILK", quantity: 2, lots: [{ lot: "A", quantity: 3 }] },
      { sku: "MILK", quantity: 2, lots: [{ lot: "A" }] },
      { sku: "MILK", quantity: 1, lots: [{ lot: "A", expiresAt: inDays(1) }] },
      { sku: "PHONE", quantity: 1 },
      { sku: "PHONE", quantity: 1, lots: [{ lot: "SN-3" }] },
    ];
    for (const line of wrong) expect(await refusalOf(transfers.receive(id, { lines: [line] }))).toMatchObject(lotsMustBe);
    expect(await left("MILK")).toEqual(["B berlin 3", "A hub 1"]);
    await transfers.receive(id, { lines: [{ sku: "PHONE", quantity: 1, lots: [{ lot: "SN-2" }] }] });
    await transfers.receive(id);
    expect(await left("PHONE")).toEqual(["SN-1 berlin 1", "SN-2 berlin 1"]);
  });

  it("put back or write off the lots that were still on their way", async () => {
    await milk("A", 3, inDays(3));
    await milk("B", 3, inDays(5));
    const ship = async () => (await inventory.transfers.ship({ ...route, lines: [{ sku: "MILK", quantity: 4 }] })).transfer.id;
    const returned = await ship();
    await inventory.transfers.receive(returned, { lines: [{ sku: "MILK", quantity: 1 }] });
    await inventory.transfers.cancel(returned, { remaining: "return" });
    expect(await left("MILK")).toEqual(["A berlin 1", "A hub 2", "B hub 3"]);
    const lost = await ship();
    const { movements, transfer } = await inventory.transfers.cancel(lost, { remaining: "write_off" });
    expect(await left("MILK")).toEqual(["A berlin 1", "B hub 1"]);
    expect(transfer.lines[0]?.lots).toEqual([
      { lot: "A", quantity: 2, inTransit: 0 },
      { lot: "B", quantity: 2, inTransit: 0 },
    ]);
    await inventory.stock.reverse(movements[1]?.id as string);
    expect(await left("MILK")).toEqual(["A berlin 1", "A hub 2", "B hub 3"]);
  });

  it("show a lot on its way to whoever traces it, between the stores it left and reached", async () => {
    await milk("A", 6, inDays(3));
    const ship = async () => (await inventory.transfers.ship({ ...route, lines: [{ sku: "MILK", quantity: 2 }] })).transfer.id;
    const [first, second] = [await ship(), await ship()];
    const traced = async () => (await inventory.lots.trace({ sku: "milk", lot: "A" })).inTransit;
    expect(await traced()).toEqual([
      { transferId: first, ...route, quantity: 2 },
      { transferId: second, ...route, quantity: 2 },
    ]);
    await inventory.transfers.receive(first, { lines: [{ sku: "MILK", quantity: 1 }] });
    await inventory.transfers.receive(second);
    expect(await traced()).toEqual([{ transferId: first, ...route, quantity: 1 }]);
    const { levels, movements } = await inventory.lots.trace({ sku: "MILK", lot: "A" });
    expect(levels.map(({ storeId, quantity }) => [storeId, quantity])).toEqual([
      ["berlin", 3],
      ["hub", 2],
    ]);
    expect(movements.map(({ type, reference }) => [type, reference?.id])).toEqual([
      ["received", undefined],
      ["transferred_out", first],
      ["transferred_out", second],
      ["transferred_in", first],
      ["transferred_in", second],
    ]);
    await inventory.transfers.cancel(first, { remaining: "return" });
    expect(await traced()).toEqual([]);
  });

  it("keep a serial number that is on its way from coming in anywhere else", async () => {
    await phones("SN-1", "SN-2");
    const lots = [{ lot: "SN-1" }];
    const { id } = (await inventory.transfers.ship({ ...route, lines: [{ sku: "PHONE", quantity: 1, lots }] })).transfer;
    for (const storeId of ["hub", "berlin"])
      expect(await refusalOf(inventory.stock.receive({ sku: "PHONE", storeId, quantity: 1, lots }))).toMatchObject({
        code: "ALREADY_EXISTS",
        key: "SN-1",
      });
    expect(await refusalOf(inventory.stock.sell({ sku: "PHONE", storeId: "hub", quantity: 1, lots }))).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      lot: "SN-1",
    });
    await inventory.transfers.cancel(id, { remaining: "write_off", reason: "stolen" });
    expect(await left("PHONE")).toEqual(["SN-2 hub 1"]);
    await inventory.stock.receive({ sku: "PHONE", storeId: "berlin", quantity: 1, lots });
    expect(await left("PHONE")).toEqual(["SN-1 berlin 1", "SN-2 hub 1"]);
  });

  it("carry what has since expired, and by the expiry date that was set right meanwhile", async () => {
    await milk("A", 2, inDays(1));
    const { id } = (await inventory.transfers.ship({ ...route, lines: [{ sku: "MILK", quantity: 2 }] })).transfer;
    await inventory.lots.update({ sku: "MILK", lot: "A", expiresAt: inDays(9) });
    clock.advance(10 * day);
    await inventory.transfers.receive(id);
    expect((await inventory.lots.list({ sku: "MILK" })).items).toMatchObject([{ storeId: "berlin", expiresAt: 109 * day }]);
    expect(await refusalOf(inventory.transfers.ship({ from: "berlin", to: "hub", lines: [{ sku: "MILK", quantity: 1 }] }))).toMatchObject({
      code: "INSUFFICIENT_STOCK",
    });
    await inventory.transfers.ship({ from: "berlin", to: "hub", lines: [{ sku: "MILK", quantity: 1, lots: [{ lot: "A" }] }] });
  });

  it("carry up to 5,000 lots", async () => {
    const serials = Array.from({ length: 5_001 }, (_, index) => ({ lot: `L-${index}` }));
    for (let start = 0; start < serials.length; start += 1_000) {
      const lots = serials.slice(start, start + 1_000);
      await inventory.stock.receive({ sku: "MILK", storeId: "hub", quantity: lots.length, lots });
    }
    expect(await refusalOf(inventory.transfers.ship({ ...route, lines: [{ sku: "MILK", quantity: 5_001 }] }))).toMatchObject(lotsMustBe);
    const { transfer } = await inventory.transfers.ship({ ...route, lines: [{ sku: "MILK", quantity: 5_000 }] });
    const { movements } = await inventory.transfers.receive(transfer.id);
    expect(movements[0]?.lots).toHaveLength(5_000);
  });

  it("are given their first answer again under their key, lots and all", async () => {
    await milk("A", 3, inDays(3));
    const ship = { ...route, lines: [{ sku: "MILK", quantity: 2 }], idempotencyKey: "ship" };
    const first = await inventory.transfers.ship(ship);
    await milk("B", 3, inDays(1));
    expect(await inventory.transfers.ship(ship)).toEqual({ ...first, replayed: true });
    const other = { ...ship, lines: [{ sku: "MILK", quantity: 2, lots: [{ lot: "A", quantity: 2 }] }] };
    expect(await refusalOf(inventory.transfers.ship(other))).toMatchObject({ code: "IDEMPOTENCY_MISMATCH" });
  });

  it("write no lots for products that are not tracked", async () => {
    await inventory.stock.receive({ sku: "CUP", storeId: "hub", quantity: 3 });
    const { transfer } = await inventory.transfers.ship({ ...route, lines: [{ sku: "CUP", quantity: 3 }] });
    await inventory.transfers.receive(transfer.id);
    expect(transfer.lines[0]).not.toHaveProperty("lots");
    expect((await storage.find("transit_lots", { limit: 10 })).rows).toEqual([]);
  });
});

describe("receipts of tracked products", () => {
  const ordered = async (...lines: { sku: string; quantity: number }[]) => {
    await inventory.suppliers.create({ id: "dairy", name: "Dairy" });
    const { id } = (await inventory.purchaseOrders.create({ supplierId: "dairy", storeId: "berlin", lines })).purchaseOrder;
    await inventory.purchaseOrders.submit(id);
    return id;
  };

  it("name the lots that came, several of one line, in parts, and give them back when they are reversed", async () => {
    const id = await ordered({ sku: "MILK", quantity: 10 });
    const lots = [
      { lot: "A", quantity: 4, expiresAt: inDays(3) },
      { lot: "B", quantity: 2, expiresAt: inDays(5) },
    ];
    const first = await inventory.purchaseOrders.receive(id, { lines: [{ sku: "MILK", quantity: 6, lots }] });
    expect(first.movements[0]?.lots).toEqual([
      { lot: "A", delta: 4 },
      { lot: "B", delta: 2 },
    ]);
    await inventory.purchaseOrders.receive(id, {
      lines: [
        { sku: "MILK", quantity: 3, lots: [{ lot: "B", quantity: 3, expiresAt: inDays(5) }] },
        { sku: "MILK", quantity: 1, lots: [{ lot: "C" }] },
      ],
    });
    expect(await left("MILK")).toEqual(["A berlin 4", "B berlin 5", "C berlin 1"]);
    expect((await inventory.purchaseOrders.get(id)).status).toBe("received");
    await inventory.stock.reverse(first.movements[0]?.id as string);
    expect(await left("MILK")).toEqual(["B berlin 3", "C berlin 1"]);
    expect(await inventory.purchaseOrders.get(id)).toMatchObject({ status: "partially_received", lines: [{ received: 4, incoming: 6 }] });
  });

  it("are refused line by line where lots are missing or wrong, and leave nothing half done", async () => {
    const id = await ordered({ sku: "MILK", quantity: 10 }, { sku: "PHONE", quantity: 2 }, { sku: "CUP", quantity: 1 });
    expect(await refusalOf(inventory.purchaseOrders.receive(id))).toMatchObject({
      ...lotsMustBe,
      lines: [
        { index: 0, ...lotsMustBe },
        { index: 1, ...lotsMustBe },
      ],
    });
    const lines = [
      { sku: "MILK", quantity: 10, lots: [{ lot: "A", quantity: 9 }] },
      { sku: "PHONE", quantity: 2, lots: [{ lot: "SN-1", quantity: 2 }] },
      { sku: "CUP", quantity: 1, lots: [{ lot: "A" }] },
    ];
    expect(await refusalOf(inventory.purchaseOrders.receive(id, { lines }))).toMatchObject({ lines: [lotsMustBe, lotsMustBe, lotsMustBe] });
    expect(await left("MILK")).toEqual([]);
    expect((await inventory.purchaseOrders.get(id)).status).toBe("submitted");
    await inventory.purchaseOrders.receive(id, { lines: [{ sku: "PHONE", quantity: 2, lots: [{ lot: "SN-1" }, { lot: "SN-2" }] }] });
    expect(await left("PHONE")).toEqual(["SN-1 berlin 1", "SN-2 berlin 1"]);
    const again = { lines: [{ sku: "PHONE", quantity: 1, lots: [{ lot: "SN-1" }] }], overDelivery: "accept" as const };
    expect(await refusalOf(inventory.purchaseOrders.receive(id, again))).toMatchObject({
      code: "ALREADY_EXISTS",
      lines: [{ key: "SN-1" }],
    });
  });
});

describe("counts of tracked products", () => {
  const start = async (fields: object = {}) => (await inventory.counts.start({ storeId: "hub", ...fields })).count.id;
  const found = (sku: string, lots: readonly { lot: string; quantity?: number; expiresAt?: number }[]) => ({
    lines: [{ sku, counted: lots.reduce((sum, { quantity = 1 }) => sum + quantity, 0), lots }],
  });

  it("judge each lot by what the books said when it was counted, and book each difference, whatever was sold since", async () => {
    await milk("A", 5, inDays(3));
    await milk("B", 5, inDays(5));
    const id = await start();
    const { lines } = await inventory.counts.record(
      id,
      found("MILK", [
        { lot: "A", quantity: 4 },
        { lot: "B", quantity: 5 },
        { lot: "NEW", quantity: 2, expiresAt: inDays(9) },
      ]),
    );
    expect(lines[0]).toMatchObject({
      counted: 11,
      expected: 10,
      variance: 1,
      lots: [
        { lot: "A", counted: 4, expected: 5 },
        { lot: "B", counted: 5, expected: 5 },
        { lot: "NEW", counted: 2, expected: 0, expiresAt: inDays(9) },
      ],
    });
    await inventory.stock.sell({ sku: "MILK", storeId: "hub", quantity: 3 });
    const { count, movements } = await inventory.counts.approve(id);
    expect(count.differenceCount).toBe(1);
    expect(movements[0]).toMatchObject({
      delta: 1,
      lots: [
        { lot: "A", delta: -1 },
        { lot: "NEW", delta: 2 },
      ],
    });
    expect(await left("MILK")).toEqual(["A hub 1", "B hub 5", "NEW hub 2"]);
    expect((await inventory.lots.list({ lot: "NEW" })).items[0]?.expiresAt).toBe(inDays(9));
    await inventory.stock.reverse(movements[0]?.id as string);
    expect(await left("MILK")).toEqual(["A hub 2", "B hub 5"]);
  });

  it("tell lots apart that add up: so much more of one and less of another is a difference", async () => {
    await milk("A", 5);
    await milk("B", 5);
    const id = await start();
    await inventory.counts.record(
      id,
      found("MILK", [
        { lot: "A", quantity: 3 },
        { lot: "B", quantity: 7 },
      ]),
    );
    const { count, movements } = await inventory.counts.approve(id);
    expect(count.differenceCount).toBe(1);
    expect(movements[0]).toMatchObject({ delta: 0, onHandAfter: 10 });
    expect(await left("MILK")).toEqual(["A hub 3", "B hub 7"]);
  });

  it("count serial numbers one by one: what is not named is missing, what the books have elsewhere can't be booked here", async () => {
    await phones("SN-1", "SN-2");
    await inventory.stock.receive({ sku: "PHONE", storeId: "berlin", quantity: 1, lots: [{ lot: "SN-9" }] });
    const id = await start();
    await inventory.counts.record(id, found("PHONE", [{ lot: "SN-1" }, { lot: "SN-7" }]));
    await inventory.counts.approve(id);
    expect(await left("PHONE")).toEqual(["SN-9 berlin 1", "SN-1 hub 1", "SN-7 hub 1"]);
    const second = await start();
    await inventory.counts.record(second, found("PHONE", [{ lot: "SN-1" }, { lot: "SN-7" }, { lot: "SN-9" }]));
    expect(await refusalOf(inventory.counts.approve(second))).toMatchObject({
      code: "ALREADY_EXISTS",
      key: "SN-9",
      lines: [{ code: "ALREADY_EXISTS" }],
    });
    await inventory.stock.adjust({ sku: "PHONE", storeId: "berlin", delta: -1, reason: "correction", lots: [{ lot: "SN-9" }] });
    await inventory.counts.approve(second);
    expect(await left("PHONE")).toEqual(["SN-1 hub 1", "SN-7 hub 1", "SN-9 hub 1"]);
  });

  it("say nothing on a blind sheet of what should be there: no lot that was not found, no agreement with the books", async () => {
    await milk("A", 5);
    await milk("B", 5);
    const id = await start({ blind: true });
    expect(await refusalOf(inventory.counts.record(id, { lines: [{ sku: "MILK", counted: 10 }] }))).toMatchObject(lotsMustBe);
    const { lines } = await inventory.counts.record(id, found("MILK", [{ lot: "A", quantity: 5 }]));
    expect(lines[0]?.lots).toEqual([{ lot: "A", counted: 5 }]);
    expect(lines[0]?.tallies[0]?.lots).toEqual([{ lot: "A", counted: 5 }]);
    expect(JSON.stringify((await inventory.feed.snapshot("countLine")).items)).not.toContain('"B"');
    await inventory.counts.approve(id);
    expect((await inventory.counts.get(id)).lines[0]?.lots).toEqual([
      { lot: "A", counted: 5, expected: 5 },
      { lot: "B", counted: 0, expected: 5 },
    ]);
    expect(await left("MILK")).toEqual(["A hub 5"]);
  });

  it("need no names where nothing was found, and refuse lots that don't add up or agree with what is known", async () => {
    await milk("A", 5, inDays(3));
    const id = await start();
    const wrong = [
      { sku: "MILK", counted: 5, lots: [{ lot: "A", quantity: 4 }] },
      { sku: "MILK", counted: 5 },
      { sku: "MILK", counted: 5, lots: [{ lot: "A", quantity: 5, expiresAt: inDays(4) }] },
      { sku: "MILK", counted: 2, lots: [{ lot: "A" }, { lot: "A" }] },
      { sku: "PHONE", counted: 2, lots: [{ lot: "SN-1", quantity: 2 }] },
      { sku: "CUP", counted: 1, lots: [{ lot: "A" }] },
    ];
    for (const line of wrong) expect(await refusalOf(inventory.counts.record(id, { lines: [line] }))).toMatchObject(lotsMustBe);
    await inventory.counts.record(id, { lines: [{ sku: "MILK", counted: 0 }] });
    await inventory.counts.approve(id);
    expect(await left("MILK")).toEqual([]);
  });

  it("have to be repeated when a lot that was missed has been sold since, or the product was not tracked then", async () => {
    await milk("A", 5, inDays(3));
    await milk("B", 5);
    const id = await start();
    await inventory.counts.record(id, { lines: [...found("MILK", [{ lot: "B", quantity: 5 }]).lines, { sku: "CUP", counted: 2 }] });
    await inventory.products.update("CUP", { tracking: "lot" });
    expect(await refusalOf(inventory.counts.approve(id))).toMatchObject({
      code: "INVALID_STATE",
      lines: [{ sku: "CUP", state: "counted before its product was tracked" }],
    });
    await inventory.counts.recount(id, { skus: ["CUP"] });
    await inventory.counts.record(id, found("CUP", [{ lot: "C", quantity: 2 }]));
    await inventory.stock.sell({ sku: "MILK", storeId: "hub", quantity: 2 });
    expect(await refusalOf(inventory.counts.approve(id))).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      lot: "A",
      requested: 5,
      available: 3,
    });
    await inventory.counts.recount(id, { skus: ["MILK"] });
    await inventory.counts.record(id, found("MILK", [{ lot: "B", quantity: 5 }]));
    await inventory.counts.approve(id);
    expect(await left("MILK")).toEqual(["B hub 5"]);
    expect(await left("CUP")).toEqual(["C hub 2"]);
  });
});
