import { createInventory, type Inventory, type InventoryOptions, type StorageAdapter } from "@onhand/core";
import { addExamples, allOf, checkLedger, days, exampleProducts, manualClock, minutes } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { describe, expect, it } from "vitest";
import { berlin, exampleInventory, examplesEnd, refusalOf } from "../../test/inventory";

const hub = { sku: "TEA-50", storeId: "hub" };

describe("products and stores", () => {
  it("are found however the SKU is spelt, and listed by SKU, archived ones apart", async () => {
    const { products, stores } = await exampleInventory();
    expect((await products.get(" tea-50 ")).sku).toBe("TEA-50");
    await products.archive("cup");
    await stores.archive("hub");
    expect((await products.list()).items.map(({ sku }) => sku)).toEqual(["BEANS", "GIFT-BOX", "TEA-50", "TEA-OOLONG"]);
    expect((await products.list({ archived: true })).items.map(({ sku }) => sku)).toEqual(["CUP"]);
    expect((await products.list({ archived: "any" })).items).toHaveLength(5);
    expect((await stores.list()).items.map(({ id }) => id)).toEqual(["berlin", "hamburg"]);
    expect((await stores.list({ archived: "any", kind: "warehouse" })).items.map(({ id }) => id)).toEqual(["hub"]);
  });

  it("are searched by SKU, name, barcode and category, regardless of case and of how accents are written", async () => {
    const { products } = await exampleInventory();
    await products.create({ sku: "CAFE", name: "Café crème" });
    const search = async (text: string) => (await products.list({ search: text })).items.map(({ sku }) => sku);
    expect(await search("oolong")).toEqual(["TEA-OOLONG"]);
    expect(await search("GRÖSSE l")).toEqual([]);
    expect(await search("größe")).toEqual(["CUP"]);
    expect(await search("40063813339")).toEqual(["TEA-50", "TEA-OOLONG"]);
    expect(await search("coffee")).toEqual(["BEANS"]);
    expect(await search("cafe\u0301 CRE\u0300ME")).toEqual(["CAFE"]);
    expect(await search("%")).toEqual([]);
    expect((await products.list({ category: "Tea", barcode: "4006381333931" })).items.map(({ sku }) => sku)).toEqual(["TEA-50"]);
  });

  it("come in the order asked for, a page at a time, each once", async () => {
    const { products } = await exampleInventory();
    for (const orderBy of ["sku", "name", "updatedAt"] as const) {
      for (const descending of [false, true]) {
        const whole = (await products.list({ orderBy, descending })).items;
        const paged = await allOf(({ cursor }) =>
          products.list({ orderBy, descending, limit: 2, ...(cursor !== undefined && { cursor }) }),
        );
        expect(paged).toEqual(whole);
        expect(paged).toHaveLength(exampleProducts.length);
      }
    }
  });

  it("what is handed out is the caller's: changing it, or what was given, changes nothing", async () => {
    const { products } = await exampleInventory();
    const attributes = { colours: ["red"] };
    const { product } = await products.create({ sku: "NEW", name: "New", attributes });
    attributes.colours.push("green");
    (product.attributes.colours as string[]).push("blue");
    ((await products.get("NEW")).attributes.colours as string[]).push("pink");
    expect((await products.get("NEW")).attributes).toEqual({ colours: ["red"] });
  });
});

