import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInventoryClient, type InventoryClient, type Observable } from "@onhand/client";
import { createInventory, type Inventory } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { wsTransport } from "@onhand/transport-adapters/ws/client";
import { allowEverythingForDemos, createWsServer } from "@onhand/transport-adapters/ws/server";
import { afterEach, describe, expect, it } from "vitest";

const tea = { sku: "TEA", storeId: "berlin" };
const endings: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Resolves with the first value that is as wanted. */
function until<T>(observable: Observable<T>, wanted: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const look = () => {
      if (!wanted(observable.get())) return;
      stop();
      resolve(observable.get());
    };
    const stop = observable.subscribe(look);
    look();
  });
}

async function open(): Promise<Inventory> {
  const inventory = await createInventory({ storage: memoryStorage() });
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  await inventory.products.create({ sku: "TEA", name: "Green tea" });
  await inventory.stock.receive({ ...tea, quantity: 10 });
  endings.push(() => inventory.close());
  return inventory;
}

async function serve(inventory: Inventory, port = 0) {
  const server = createServer();
  const live = createWsServer({ inventory, server, authenticate: async () => ({ id: "clerk" }), authorize: allowEverythingForDemos });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await live.close({ afterMs: 10 });
    await closed;
  };
  return { port: (server.address() as AddressInfo).port, close };
}

function connect(port: number): InventoryClient {
  const client = createInventoryClient({ transport: wsTransport({ url: `ws://127.0.0.1:${port}/live` }), random: () => 0.05 });
  endings.push(() => client.stop());
  client.start();
  return client;
}

