import type { Inventory } from "@onhand/core";
import { describe, expect, it } from "vitest";
import { exportMovements, importMovements } from "../src/index";
import { allMovements, bytes, collected, fates, inventoryOf, onHand, textOf } from "./support/set-up";

const header = "type,sku,storeId,toStoreId,quantity,reason,referenceType,referenceId,occurredAt,unitCost,currency";
const file = (...rows: readonly string[]) => bytes(`${header}\n${rows.join("\n")}\n`);

async function twoStores(...skus: readonly string[]): Promise<Inventory> {
  const inventory = await inventoryOf(...skus);
  await inventory.stores.create({ id: "hub", name: "Hub" });
  return inventory;
}

/** A ledger with an entry of every kind. */
async function busyInventory(): Promise<Inventory> {
  const inventory = await twoStores("A");
  await inventory.products.create({ sku: "KG", name: "Loose", decimals: 3 });
  const { stock } = inventory;
  await stock.receive({
    sku: "A",
    storeId: "main",
    quantity: 20,
    unitCost: { amount: 210, currency: "EUR" },
    occurredAt: 1_700_000_000_123,
  });
  await stock.sell({ sku: "A", storeId: "main", quantity: 3, reference: { type: "order", id: "=1042" }, actor: "ana" });
  await stock.return({ sku: "A", storeId: "main", quantity: 1 });
  const { movements } = await stock.adjust({ sku: "A", storeId: "main", delta: -2, reason: "-broken" });
  await stock.transfer({ sku: "A", from: "main", to: "hub", quantity: 5 });
  await stock.receive({ sku: "KG", storeId: "hub", quantity: 0.001 });
  await stock.count({ sku: "KG", storeId: "hub", counted: 1.25 });
  await stock.reverse((movements[0] as { id: string }).id);
  await stock.count({ sku: "A", storeId: "main", counted: 13 });
  return inventory;
}

/** What an entry says that a copy of the ledger says as well. */
const essence = (movements: Awaited<ReturnType<typeof allMovements>>) =>
  movements.map(({ sku, storeId, type, delta, onHandAfter, unitCost, reason, occurredAt }) => ({
    sku,
    storeId,
    type,
    delta,
    onHandAfter,
    unitCost,
    reason,
    occurredAt,
  }));