describe("levels and movements", () => {
  it("a level that never moved is zero", async () => {
    const { stock } = await exampleInventory();
    expect(await stock.level({ sku: "tea-50", storeId: "hub" })).toEqual({
      ...hub,
      onHand: 0,
      reserved: 0,
      available: 0,
      incoming: 0,
      updatedAt: 0,
      seq: 0,
    });
  });

  it("are listed by SKU, store, type, cause and time, either way round, a page at a time", async () => {
    const { stock, clock } = await exampleInventory();
    const start = clock.now();
    const reference = { type: "order", id: "1" };
    await stock.receive({ ...berlin, quantity: 9 });
    await stock.transfer({ sku: "tea-50", from: "berlin", to: "hub", quantity: 4, reference });
    clock.advance(minutes(5));
    await stock.receive({ sku: "CUP", storeId: "hub", quantity: 2, occurredAt: start - days(1), reference });
    await stock.sell({ ...berlin, quantity: 1 });
    const ids = async (filter: Parameters<typeof stock.movements>[0]) => (await stock.movements(filter)).items.map(({ id }) => id);
    expect(await ids({})).toEqual(["m9-0", "m10-0", "m10-1", "m11-0", "m12-0"]);
    expect(await ids({ order: "desc" })).toEqual(["m12-0", "m11-0", "m10-1", "m10-0", "m9-0"]);
    expect(await ids({ sku: " tea-50" })).toEqual(["m9-0", "m10-0", "m10-1", "m12-0"]);
    expect(await ids({ storeId: "hub" })).toEqual(["m10-1", "m11-0"]);
    expect(await ids({ type: "received" })).toEqual(["m9-0", "m11-0"]);
    expect(await ids({ reference })).toEqual(["m10-0", "m10-1", "m11-0"]);
    expect(await ids({ from: start, to: start + 1 })).toEqual(["m9-0", "m10-0", "m10-1"]);
    expect(await ids({ to: new Date(start) })).toEqual(["m11-0"]);
    for (const order of ["asc", "desc"] as const) {
      const paged = await allOf(({ cursor }) => stock.movements({ order, limit: 2, ...(cursor !== undefined && { cursor }) }));
      expect(paged.map(({ id }) => id)).toEqual(await ids({ order }));
    }
    const levels = await allOf(({ cursor }) => stock.levels({ limit: 1, ...(cursor !== undefined && { cursor }) }));
    expect(levels.map(({ sku, storeId, onHand }) => [sku, storeId, onHand])).toEqual([
      ["CUP", "hub", 2],
      ["TEA-50", "berlin", 4],
      ["TEA-50", "hub", 4],
    ]);
    expect((await stock.levels({ sku: "cup" })).items).toHaveLength(1);
    expect((await stock.levels({ storeId: "berlin" })).items).toHaveLength(1);
  });

  it("a store that does not exist is a typing error, not an empty list", async () => {
    const { stock } = await exampleInventory();
    for (const list of [stock.levels, stock.movements, stock.asOf.bind(undefined, 0)] as const) {
      expect((await refusalOf(list({ storeId: "nowhere" }))).code).toBe("UNKNOWN_STORE");
    }
  });

  it("the past is the sum of what had occurred by then, written down later or not", async () => {
    const { stock, clock } = await exampleInventory();
    const start = clock.now();
    await stock.receive({ ...berlin, quantity: 10 });
    clock.advance(days(2));
    await stock.sell({ ...berlin, quantity: 3 });
    await stock.receive({ ...hub, quantity: 0 + 5, occurredAt: start + days(1) });
    await stock.receive({ sku: "BEANS", storeId: "hub", quantity: 0.125, occurredAt: new Date(start) });
    const past = async (time: number, filter = {}) =>
      (await stock.asOf(time, filter)).items.map(({ sku, storeId, onHand }) => `${sku} ${storeId} ${onHand}`);
    expect(await past(start - 1)).toEqual([]);
    expect(await past(start)).toEqual(["BEANS hub 0.125", "TEA-50 berlin 10"]);
    expect(await past(start + days(1))).toEqual(["BEANS hub 0.125", "TEA-50 berlin 10", "TEA-50 hub 5"]);
    expect(await past(start + days(2))).toEqual(["BEANS hub 0.125", "TEA-50 berlin 7", "TEA-50 hub 5"]);
    expect(await past(start + days(2), { sku: "tea-50", storeId: "hub" })).toEqual(["TEA-50 hub 5"]);
    const paged = await allOf(({ cursor }) => stock.asOf(start + days(2), { limit: 1, ...(cursor !== undefined && { cursor }) }));
    expect(paged.map(({ onHand }) => onHand)).toEqual([0.125, 7, 5]);
  });

  it("a past that adds up to more than a number holds exactly is refused, not rounded", async () => {
    const { stock, clock } = await exampleInventory();
    const now = clock.now();
    const count = (counted: number, occurredAt: number) => stock.count({ ...berlin, counted, occurredAt });
    await count(Number.MAX_SAFE_INTEGER, now - days(1));
    await count(0, now - days(5));
    await count(Number.MAX_SAFE_INTEGER, now);
    expect(await refusalOf(stock.asOf(now - days(3)))).toMatchObject({ code: "INVALID_INPUT" });
  });

  it("a retry gets the answer of its day, although levels have moved on, for every stock command", async () => {
    const { stock, products, stores, execute } = await exampleInventory();
    await stock.receive({ ...berlin, quantity: 100 });
    const commands: [string, object][] = [
      [
        "stock.receive",
        { ...berlin, quantity: 1, unitCost: { amount: 5, currency: "EUR" }, actor: "ada", reason: "x", reference: { type: "a", id: "b" } },
      ],
      ["stock.sell", { ...berlin, quantity: 2 }],
      ["stock.return", { ...berlin, quantity: 1 }],
      ["stock.adjust", { ...berlin, delta: -3, reason: "lost" }],
      ["stock.count", { ...berlin, counted: 50 }],
      ["stock.transfer", { sku: "TEA-50", from: "berlin", to: "hub", quantity: 4 }],
      [
        "stock.apply",
        {
          lines: [
            { type: "sell", ...berlin, quantity: 1 },
            { type: "sell", ...hub, quantity: 1 },
            { type: "sell", ...berlin, quantity: 1 },
          ],
        },
      ],
      ["stock.reverse", { id: "m11-0", reason: "no" }],
      ["products.create", { sku: "NEW", name: "New", attributes: { a: [1] } }],
      ["products.update", { sku: "CUP", name: "Mug", barcode: null }],
      ["stores.create", { id: "new", name: "New" }],
    ];
    await stock.receive({ ...berlin, quantity: 100 });
    const first = new Map<string, object>();
    for (const [name, input] of commands) first.set(name, await execute(name, { ...input, idempotencyKey: name }));
    await stock.receive({ ...berlin, quantity: 7 });
    await products.update("NEW", { name: "Newer" });
    await stores.update("new", { name: "Newer" });
    for (const [name, input] of commands) {
      expect(await execute(name, { idempotencyKey: name, ...input })).toEqual({ ...first.get(name), replayed: true });
      expect(await refusalOf(execute(name, { ...input, idempotencyKey: name, actor: "eve" }))).toEqual({
        code: "IDEMPOTENCY_MISMATCH",
        idempotencyKey: name,
      });
    }
  });
});