describe("against a real server", () => {
  it("one client's sale shows at another, and never counts twice at its own", async () => {
    const inventory = await open();
    const { port, close } = await serve(inventory);
    endings.push(close);
    const [till, office] = [connect(port), connect(port)];
    const seen: number[] = [];
    const level = till.level(tea);
    const look = () => {
      const onHand = level.get()?.onHand;
      if (onHand !== undefined && onHand !== seen.at(-1)) seen.push(onHand);
    };
    level.subscribe(look);
    const atOffice = office.levels({ storeId: "berlin" });
    await Promise.all([until(level, (now) => now?.onHand === 10), until(atOffice, ({ status }) => status === "ready")]);
    await expect(till.command("stock.sell", { ...tea, quantity: 3 })).resolves.toMatchObject({ replayed: false, levels: [{ onHand: 7 }] });
    await until(atOffice, ({ items }) => items[0]?.onHand === 7);
    await until(level, (now) => now?.pending === 0);
    await expect(till.command("stock.sell", { ...tea, quantity: 30 })).rejects.toMatchObject({
      code: "INSUFFICIENT_STOCK",
      details: { requested: 30, available: 7 },
    });
    await until(level, (now) => now?.pending === 0);
    look();
    expect(seen).toEqual([10, 7, -23, 7]);
  });

  it("a hundred sales from two tills at once end in the same figures everywhere", async () => {
    const inventory = await open();
    const { port, close } = await serve(inventory);
    endings.push(close);
    await inventory.stock.receive({ ...tea, quantity: 90 });
    const tills = [connect(port), connect(port)];
    const levels = tills.map((till) => till.level(tea));
    const movements = tills[0]?.movements({ limit: 20 });
    if (!movements) throw new Error("no till");
    await Promise.all([
      ...levels.map((level) => until(level, (now) => now?.onHand === 100)),
      until(movements, ({ status }) => status === "ready"),
    ]);
    const sales = tills.flatMap((till) => Array.from({ length: 50 }, () => till.command("stock.sell", { ...tea, quantity: 1 })));
    await Promise.all(sales);
    await Promise.all(levels.map((level) => until(level, (now) => now?.onHand === 0 && now.pending === 0)));
    const { items } = await until(movements, (list) => list.items[0]?.onHandAfter === 0);
    expect(items.map(({ onHandAfter }) => onHandAfter)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it("a hold made at one client is followed at another to its end, in a list and by its id", async () => {
    const inventory = await open();
    await inventory.stores.create({ id: "hub", name: "Hub" });
    await inventory.stock.receive({ sku: "TEA", storeId: "hub", quantity: 5 });
    const { port, close } = await serve(inventory);
    endings.push(close);
    const [till, office] = [connect(port), connect(port)];
    const atBerlin = office.reservations({ storeId: "berlin" });
    await until(atBerlin, ({ status }) => status === "ready");
    const { reservation } = await till.command("reservations.hold", { ...tea, quantity: 4, expiresInMs: 60_000 });
    await until(atBerlin, ({ items }) => items[0]?.held === 4);
    await until(till.level(tea), (level) => level?.reserved === 4 && level.available === 6);
    const one = office.reservation(reservation.id);
    const none = office.reservation("r999");
    await Promise.all([until(one, (now) => now?.status === "active"), until(none, () => none.loading().status === "ready")]);
    expect(none.get()).toBeUndefined();
    await till.command("reservations.update", { id: reservation.id, storeId: "hub" });
    await until(atBerlin, ({ items }) => items.length === 0);
    await till.command("reservations.commit", { id: reservation.id });
    expect(await until(one, (now) => now?.status !== "active")).toMatchObject({ status: "committed", committed: 4, storeId: "hub" });
  });

  it("what was over before anybody looked is there for who asks for it by its id, and in no list", async () => {
    const inventory = await open();
    await inventory.stores.create({ id: "hub", name: "Hub" });
    await inventory.suppliers.create({ id: "leaf", name: "Leaf" });
    await inventory.thresholds.set({ ...tea, reorderPoint: 5 });
    const { reservation } = await inventory.reservations.hold({ ...tea, quantity: 8, expiresInMs: 60_000 });
    const [alert] = (await inventory.alerts.list({})).items;
    await inventory.reservations.release(reservation.id);
    const { transfer } = await inventory.transfers.ship({ from: "berlin", to: "hub", lines: [{ sku: "TEA", quantity: 1 }] });
    await inventory.transfers.receive(transfer.id);
    const { count } = await inventory.counts.start({ storeId: "berlin" });
    await inventory.counts.cancel(count.id);
    const { purchaseOrder } = await inventory.purchaseOrders.create({
      supplierId: "leaf",
      storeId: "hub",
      lines: [{ sku: "TEA", quantity: 1 }],
    });
    await inventory.purchaseOrders.cancel(purchaseOrder.id);
    const { port, close } = await serve(inventory);
    endings.push(close);
    const client = connect(port);
    const rows = [
      client.reservation(reservation.id),
      client.alert(alert?.id as string),
      client.transfer(transfer.id),
      client.count(count.id),
      client.purchaseOrder(purchaseOrder.id),
    ];
    const found = await Promise.all(rows.map((row) => until<unknown>(row, () => row.loading().status === "ready")));
    expect(found).toMatchObject(["released", "resolved", "received", "cancelled", "cancelled"].map((status) => ({ status })));
    const lists = [client.reservations(), client.alerts(), client.transfers(), client.counts(), client.purchaseOrders()];
    for (const list of lists)
      expect(await until<{ readonly status: string }>(list, ({ status }) => status === "ready")).toMatchObject({ items: [] });
  });

  it("an alert shows at the client that follows its store, and goes when stock has recovered", async () => {
    const inventory = await open();
    await inventory.stores.create({ id: "hub", name: "Hub" });
    await inventory.thresholds.set({ reorderPoint: 5 });
    const { port, close } = await serve(inventory);
    endings.push(close);
    const client = connect(port);
    const [here, there] = [client.alerts({ storeId: "berlin" }), client.alerts({ storeId: "hub" })];
    await Promise.all([until(here, ({ status }) => status === "ready"), until(there, ({ status }) => status === "ready")]);
    await client.command("stock.sell", { ...tea, quantity: 6 });
    const { items } = await until(here, (list) => list.items.length === 1);
    expect(items).toMatchObject([{ type: "low_stock", quantity: 4, limit: 5 }]);
    await client.command("alerts.acknowledge", { id: items[0]?.id as string });
    await until(here, (list) => list.items[0]?.status === "acknowledged");
    await client.command("stock.receive", { ...tea, quantity: 10 });
    await until(here, (list) => list.items.length === 0);
    expect(there.get().items).toEqual([]);
  });

  it("comes back by itself when the server restarts, and brings the commands given meanwhile", async () => {
    const inventory = await open();
    const first = await serve(inventory);
    const client = connect(first.port);
    const level = client.level(tea);
    await until(level, (now) => now?.onHand === 10);
    await until(client.connection, ({ status }) => status === "live");
    const down = until(client.connection, ({ status }) => status !== "live");
    await first.close();
    await down;
    await inventory.stock.receive({ ...tea, quantity: 5 });
    const sold = client.command("stock.sell", { ...tea, quantity: 1 });
    expect(level.get()).toMatchObject({ onHand: 9, pending: 1 });
    const second = await serve(inventory, first.port);
    endings.push(second.close);
    await expect(sold).resolves.toMatchObject({ replayed: false });
    await until(level, (now) => now?.onHand === 14 && now.pending === 0);
    await until(client.connection, ({ status }) => status === "live");
  });
});
