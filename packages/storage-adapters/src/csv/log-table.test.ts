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