describe("the feed", () => {
  it("gives what changed since a position, whole commands at a time, to its head", async () => {
    const { feed, stock } = await exampleInventory();
    await stock.receive({ ...berlin, quantity: 5 });
    await stock.apply([
      { type: "sell", ...berlin, quantity: 1 },
      { type: "receive", ...hub, quantity: 1 },
    ]);
    const { items, head, position, more } = await feed.since(examplesEnd);
    expect(items.map(({ entity, key, seq }) => `${seq} ${entity} ${key}`).sort()).toEqual(
      ["9 movement m9-0", "10 movement m10-0", "10 movement m10-1", "10 level TEA-50/berlin", "10 level TEA-50/hub"].sort(),
    );
    expect([head, position, more]).toEqual([10, 10, false]);
    const first = await feed.since(examplesEnd, { limit: 1 });
    expect([first.position, first.more, first.items.length]).toEqual([9, true, 1]);
    expect((await feed.since(first.position, { limit: 1 })).items).toHaveLength(4);
    expect(await feed.since(10)).toEqual({ items: [], head: 10, position: 10, more: false });
  });

  it("narrows to entities, stores and products, and its position still moves", async () => {
    const { feed, stock } = await exampleInventory();
    await stock.receive({ ...berlin, quantity: 5 });
    await stock.receive({ sku: "CUP", storeId: "hub", quantity: 5 });
    const since = (filter: NonNullable<Parameters<typeof feed.since>[1]>["filter"]) => feed.since(examplesEnd, { filter: filter as never });
    expect((await since({ entities: ["level", "level"] })).items.map(({ key }) => key)).toEqual(["TEA-50/berlin", "CUP/hub"]);
    expect((await since({ entities: ["level", "movement"], storeIds: ["hub"] })).items).toHaveLength(2);
    expect(await since({ entities: ["movement"], skus: ["NONE"] })).toMatchObject({ items: [], position: 10 });
  });

  it("narrows to a product however its SKU is spelt, in the stream and in a snapshot", async () => {
    const { feed, stock } = await exampleInventory();
    const { seq } = await stock.receive({ ...hub, quantity: 1 });
    const filter = { entities: ["level"] as const, skus: ["tea-50"] };
    expect((await feed.since(seq - 1, { filter })).items.map(({ key }) => key)).toEqual(["TEA-50/hub"]);
    expect((await feed.snapshot("level", { filter })).items.map(({ key }) => key)).toContain("TEA-50/hub");
    expect((await feed.snapshot("level", { filter: { skus: ["no such product"] } })).items).toEqual([]);
  });

  it("a snapshot of a product that is made while it is read, and the stream from its head, miss nothing", async () => {
    const storage = memoryStorage();
    const writer = await createInventory({ storage });
    await writer.stores.create({ id: "hub", name: "Hub" });
    let meanwhile = async () => {
      await writer.products.create({ sku: "NEW", name: "New" });
      await writer.stock.receive({ sku: "NEW", storeId: "hub", quantity: 1 });
    };
    const interrupted: StorageAdapter = {
      ...storage,
      async find(table, query) {
        const page = await storage.find(table, query);
        if (table === "products") await meanwhile();
        meanwhile = async () => undefined;
        return page;
      },
    };
    const { feed } = await createInventory({ storage: interrupted });
    const { items, head } = await feed.snapshot("level", { filter: { skus: ["new"] } });
    const later = await feed.since(head, { filter: { entities: ["level"], skus: ["new"] } });
    expect([...items, ...later.items].map(({ key }) => key)).toEqual(["NEW/hub"]);
  });

  it("a snapshot page, and the stream from its head, add up to the present", async () => {
    const { feed, stock } = await exampleInventory();
    for (const { sku } of exampleProducts) await stock.receive({ sku, storeId: "hub", quantity: 3 });
    const rows = new Map<string, unknown>();
    let cursor: string | undefined;
    let head: number | undefined;
    do {
      const page = await feed.snapshot("level", { limit: 2, ...(cursor !== undefined && { cursor }) });
      head ??= page.head;
      for (const { key, value } of page.items) rows.set(key, value);
      cursor = page.nextCursor;
      await stock.sell({ sku: "CUP", storeId: "hub", quantity: 1 });
    } while (cursor !== undefined);
    for (const { key, value } of (await feed.since(head, { filter: { entities: ["level"] } })).items) rows.set(key, value);
    expect([...rows.values()]).toEqual(expect.arrayContaining((await stock.levels()).items as unknown[]));
    expect(rows.size).toBe(5);
    const newest = await feed.snapshot("movement", { newestFirst: true, limit: 1, filter: { skus: ["CUP"] } });
    expect(newest.items[0]?.seq).toBe(await feed.head());
  });
});

