import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { exportProducts, importProducts } from "../src/index";
import { bytes, emptyInventory, inventoryOf } from "./support/set-up";

const lines = 40_000;
const linesAtOnce = 500;

it("holds no more of a file than the lines it is at, however long the file is", { timeout: 60_000 }, async () => {
  const inventory = await emptyInventory();
  let read = 0;
  let told = 0;
  let furthest = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    read = 0;
    yield bytes("sku,name\n");
    for (let at = 0; at < lines; at += linesAtOnce) {
      read = at + linesAtOnce;
      // Products repeat, so that what a dry run remembers of them does not grow either.
      yield bytes(Array.from({ length: linesAtOnce }, (_, index) => `S${index},Name of ${index}\n`).join(""));
    }
  }
  const report = await importProducts(inventory, source, {
    mode: "upsert",
    onError: "skip",
    dryRun: true,
    onLine: () => {
      told++;
      furthest = Math.max(furthest, read - told);
    },
  });
  expect(report).toMatchObject({ lines, applied: linesAtOnce, unchanged: lines - linesAtOnce });
  expect(furthest).toBeLessThan(3 * linesAtOnce);
});

it("lets the rest of the process have its turn, also when the whole file is in memory", async () => {
  const inventory = await emptyInventory();
  let turns = 0;
  let running = true;
  const others = (async () => {
    while (running) {
      await setImmediate();
      turns++;
    }
  })();
  const rows = Array.from({ length: 20_000 }, (_, index) => `S${index % 100},Name of ${index % 100}\n`).join("");
  await importProducts(inventory, bytes(`sku,name\n${rows}`), { mode: "upsert", onError: "skip", dryRun: true });
  running = false;
  await others;
  expect(turns).toBeGreaterThan(6);
});

it("writes an export as it reads it, and stops reading when nobody asks for more", async () => {
  const skus = Array.from({ length: 3_500 }, (_, index) => `S${index}`);
  const inventory = await inventoryOf(...skus);
  let pages = 0;
  const counting = {
    ...inventory,
    products: {
      ...inventory.products,
      list: (...input: Parameters<typeof inventory.products.list>) => {
        pages++;
        return inventory.products.list(...input);
      },
    },
  };
  for await (const chunk of exportProducts(counting, { format: "csv" })) if (new TextDecoder().decode(chunk).includes("S100,")) break;
  expect(pages).toBe(1);
});
