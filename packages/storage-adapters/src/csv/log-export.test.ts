import type { TableSet } from "@onhand/core";
import { expect, it } from "vitest";
import { simulatedDisk } from "../../test/csv/simulated-disk";
import { csvStorage } from "./csv-storage";
import { readFile } from "./file-system";

const tables: TableSet = {
  version: 1,
  tables: [
    { name: "operations", kind: "log", key: ["key"], columns: { key: { type: "text" } }, indexes: [] },
    {
      name: "movements",
      kind: "log",
      key: ["seq", "line"],
      columns: {
        line: { type: "integer" },
        sku: { type: "text" },
        delta: { type: "integer", scaledBy: "decimals" },
        decimals: { type: "integer" },
        occurredAt: { type: "timestamp" },
      },
      indexes: [],
    },
    {
      name: "receipts",
      kind: "log",
      key: ["seq", "line"],
      columns: { line: { type: "integer" }, note: { type: "text" } },
      indexes: [],
    },
  ],
};
const path = "/ledger/movements.csv";
const header = "line,sku,delta,decimals,occurredAt,seq\r\n";
const line = (seq: number) => `0,'=A${seq},-1.5,3,1970-01-01T00:00:01.000Z,${seq}\r\n`;
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => line(from + index)).join("");

type Disk = ReturnType<typeof simulatedDisk>;

/** One life of a ledger that gets so many movements and is closed, or is not. */
async function live(
  disk: Disk,
  count: number,
  options: { exports?: boolean | "state"; closing?: boolean; checkpointBytes?: number; warnings?: string[] } = {},
) {
  const heard = (_: unknown, message: string) => void options.warnings?.push(message);
  const storage = csvStorage({
    directory: "/ledger",
    fileSystem: disk.fileSystem,
    logger: { error: heard, warn: heard },
    exports: options.exports ?? true,
    checkpointBytes: options.checkpointBytes ?? 2_000,
  });
  const { seq: before } = await storage.open(tables);
  for (let seq = before + 1; seq <= before + count; seq++) {
    await storage.transaction(async (tx) => {
      await tx.append("movements", [{ seq, line: 0, sku: `=A${seq}`, delta: -1_500, decimals: 3, occurredAt: 1_000 }]);
      await tx.append("operations", [{ seq, key: `key-${seq}` }]);
      await tx.advance(seq);
    });
  }
  if (options.closing ?? true) await storage.close();
}

const exported = async (disk: Disk) => (await readFile(disk.fileSystem, path)).toString();

/** What was written to the export from an event on. */
function bytesWritten(disk: Disk, from: number): number {
  const created = disk.events.findLast((event) => event.type === "create" && event.path === path);
  const file = created?.type === "create" ? created.file : -1;
  return disk.events.slice(from).reduce((sum, event) => sum + (event.type === "write" && event.file === file ? event.bytes.length : 0), 0);
}

it("movements are listed in the product's unit, with harmless text, in the order of the ledger", async () => {
  const disk = simulatedDisk();
  await live(disk, 3);
  expect(await exported(disk)).toBe(header + lines(1, 3));
  expect(disk.fileSystem.facts("/ledger/operations.csv")).toBeUndefined();
});

it("what was exported before is never written again, in the same life or a later one", async () => {
  const disk = simulatedDisk();
  await live(disk, 60);
  const before = disk.events.length;
  await live(disk, 0);
  await live(disk, 40);
  expect(await exported(disk)).toBe(header + lines(1, 100));
  expect(bytesWritten(disk, 0)).toBe(Buffer.byteLength(header + lines(1, 100)));
  expect(bytesWritten(disk, before)).toBe(Buffer.byteLength(lines(61, 100)));
});

it("what is in memory is exported from there: the journal is read neither for it nor for logs that got nothing", async () => {
  const disk = simulatedDisk();
  const journal = "/ledger/journal-00000001.csv";
  let opens = 0;
  disk.fault = (operation, file) => {
    if (operation === "open" && file === journal) opens++;
    return undefined;
  };
  await live(disk, 3, { checkpointBytes: 1_000_000 });
  expect(opens).toBe(1);
  expect(await exported(disk)).toBe(header + lines(1, 3));
  expect((await readFile(disk.fileSystem, "/ledger/receipts.csv")).toString()).toBe("line,note,seq\r\n");
});

it("an edited export is kept aside with a warning and written anew", async () => {
  const first = simulatedDisk();
  await live(first, 3);
  const content = new Map<string, Buffer>();
  for (const name of await first.fileSystem.list("/ledger"))
    content.set(`/ledger/${name}`, await readFile(first.fileSystem, `/ledger/${name}`));
  content.set(path, Buffer.from((await exported(first)).replace("-1.5", "-2.5")));
  const disk = simulatedDisk(content);
  const warnings: string[] = [];
  await live(disk, 1, { warnings });
  expect(await exported(disk)).toBe(header + lines(1, 4));
  expect((await readFile(disk.fileSystem, "/ledger/movements.edited-1.csv")).toString()).toContain("-2.5");
  expect(warnings.join()).toContain("edited");
});

it("an export that a full disk or a crash cut off goes on where it was whole, and nothing counts as edited", async () => {
  const disk = simulatedDisk();
  await live(disk, 3);
  disk.fault = (operation, file) => (operation === "sync" && file === path ? "ENOSPC" : undefined);
  const warnings: string[] = [];
  await live(disk, 5, { warnings });
  expect(warnings.join()).toContain("the journal is not affected");
  expect((await exported(disk)).length).toBeGreaterThan((header + lines(1, 3)).length);
  disk.fault = undefined;
  warnings.length = 0;
  await live(disk, 1, { warnings });
  expect(await exported(disk)).toBe(header + lines(1, 9));
  expect(warnings).toEqual([]);
});

it("an export that knows more than the ledger, whose unsynced end was lost, is written anew", async () => {
  const disk = simulatedDisk();
  await live(disk, 2, { closing: false });
  const names = await disk.fileSystem.list("/ledger");
  const earlier = new Map<string, Buffer>();
  for (const name of names) earlier.set(`/ledger/${name}`, await readFile(disk.fileSystem, `/ledger/${name}`));
  await live(disk, 6);
  for (const name of ["movements.csv", "exported.csv"]) earlier.set(`/ledger/${name}`, await readFile(disk.fileSystem, `/ledger/${name}`));
  const back = simulatedDisk(earlier);
  await live(back, 1);
  expect(await exported(back)).toBe(header + lines(1, 3));
});

it("with exports of state only there is no list of movements", async () => {
  const disk = simulatedDisk();
  await live(disk, 3, { exports: "state" });
  expect(disk.fileSystem.facts(path)).toBeUndefined();
});