describe("commands by name and permission", () => {
  it("runs any command by its name, and refuses names that are none", async () => {
    const { execute } = await exampleInventory();
    expect(await execute("stock.receive", { ...berlin, quantity: 1 })).toMatchObject({ seq: examplesEnd + 1, replayed: false });
    expect((await refusalOf(execute(5 as unknown as string, {}))).code).toBe("INVALID_INPUT");
    for (const name of ["", "stock", "stock.steal", "__proto__", "constructor", "toString"])
      expect((await refusalOf(execute(name, {}))).code, name).toBe("INVALID_INPUT");
  });

  it("asks before every command, with the parsed input; anything but true is FORBIDDEN and changes nothing", async () => {
    const asked: unknown[] = [];
    let answer: unknown = true;
    const authorize: InventoryOptions["authorize"] = async (actor, action, resource) => {
      asked.push([actor, action, resource]);
      return answer as boolean;
    };
    const inventory = await exampleInventory({ authorize });
    asked.length = 0;
    await inventory.stock.receive({ sku: " TEA-50 ", storeId: "berlin", quantity: 1, actor: "ada" });
    expect(asked).toEqual([[{ id: "ada" }, "stock.receive", expect.objectContaining({ ...berlin, quantity: 1, actor: "ada" })]]);
    for (answer of [false, undefined, 1, "yes"]) {
      expect(await refusalOf(inventory.stock.receive({ ...berlin, quantity: 1 }))).toEqual({ code: "FORBIDDEN", action: "stock.receive" });
    }
    expect(asked.at(-1)).toEqual([undefined, "stock.receive", expect.objectContaining({ ...berlin, quantity: 1 })]);
    expect(await inventory.feed.head()).toBe(examplesEnd + 1);
  });

  it("a listener of an event that there is none of is refused, not left to wait for ever", async () => {
    const inventory = await exampleInventory();
    for (const kind of ["stock.change", "", "__proto__", undefined])
      expect(() => inventory.on(kind as never, () => undefined)).toThrow(new TypeError(`there is no event ${kind}`));
  });

  it("an inventory with a misspelt option is not opened: its hook would be asked nothing", async () => {
    const storage = memoryStorage();
    const open = (options: object) => createInventory(options as never);
    await expect(open({ storage, authorise: () => false })).rejects.toThrow(new TypeError("createInventory has no option authorise"));
    await expect(open({ storage, authorize: false })).rejects.toThrow(new TypeError("authorize must be a function"));
    for (const none of [{}, { storage: {} }, undefined]) await expect(open(none as never)).rejects.toThrow("storage is missing");
  });

  it("bad input is refused before anybody is asked, and a failing hook lets nothing through", async () => {
    let asked = 0;
    const inventory = await createInventory({
      storage: memoryStorage(),
      authorize() {
        asked++;
        throw new Error("no directory");
      },
    });
    expect((await refusalOf(inventory.stores.create({ id: "" } as never))).code).toBe("INVALID_INPUT");
    expect(asked).toBe(0);
    await expect(inventory.stores.create({ id: "s", name: "S" })).rejects.toThrow("no directory");
    expect(await inventory.feed.head()).toBe(0);
  });
});

