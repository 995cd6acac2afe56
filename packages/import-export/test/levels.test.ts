import { isInventoryError } from "@onhand/core";
import { describe, expect, it } from "vitest";
import { type ImportLevelsOptions, importLevels } from "../src/index";
import { allMovements, bytes, fates, inventoryOf, onHand } from "./support/set-up";

const count: ImportLevelsOptions = { mode: "count", storeId: "main", onError: "refuse" };
const adjust: ImportLevelsOptions = { ...count, mode: "adjust" };
const file = (...rows: readonly string[]) => bytes(`ProductID,Quantity\n${rows.join("\n")}\n`);

describe("the mode", () => {
  it("count books what was counted, adjust books the difference, and both say which import it was", async () => {
    for (const [options, movement] of [
      [count, { type: "counted", delta: -3 }],
      [
        { ...adjust, reason: "lost" },
        { type: "adjusted", delta: -3, reason: "lost" },
      ],
    ] as const) {
      const inventory = await inventoryOf("A");
      await inventory.stock.receive({ sku: "A", storeId: "main", quantity: 10 });
      const report = await importLevels(inventory, file("A,7"), options);
      expect((await allMovements(inventory)).at(-1)).toMatchObject({ ...movement, reference: { type: "import", id: report.importId } });
      expect(await onHand(inventory)).toEqual({ "A @ main": 7 });
    }
  });

  it("must be named, and so must what happens to bad lines", async () => {
    const inventory = await inventoryOf("A");
    expect(() => importLevels(inventory, file("A,1"), { storeId: "main", onError: "skip" } as never)).toThrow(TypeError);
    await expect(importLevels(inventory, file("A,1"), { mode: "count", storeId: "main" } as never)).rejects.toThrow(TypeError);
  });

  it("adjusts in fractions without a trace of binary arithmetic", async () => {
    const inventory = await inventoryOf();
    await inventory.products.create({ sku: "KG", name: "Loose tea", decimals: 3 });
    await inventory.stock.receive({ sku: "KG", storeId: "main", quantity: 10.1 });
    await importLevels(inventory, file("KG,12.3"), adjust);
    expect((await allMovements(inventory)).at(-1)?.delta).toBe(2.2);
    const finer = await importLevels(inventory, file("KG,0.00001"), { ...adjust, onError: "skip" });
    expect(finer).toMatchObject({ refused: 1, applied: 0 });
  });

  it("adjusts nothing where nothing differs", async () => {
    const inventory = await inventoryOf("A");
    await inventory.stock.receive({ sku: "A", storeId: "main", quantity: 7 });
    expect(fates(await importLevels(inventory, file("A,7"), adjust))).toMatchObject({ unchanged: 1, applied: 0 });
    expect(await allMovements(inventory)).toHaveLength(1);
  });
});

describe("all or nothing", () => {
  it("names every bad line with its reason, and applies none", async () => {
    const inventory = await inventoryOf("A", "B");
    const error = await importLevels(inventory, file("A,5", "B,many", "C,1", "B,-2", "A,6", "B,1.5"), count).catch(
      (caught: unknown) => caught,
    );
    if (!isInventoryError(error, "INVALID_INPUT")) throw error;
    expect(error.details.issues).toEqual([
      { path: "line 3, Quantity", message: '"many" is no quantity' },
      { path: "line 4", message: "there is no product C" },
      { path: "line 5", message: expect.stringContaining("counted") },
      { path: "line 6, Quantity", message: "A at main is on line 2 already" },
      { path: "line 7, Quantity", message: "B at main is on line 5 already" },
    ]);
    expect(await allMovements(inventory)).toEqual([]);
  });

  it("is one command: it takes one number of the ledger", async () => {
    const inventory = await inventoryOf("A", "B");
    const before = await inventory.feed.head();
    await importLevels(inventory, file("A,5", "B,6"), count);
    expect(await inventory.feed.head()).toBe(before + 1);
  });

  it("stops, and says where, when stock is promised away between check and application", async () => {
    const inventory = await inventoryOf("A", "B");
    await inventory.stock.receive({ sku: "A", storeId: "main", quantity: 5 });
    let sold = false;
    const racing = {
      ...inventory,
      stock: {
        ...inventory.stock,
        async apply(...input: Parameters<typeof inventory.stock.apply>) {
          if (!sold) await inventory.stock.sell({ sku: "A", storeId: "main", quantity: 4 });
          sold = true;
          return inventory.stock.apply(...input);
        },
      },
    };
    await expect(importLevels(racing, file("B,3", "A,1"), adjust)).rejects.toMatchObject({
      code: "INVALID_STATE",
      details: { entity: "import", state: "stopped at line 2, the lines before it applied" },
      cause: { code: "INSUFFICIENT_STOCK" },
    });
    expect(await onHand(inventory)).toEqual({ "A @ main": 1 });
    // What was refused then is decided anew: the ledger's memory of the refusal is not the file's fate.
    expect(fates(await importLevels(inventory, file("B,3", "A,1"), adjust))).toMatchObject({ applied: 1, unchanged: 1 });
    expect(await onHand(inventory)).toEqual({ "A @ main": 1, "B @ main": 3 });
  });
});

