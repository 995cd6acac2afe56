import type { Row } from "@onhand/core";
import { assert, asyncProperty, boolean, constantFrom, integer, record } from "fast-check";
import { expect, it } from "vitest";
import { sampleTables } from "../../test/csv/sample-tables";
import { simulatedDisk } from "../../test/csv/simulated-disk";
import { memoryStorage } from "../memory";
import { csvStorage } from "./csv-storage";

const quiet = { error: () => undefined, warn: () => undefined };

it("history answers every question as a table in memory does, whether its rows were just written or are read back", async () => {
  const disk = simulatedDisk();
  const made = () =>
    csvStorage({ directory: "/ledger", fileSystem: disk.fileSystem, logger: quiet, exports: false, checkpointBytes: 4_000 });
  const first = made();
  const memory = memoryStorage();
  for (const storage of [first, memory]) {
    await storage.open(sampleTables);
    for (let seq = 1; seq <= 120; seq++) {
      await storage.transaction(async (tx) => {
        await tx.append(
          "movements",
          [0, 1].map(
            (line): Row => ({
              seq,
              line,
              sku: `P${(seq * 7 + line) % 5}`,
              delta: (seq % 3) - 1,
              undoes: seq % 40 === 0 ? `m${seq - 9}` : null,
            }),
          ),
        );
        await tx.append("operations", [{ seq: seq % 4 === 0 ? seq - 1 : seq, key: `key-${seq}` }]);
        await tx.advance(seq);
      });
    }
  }
  await first.close();
  const reopened = made();
  await reopened.open(sampleTables);
  const question = record({
    column: constantFrom("seq", "delta", "sku"),
    descending: boolean(),
    limit: integer({ min: 1, max: 60 }),
    from: integer({ min: 0, max: 121 }),
    sku: constantFrom(undefined, "P1", "P4", "P9"),
  });
  await assert(
    asyncProperty(question, async ({ column, descending, limit, from, sku }) => {
      const where = { seq: { gte: from }, ...(sku !== undefined && { sku }) };
      const query = { where, orderBy: [{ column, descending }], limit };
      const page = await memory.find("movements", query);
      expect(await reopened.find("movements", query)).toEqual(page);
      const last = page.rows.at(-1);
      if (!last) return;
      const key = column === "seq" ? [last.seq, last.line] : [last[column], last.seq, last.line];
      const next = { ...query, after: key as (string | number)[] };
      expect(await reopened.find("movements", next)).toEqual(await memory.find("movements", next));
    }),
  );
  for (const undoes of ["m31", "m71", "m111", "m32"]) {
    const query = { where: { undoes }, limit: 10 };
    expect(await reopened.find("movements", query)).toEqual(await memory.find("movements", query));
  }
  const keys = ["key-4", "key-5", "key-120", "key-121"];
  const asked = (storage: typeof memory) =>
    storage.transaction((tx) =>
      tx.get(
        "operations",
        keys.map((key) => [key]),
      ),
    );
  expect(await asked(reopened)).toEqual(await asked(memory));
  const sums = { by: ["sku"], measures: { moved: { sum: "delta" }, rows: { count: true } } } as const;
  const bySku = (rows: readonly object[]) => new Set(rows.map((row) => JSON.stringify(row)));
  expect(bySku(await reopened.aggregate("movements", sums))).toEqual(bySku(await memory.aggregate("movements", sums)));
  for (const since of [0, 7, 63, 119, 120]) {
    const options = { limit: 10, tables: ["movements"] };
    expect(await reopened.changes(since, options)).toEqual(await memory.changes(since, options));
  }
});

it("a thousand old rows asked for at once are found by their places, and every block of the journal is read once", async () => {
  const disk = simulatedDisk();
  const first = csvStorage({ directory: "/ledger", fileSystem: disk.fileSystem, logger: quiet, exports: false });
  await first.open(sampleTables);
  for (let group = 0; group < 20; group++) {
    await first.transaction(async (tx) => {
      const { seq: before } = await tx.head();
      for (let seq = before + 1; seq <= before + 500; seq++) {
        const row = { seq, sku: `P${seq}`, delta: seq, undoes: null };
        await tx.append("movements", [
          { ...row, line: 0 },
          { ...row, line: 1 },
        ]);
      }
      await tx.advance(before + 500);
    });
  }
  await first.close();
  let reads = 0;
  disk.fault = (operation, path) => {
    if (operation === "open" && path.endsWith("journal-00000001.csv")) reads++;
    return undefined;
  };
  const reopened = csvStorage({ directory: "/ledger", fileSystem: disk.fileSystem, logger: quiet, exports: false });
  await reopened.open(sampleTables);
  reads = 0;
  const keys = Array.from({ length: 1_000 }, (_, index) => [1 + ((index * 7_919) % 10_000), index % 3] as const);
  const asked = () => reopened.transaction((tx) => tx.get("movements", keys));
  const found = (await asked()).map((row) => row && [row.seq, row.line, row.delta]);
  expect(found).toEqual(keys.map(([seq, line]) => (line < 2 ? [seq, line, seq] : undefined)));
  const journalBytes = disk.fileSystem.facts("/ledger/journal-00000001.csv")?.size ?? 0;
  expect(reads).toBeGreaterThan(1);
  expect(reads).toBeLessThanOrEqual(Math.ceil(journalBytes / (256 * 1024)));
  const before = reads;
  await asked();
  expect(reads).toBe(before);
});

it("others have their turns while thousands of old rows are taken apart", async () => {
  const disk = simulatedDisk();
  const first = csvStorage({ directory: "/ledger", fileSystem: disk.fileSystem, logger: quiet, exports: false });
  await first.open(sampleTables);
  await first.transaction(async (tx) => {
    const rows = Array.from({ length: 3_000 }, (_, line): Row => ({ seq: 1, line, sku: "P1", delta: 1, undoes: null }));
    await tx.append("movements", rows);
    await tx.advance(1);
  });
  await first.close();
  const reopened = csvStorage({ directory: "/ledger", fileSystem: disk.fileSystem, logger: quiet, exports: false });
  await reopened.open(sampleTables);
  let turns = 0;
  let turn = setImmediate(function next() {
    turns++;
    turn = setImmediate(next);
  });
  const { rows } = await reopened.find("movements", { limit: 5_000 });
  clearImmediate(turn);
  expect(rows).toHaveLength(3_000);
  expect(turns).toBeGreaterThanOrEqual(5);
});