describe("auditing", () => {
  /** Writes a level behind the inventory's back, as a bug or a hand in the database would. */
  async function corrupt(storage: StorageAdapter, change: (row: Record<string, unknown>) => object): Promise<void> {
    await storage.transaction(async (tx) => {
      const { seq } = await tx.head();
      const [row] = await tx.get("levels", [["TEA-50", "berlin"]]);
      await tx.put("levels", [Object.freeze({ ...row, ...change({ ...row }), seq: seq + 1 }) as never]);
      await tx.advance(seq + 1);
    });
  }

  async function audited(): Promise<{ inventory: Inventory; storage: StorageAdapter }> {
    const storage = memoryStorage();
    const inventory = await createInventory({ storage, clock: manualClock() });
    await addExamples(inventory);
    await inventory.stock.receive({ ...berlin, quantity: 10 });
    await inventory.stock.transfer({ sku: "TEA-50", from: "berlin", to: "hub", quantity: 4 });
    return { inventory, storage };
  }

  it("a sound ledger verifies, and rebuilding it does nothing", async () => {
    const { inventory } = await audited();
    expect(await inventory.verify()).toEqual({ ok: true, mismatches: [], seq: 10 });
    expect(await inventory.rebuild()).toEqual({ rebuilt: 0, seq: 10 });
  });

  it("a level that says something else is named, and rebuilding makes it right, tells listeners, and is one command", async () => {
    const { inventory, storage } = await audited();
    await corrupt(storage, () => ({ onHand: 99 }));
    expect(await inventory.verify()).toEqual({
      ok: false,
      mismatches: [{ ...berlin, field: "onHand", expected: 6, actual: 99, seq: 11 }],
      seq: 11,
    });
    await expect(checkLedger(inventory)).rejects.toThrow(/says 99/);
    const told = new Promise<number>((resolve) => {
      inventory.on("stock.changed", ({ level }) => void (level.onHand === 6 && resolve(level.seq)));
    });
    expect(await inventory.rebuild()).toEqual({ rebuilt: 1, seq: 12 });
    expect(await told).toBe(12);
    expect((await inventory.verify()).ok).toBe(true);
    expect((await inventory.stock.sell({ ...berlin, quantity: 6 })).levels[0]?.onHand).toBe(0);
    await checkLedger(inventory);
  });

  it("a level that is missing altogether is named, and rebuilding writes it", async () => {
    const storage = memoryStorage();
    let forgetting = true;
    const transaction: StorageAdapter["transaction"] = (work) =>
      storage.transaction((tx) =>
        work({ ...tx, put: async (table, rows) => (table === "levels" && forgetting ? undefined : tx.put(table, rows)) }),
      );
    const inventory = await createInventory({ storage: { ...storage, transaction } });
    await addExamples(inventory);
    await inventory.stock.receive({ sku: "BEANS", storeId: "hub", quantity: 1.5 });
    forgetting = false;
    const mismatches = [{ sku: "BEANS", storeId: "hub", field: "onHand", expected: 1.5, actual: 0, seq: 0 }];
    expect(await inventory.verify()).toEqual({ ok: false, mismatches, seq: 9 });
    expect(await inventory.rebuild()).toEqual({ rebuilt: 1, seq: 10 });
    expect((await inventory.stock.level({ sku: "BEANS", storeId: "hub" })).onHand).toBe(1.5);
    await checkLedger(inventory);
  });

  it("commands after a change from outside see it", async () => {
    const { inventory, storage } = await audited();
    await corrupt(storage, () => ({ reserved: 6 }));
    expect(await refusalOf(inventory.stock.sell({ ...berlin, quantity: 1 }))).toMatchObject({ code: "INSUFFICIENT_STOCK", available: 0 });
  });

  it("verifying goes on beside commands and agrees with them", async () => {
    const { inventory } = await audited();
    const checks = Array.from({ length: 5 }, () => inventory.verify());
    const moves = Array.from({ length: 50 }, () => inventory.stock.receive({ ...berlin, quantity: 1 }));
    for (const { ok } of await Promise.all(checks)) expect(ok).toBe(true);
    await Promise.all(moves);
  });
});
