import { csvStorage, verifyCsv } from "@onhand/storage-adapters/csv";
import { expect, it } from "vitest";
import { readFile } from "../../src/csv/file-system";
import { inconsistency, move, sampleTables } from "./sample-tables";
import { type SimulatedDisk, simulatedDisk } from "./simulated-disk";

const quiet = { error: () => undefined, warn: () => undefined };
const openOn = async ({ fileSystem }: SimulatedDisk) => {
  const storage = csvStorage({ directory: "/ledger", fileSystem, logger: quiet, checkpointBytes: 3_000 });
  return { storage, ...(await storage.open(sampleTables)) };
};

const journalsOf = async ({ fileSystem }: SimulatedDisk) =>
  (await fileSystem.list("/ledger")).filter((name) => name.startsWith("journal-")).sort();

it("the journals alone, copied one by one while commands go on, hold all that was acknowledged before", async () => {
  const disk = simulatedDisk();
  const { storage } = await openOn(disk);
  for (let copies = 0; copies < 12; copies++) {
    const acknowledged = await move(storage, 2);
    const copy = new Map<string, Buffer>();
    const names = await journalsOf(disk);
    for (const name of copies % 2 === 0 ? names : names.reverse()) {
      copy.set(`/ledger/${name}`, await readFile(disk.fileSystem, `/ledger/${name}`));
      for (let count = 0; count < 3; count++) await move(storage, 3);
    }
    const copied = simulatedDisk(copy);
    expect(await verifyCsv({ directory: "/ledger", fileSystem: copied.fileSystem })).toMatchObject({ ok: true });
    const { storage: restored, seq } = await openOn(copied);
    expect(seq).toBeGreaterThanOrEqual(acknowledged);
    expect(await inconsistency(restored, seq)).toBeUndefined();
  }
  expect((await journalsOf(disk)).length).toBeGreaterThan(12);
});
