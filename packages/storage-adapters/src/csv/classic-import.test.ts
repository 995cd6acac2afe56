import { createInventory, type Inventory, isInventoryError } from "@onhand/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryStorage } from "../memory";
import { importClassicCsv } from "./classic-import";

let inventory: Inventory;
beforeEach(async () => {
  inventory = await createInventory({ storage: memoryStorage() });
});
afterEach(() => inventory.close());

const onHand = async (sku: string) => (await inventory.stock.level({ sku, storeId: "main" })).onHand;

async function issuesOf(source: string): Promise<readonly { path: string }[]> {
  try {
    await importClassicCsv(inventory, source, { storeId: "main" });
  } catch (error) {
    if (isInventoryError(error, "INVALID_INPUT")) return error.details.issues;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("importing a ProductID,Quantity file", () => {
  const spellings = {
    plain: "ProductID,Quantity\nP001,42\nP002,0\n",
    "semicolons, a byte order mark and CRLF": "\ufeffProductID;Quantity\r\nP001;42\r\nP002;0\r\n",
    "tabs, old line ends and no last one": "product id\tQTY\rP001\t42\rP002\t0",
    "quotes and spaces": 'Quantity,"Product ID"\n 42 ,"P001"\n"0", P002 \n',
  };
  for (const [name, source] of Object.entries(spellings)) {
    it(`brings every level to the quantity in the file: ${name}`, async () => {
      expect(await importClassicCsv(inventory, source, { storeId: "main" })).toEqual({ lines: 2, productsCreated: 2, applied: 2 });
      expect([await onHand("P001"), await onHand("P002")]).toEqual([42, 0]);
    });
  }

  it("applies nothing twice when it is repeated, also after sales in between", async () => {
    await importClassicCsv(inventory, spellings.plain, { storeId: "main" });
    await inventory.stock.sell({ sku: "P001", storeId: "main", quantity: 2 });
    expect(await importClassicCsv(inventory, spellings.plain, { storeId: "main" })).toMatchObject({ productsCreated: 0, applied: 0 });
    expect(await onHand("P001")).toBe(40);
  });

  it("names every bad line and applies none", async () => {
    const issues = await issuesOf(
      "ProductID,Quantity\nP001,1\nP002,-1\nP003,1.5\n,4\nP001,2\nP004,1,2\nP005,9007199254740993\nP006,=1+1\n",
    );
    expect(issues.map(({ path }) => path)).toEqual(["line 3", "line 4", "line 5", "line 6", "line 7", "line 8", "line 9"]);
    expect((await inventory.products.list()).items).toEqual([]);
  });

  it("refuses a file without the two columns", async () => {
    expect(await issuesOf("Name,Price\na,1\n")).toMatchObject([{ path: "line 1" }]);
    expect(await issuesOf("")).toMatchObject([{ path: "line 1" }]);
  });
});