describe("bad lines skipped", () => {
  it("applies the good ones and reports the others", async () => {
    const inventory = await inventoryOf("A", "B");
    const report = await importLevels(inventory, file("A,5", "X,1", "B,6", ","), { ...count, onError: "skip" });
    expect(fates(report)).toEqual({ lines: 3, applied: 2, replayed: 0, unchanged: 0, ignored: 0, refused: 1 });
    expect(report.problems).toEqual([{ line: 3, severity: "error", code: "UNKNOWN_PRODUCT", message: "there is no product X" }]);
    expect(await onHand(inventory)).toEqual({ "A @ main": 5, "B @ main": 6 });
  });
});

describe("a second run of the same file", () => {
  const ways = [
    ["refuse", "refuse"],
    ["skip", "skip"],
    ["skip", "refuse"],
    ["refuse", "skip"],
  ] as const;

  it.each(ways.flatMap(([first, second]) => [count, adjust].map((mode) => [mode.mode, first, second, mode] as const)))(
    "%s: %s, then %s, applies nothing twice, even when stock moved between",
    async (_, first, second, options) => {
      const inventory = await inventoryOf("A", "B");
      await importLevels(inventory, file("A,5", "B,6"), { ...options, onError: first });
      await inventory.stock.sell({ sku: "A", storeId: "main", quantity: 2 });
      const again = await importLevels(inventory, file("A,5", "B,6"), { ...options, onError: second });
      expect(fates(again)).toMatchObject({ applied: 0, replayed: 2 });
      expect(await onHand(inventory)).toEqual({ "A @ main": 3, "B @ main": 6 });
    },
  );

  it("goes on where the first was cut short", async () => {
    const skus = Array.from({ length: 450 }, (_, index) => `S${index}`);
    const inventory = await inventoryOf(...skus);
    const rows = file(...skus.map((sku) => `${sku},3`));
    const stop = new AbortController();
    const options = { ...count, onError: "skip" as const };
    const cut = importLevels(inventory, rows, {
      ...options,
      onLine: ({ line }) => {
        if (line > 150) stop.abort();
      },
      signal: stop.signal,
    });
    await expect(cut).rejects.toMatchObject({ name: "AbortError" });
    const done = (await allMovements(inventory)).length;
    expect(done).toBe(200);
    const again = await importLevels(inventory, rows, options);
    expect(again.applied + done).toBe(450);
    expect(again.replayed).toBe(done);
    expect((await inventory.verify()).ok).toBe(true);
  });

  it("applies once more under another name", async () => {
    const inventory = await inventoryOf("A");
    await importLevels(inventory, file("A,5"), { ...count, name: "monday" });
    expect(fates(await importLevels(inventory, file("A,5"), { ...count, name: "tuesday" }))).toMatchObject({ applied: 1 });
  });

  it("goes on the way it was begun: what skipped bad lines can't become all or nothing", async () => {
    const inventory = await inventoryOf("A");
    await importLevels(inventory, file("A,5", "B,6"), { ...count, onError: "skip" });
    await inventory.products.create({ sku: "B", name: "Late" });
    await expect(importLevels(inventory, file("A,5", "B,6"), count)).rejects.toMatchObject({
      code: "INVALID_STATE",
      details: { entity: "import", state: 'begun with onError "skip"; it has to go on that way' },
    });
    expect(await onHand(inventory)).toEqual({ "A @ main": 5 });
  });

  it("retries what was refused, once its reason is gone", async () => {
    const inventory = await inventoryOf("A");
    const options = { ...count, onError: "skip" as const };
    expect(fates(await importLevels(inventory, file("A,5", "B,6"), options))).toMatchObject({ applied: 1, refused: 1 });
    await inventory.products.create({ sku: "B", name: "Late" });
    expect(fates(await importLevels(inventory, file("A,5", "B,6"), options))).toMatchObject({ applied: 1, replayed: 1 });
    expect(await onHand(inventory)).toEqual({ "A @ main": 5, "B @ main": 6 });
  });
});