describe("a ledger that is exported and imported", () => {
  it.each(["csv", "xlsx"] as const)("as %s gives the same entries and the same levels, once", async (format) => {
    const inventory = await busyInventory();
    const source = await collected(exportMovements(inventory, { format }));
    for (const onError of ["refuse", "skip"] as const) {
      const copy = await twoStores("A");
      await copy.products.create({ sku: "KG", name: "Loose", decimals: 3 });
      const dry = await importMovements(copy, source, { onError, dryRun: true });
      const report = await importMovements(copy, source, { onError });
      expect(report).toEqual({ ...dry, dryRun: false });
      expect(fates(report)).toEqual({ lines: 10, applied: 10, replayed: 0, unchanged: 0, ignored: 0, refused: 0 });
      expect(essence(await allMovements(copy))).toEqual(essence(await allMovements(inventory)));
      expect(await onHand(copy)).toEqual(await onHand(inventory));
      const other = onError === "skip" ? "refuse" : "skip";
      for (const again of [onError, other] as const)
        expect(fates(await importMovements(copy, source, { onError: again }))).toMatchObject({ applied: 0, replayed: 10, refused: 0 });
      expect(await onHand(copy)).toEqual(await onHand(inventory));
    }
  });

  it("shows no formula to a spreadsheet, and keeps references as they were", async () => {
    const inventory = await busyInventory();
    const text = await textOf(exportMovements(inventory, { format: "csv" }));
    expect(text).toContain("'=1042");
    expect(text).toContain("'-broken");
    expect(text).not.toMatch(/(^|,)"?[=@]/m);
    const copy = await twoStores("A");
    await copy.products.create({ sku: "KG", name: "Loose", decimals: 3 });
    await importMovements(copy, bytes(text), { onError: "refuse" });
    expect(await allMovements(copy)).toContainEqual(expect.objectContaining({ reference: { type: "order", id: "=1042" } }));
  });

  it("holds only what was asked for", async () => {
    const inventory = await busyInventory();
    const text = await textOf(exportMovements(inventory, { format: "csv", storeId: "hub", type: "counted" }));
    expect(text.trim().split("\n")).toHaveLength(2);
  });
});

describe("a list of things that happened", () => {
  it("is booked in its order, each with its own time, reason, reference and cost", async () => {
    const inventory = await twoStores("A");
    const report = await importMovements(
      inventory,
      file(
        "receive,A,main,,10,,delivery,D1,2026-01-02T09:00:00Z,2.10,EUR",
        "sale,A,main,,4,,order,1042,2026-01-03T10:00:00+01:00,,",
        "transfer,A,main,hub,3,,,,,,",
        "adjust,A,hub,,-1,damaged,,,,,",
      ),
      { onError: "refuse", actor: "import@desk" },
    );
    expect(fates(report)).toMatchObject({ applied: 4 });
    expect(await onHand(inventory)).toEqual({ "A @ main": 3, "A @ hub": 2 });
    expect(await allMovements(inventory)).toMatchObject([
      { type: "received", unitCost: { amount: 210, currency: "EUR" }, occurredAt: Date.UTC(2026, 0, 2, 9), actor: "import@desk" },
      { type: "sold", reference: { type: "order", id: "1042" }, occurredAt: Date.UTC(2026, 0, 3, 9) },
      { type: "transferred_out", reference: { type: "import", id: report.importId } },
      { type: "transferred_in" },
      { type: "adjusted", reason: "damaged" },
    ]);
  });

  it("is refused as a whole when the stock of one line would have been sold by a line before", async () => {
    const inventory = await twoStores("A");
    const rows = file("receive,A,main,,10,,,,,,", "sell,A,main,,8,,,,,,", "sell,A,main,,3,,,,,,", "count,A,main,,9,,,,,,");
    await expect(importMovements(inventory, rows, { onError: "refuse" })).rejects.toMatchObject({
      details: { issues: [{ path: "line 4", message: "of A at main 3 would go, and 2 can" }] },
    });
    expect(await allMovements(inventory)).toEqual([]);
    expect(fates(await importMovements(inventory, rows, { onError: "skip" }))).toMatchObject({ applied: 3, refused: 1 });
    expect(await onHand(inventory)).toEqual({ "A @ main": 9 });
  });

  it.each([
    ["teleport,A,main,,1,,,,,,", '"teleport" is none of'],
    ["sell,,main,,1,,,,,,", "there is no SKU"],
    ["sell,A,,,1,,,,,,", "there is no store"],
    ["sell,A,main,,,,,,,,", "is missing"],
    ["receive,A,main,,-1,,,,,,", "would take stock away"],
    ["sell,A,main,,1,,order,,,,", "a reference needs both"],
    ["sell,A,main,,1,,,,yesterday,,", "is no time"],
    ["sell,A,main,,1,,,,2026-01-02,,", "is no time"],
    ["transfer,A,main,,1,,,,,,", "toStoreId"],
    ["transferred_out,A,main,,-1,,,,,,", "does not say where they arrive"],
    ["transferred_in,A,main,,1,,,,,,", "does not say where they left"],
    ["toString,A,main,,1,,,,,,", "is none of"],
  ])("refuses %j: %s", async (row, reason) => {
    const inventory = await twoStores("A");
    const report = await importMovements(inventory, file("receive,A,main,,5,,,,,,", row), { onError: "skip" });
    expect(report).toMatchObject({ applied: 1, refused: 1 });
    const [problem] = report.problems;
    expect(problem?.line).toBe(3);
    expect(`${problem?.column} ${problem?.message}`).toContain(reason);
  });
});

it("a file of more lines than one command takes is applied in several, once, and goes on after a stop", { timeout: 60_000 }, async () => {
  const inventory = await twoStores("A");
  const rows = file(...Array.from({ length: 12_000 }, (_, index) => `receive,A,main,,${(index % 7) + 1},,order,${index},,,`));
  let calls = 0;
  const failing = {
    ...inventory,
    stock: {
      ...inventory.stock,
      apply: (...input: Parameters<typeof inventory.stock.apply>) =>
        ++calls === 2 ? Promise.reject(new Error("the power is gone")) : inventory.stock.apply(...input),
    },
  };
  await expect(importMovements(failing, rows, { onError: "refuse" })).rejects.toThrow("the power is gone");
  expect(fates(await importMovements(inventory, rows, { onError: "refuse" }))).toMatchObject({ applied: 2_000, replayed: 10_000 });
  expect(fates(await importMovements(inventory, rows, { onError: "skip" }))).toMatchObject({ applied: 0, replayed: 12_000 });
  const sum = Array.from({ length: 12_000 }, (_, index) => (index % 7) + 1).reduce((a, b) => a + b, 0);
  expect(await onHand(inventory)).toEqual({ "A @ main": sum });
});