describe("stores", () => {
  const long = bytes(
    [
      "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,HS Code,COO,Location,Bin name,Incoming (not editable),Unavailable (not editable),Committed (not editable),Available (not editable),On hand (current),On hand (new)",
      "cup,Cup,Title,Default Title,,,,,CUP,,,Main street,,0,0,1,4,5,",
      "cup,Cup,Title,Default Title,,,,,CUP,,,Harbour,,0,0,0,7,7,9",
      "tee,Tee,Size,S,Color,Red,,,,,,Harbour,,0,0,0,not stocked,not stocked,",
      "tee,Tee,Size,M,Color,Red,,,,,,Harbour,,0,0,0,2,2,",
    ].join("\n"),
  );

  it("are found by name, made when that is asked for, and the new figure counts before the current one", async () => {
    const inventory = await inventoryOf("CUP", "tee/M/Red");
    const options: ImportLevelsOptions = { mode: "count", onError: "skip", createStores: true };
    const report = await importLevels(inventory, long, options);
    expect(report).toMatchObject({ preset: "shopify-inventory-long", applied: 3, ignored: 1, refused: 0 });
    expect(await onHand(inventory)).toEqual({ "CUP @ main": 5, "CUP @ Harbour": 9, "tee/M/Red @ Harbour": 2 });
  });

  it("that are not known refuse their lines, unless they are said to be others", async () => {
    const inventory = await inventoryOf("CUP", "tee/M/Red");
    const options: ImportLevelsOptions = { mode: "count", onError: "skip" };
    const report = await importLevels(inventory, long, options);
    expect(report.problems.map(({ line, code }) => [line, code])).toEqual([
      [3, "UNKNOWN_STORE"],
      [5, "UNKNOWN_STORE"],
    ]);
    await inventory.stores.create({ id: "hh", name: "Hamburg" });
    expect(await importLevels(inventory, long, { ...options, stores: { Harbour: "hh" } })).toMatchObject({ refused: 0 });
  });

  it("stand in columns of their own: a line is booked for all of them or for none", async () => {
    const inventory = await inventoryOf("CUP");
    const wide = bytes(
      "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,HS Code,COO,main,Harbour\ncup,Cup,Title,Default Title,,,,,CUP,,,5,many\n",
    );
    const options: ImportLevelsOptions = { mode: "count", onError: "skip", createStores: true };
    expect(await importLevels(inventory, wide, options)).toMatchObject({ refused: 1, problems: [{ line: 2, column: "Harbour" }] });
    expect(await onHand(inventory)).toEqual({});
    const good = new TextEncoder().encode(new TextDecoder().decode(wide).replace("many", "8"));
    expect(await importLevels(inventory, good, options)).toMatchObject({ preset: "shopify-inventory-wide", applied: 1 });
    expect(await onHand(inventory)).toEqual({ "CUP @ main": 5, "CUP @ Harbour": 8 });
  });

  it("hold lots that add up where the format has them", async () => {
    const inventory = await inventoryOf("Q");
    const lots = bytes("Product code,Lot number,Physical QOH\nQ,1,0.1\nQ,2,0.2\n");
    await inventory.products.create({ sku: "KG", name: "Loose", decimals: 2 });
    const report = await importLevels(inventory, new TextEncoder().encode(new TextDecoder().decode(lots).replaceAll("Q,", "KG,")), count);
    expect(report).toMatchObject({ lines: 2, applied: 2 });
    expect(await onHand(inventory)).toEqual({ "KG @ main": 0.3 });
  });
});
