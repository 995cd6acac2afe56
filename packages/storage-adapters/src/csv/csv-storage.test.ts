import { isInventoryError, type StorageAdapter } from "@onhand/core";
import { describe, expect, it } from "vitest";
import { inconsistency, move, sampleTables } from "../../test/csv/sample-tables";
import { type SimulatedDisk, simulatedDisk } from "../../test/csv/simulated-disk";
import { csvStorage } from "./csv-storage";
import { type FileSystem, readFile } from "./file-system";
import { verifyCsv } from "./verify-csv";

const journal = (segment: number) => `/ledger/journal-${String(segment).padStart(8, "0")}.csv`;

function storageOn(
  { fileSystem }: Pick<SimulatedDisk, "fileSystem">,
  options: { exports?: boolean; warnings?: string[] } = {},
): StorageAdapter {
  const logger = { error: () => undefined, warn: (_: unknown, message: string) => void options.warnings?.push(message) };
  return csvStorage({ directory: "/ledger", fileSystem, logger, exports: options.exports ?? false });
}

async function opened(disk: SimulatedDisk): Promise<StorageAdapter> {
  const storage = storageOn(disk);
  await storage.open(sampleTables);
  return storage;
}

async function failureOf(work: Promise<unknown>) {
  try {
    await work;
  } catch (error) {
    if (isInventoryError(error)) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

/** The files of a disk, to start another from. */
async function contentOf({ fileSystem }: SimulatedDisk): Promise<Map<string, Buffer>> {
  const names = await fileSystem.list("/ledger");
  return new Map(await Promise.all(names.map(async (name) => [`/ledger/${name}`, await readFile(fileSystem, `/ledger/${name}`)] as const)));
}

async function edited(disk: SimulatedDisk, path: string, edit: (text: string) => string): Promise<SimulatedDisk> {
  const content = await contentOf(disk);
  content.set(path, Buffer.from(edit((content.get(path) as Buffer).toString())));
  return simulatedDisk(content);
}

/** A disk whose process ended without closing, after three groups. */
async function killed(): Promise<SimulatedDisk> {
  const disk = simulatedDisk();
  const storage = await opened(disk);
  for (let group = 0; group < 3; group++) await move(storage, 2);
  return disk;
}

describe("options", () => {
  it("of no directory, or of a promise that there is none of, are refused and not guessed", () => {
    for (const directory of [undefined, "", 3]) expect(() => csvStorage({ directory } as never)).toThrow("directory must be a path");
    for (const durability of ["power_loss", "", null])
      expect(() => csvStorage({ directory: "/ledger", durability } as never)).toThrow("durability must be");
  });
});

describe("a full disk", () => {
  it("refuses the group that did not fit, keeps the rest, and goes on when there is room", async () => {
    const disk = simulatedDisk();
    const storage = await opened(disk);
    await move(storage);
    disk.room = 100;
    expect(await failureOf(move(storage))).toMatchObject({ code: "STORAGE_FULL", retryable: true });
    disk.room = Number.POSITIVE_INFINITY;
    expect(await move(storage)).toBe(2);
    const again = await opened(disk);
    expect(await inconsistency(again, 2)).toBeUndefined();
  });

  it("that can't even cut back the journal makes it unusable until it is opened again", async () => {
    const disk = simulatedDisk();
    const storage = await opened(disk);
    disk.fault = (operation) => (operation === "truncate" ? "EIO" : undefined);
    disk.room = 100;
    expect((await failureOf(move(storage))).code).toBe("STORAGE_FULL");
    disk.room = Number.POSITIVE_INFINITY;
    disk.fault = undefined;
    expect((await failureOf(move(storage))).code).toBe("STORAGE_UNAVAILABLE");
    expect(await move(await opened(disk))).toBe(1);
  });
});

describe("a sync that fails", () => {
  it("leaves the outcome unknown, refuses everything after it, and is settled by opening again", async () => {
    const disk = simulatedDisk();
    const storage = await opened(disk);
    await move(storage);
    disk.fault = (operation) => (operation === "sync" ? "EIO" : undefined);
    expect((await failureOf(move(storage))).code).toBe("OUTCOME_UNKNOWN");
    disk.fault = undefined;
    expect((await failureOf(move(storage))).code).toBe("STORAGE_UNAVAILABLE");
    const again = storageOn(disk);
    const { seq } = await again.open(sampleTables);
    expect(await inconsistency(again, seq)).toBeUndefined();
  });

  it("is not trusted afterwards: the group it left in doubt is written again into the new segment", async () => {
    const disk = await killed();
    await opened(disk);
    const second = (await readFile(disk.fileSystem, journal(2))).toString();
    expect(second).toContain(",operations,key-3,");
    expect(second).not.toContain(",operations,key-2,");
  });
});

describe("the fence", () => {
  it("keeps a writer that was paused while another opened the directory from acknowledging anything", async () => {
    const disk = simulatedDisk();
    const paused = await opened(disk);
    await move(paused);
    const next = await opened(disk);
    expect((await failureOf(move(paused))).code).toBe("STORAGE_LOCKED");
    expect(await move(next)).toBe(2);
    expect(await inconsistency(next, 2)).toBeUndefined();
  });

  it("catches a writer that was overtaken between its sync and its answer", async () => {
    const disk = simulatedDisk();
    let overtake: (() => Promise<void>) | undefined;
    let next: StorageAdapter | undefined;
    const fileSystem: FileSystem = {
      ...disk.fileSystem,
      async open(path, mode) {
        const handle = await disk.fileSystem.open(path, mode);
        const sync = async () => {
          await handle.sync();
          await overtake?.();
        };
        return { ...handle, sync };
      },
    };
    const slow = await opened({ ...disk, fileSystem });
    await move(slow);
    overtake = async () => {
      overtake = undefined;
      next = await opened(disk);
    };
    expect((await failureOf(move(slow))).code).toBe("OUTCOME_UNKNOWN");
    expect((await failureOf(move(slow))).code).toBe("STORAGE_LOCKED");
    if (!next) throw new Error("nobody overtook it");
    const { head } = await next.find("levels", { limit: 1 });
    expect(await inconsistency(next, head)).toBeUndefined();
  });
});

describe("what stands in the directory", () => {
  it("a torn tail is put aside and everything before it is there", async () => {
    const disk = await edited(await killed(), journal(1), (text) => text.slice(0, -30));
    const warnings: string[] = [];
    const storage = storageOn(disk, { warnings });
    expect((await storage.open(sampleTables)).seq).toBe(2);
    expect(await inconsistency(storage, 2)).toBeUndefined();
    expect(warnings.join()).toContain("put aside");
    expect(disk.fileSystem.facts("/ledger/journal-00000001.torn")).toBeDefined();
  });

  it("a changed line before a later group is damage, refused with file and line, before and after a clean closing", async () => {
    const change = (text: string) => text.replace("levels,P1,1,", "levels,P1,9,");
    const crashed = await edited(await killed(), journal(1), change);
    const details = { file: "journal-00000001.csv", line: 9 };
    expect(await failureOf(opened(crashed))).toMatchObject({ code: "STORAGE_CORRUPT", details });
    const disk = await killed();
    await (await opened(disk)).close();
    expect(await failureOf(opened(await edited(disk, journal(1), change)))).toMatchObject({ code: "STORAGE_CORRUPT", details });
  });

  it("a removed line, a cut segment and a missing segment are damage", async () => {
    const disk = await killed();
    await (await opened(disk)).close();
    const lineless = await edited(disk, journal(1), (text) => text.split("\r\n").toSpliced(8, 1).join("\r\n"));
    expect((await failureOf(opened(lineless))).code).toBe("STORAGE_CORRUPT");
    const short = await edited(disk, journal(1), (text) => text.slice(0, -400));
    expect((await failureOf(opened(short))).code).toBe("STORAGE_CORRUPT");
    const content = await contentOf(disk);
    content.delete(journal(1));
    expect(await failureOf(opened(simulatedDisk(content)))).toMatchObject({
      code: "STORAGE_CORRUPT",
      details: { file: "journal-00000001.csv" },
    });
  });

  it("without syncs, a page that a power loss kept from the disk costs what was written behind it, and is no damage", async () => {
    const lost = (text: string) => text.replace("levels,P1,2,", "levels,P1,\0,");
    const livesOn = async (durability: "process" | "power-loss") => {
      const disk = simulatedDisk();
      const storage = csvStorage({ directory: "/ledger", fileSystem: disk.fileSystem, durability, exports: false });
      await storage.open(sampleTables);
      for (let group = 0; group < 4; group++) await move(storage, 2);
      return edited(disk, journal(1), lost);
    };
    const disk = await livesOn("process");
    const directory = { directory: "/ledger", fileSystem: disk.fileSystem };
    expect(await verifyCsv(directory)).toMatchObject({ ok: true, seq: 1, harmless: [{ file: "journal-00000001.csv", line: 12 }] });
    const warnings: string[] = [];
    const storage = storageOn(disk, { warnings });
    expect((await storage.open(sampleTables)).seq).toBe(1);
    expect(warnings.join()).toContain("had not been synced");
    expect((await readFile(disk.fileSystem, "/ledger/journal-00000001.torn")).toString()).toContain(",key-4,");
    expect(await move(storage, 2)).toBe(2);
    await storage.close();
    const again = await opened(disk);
    expect(await inconsistency(again, 2)).toBeUndefined();
    expect((await failureOf(opened(await livesOn("power-loss")))).code).toBe("STORAGE_CORRUPT");
  });

  it("snapshots and indexes that are damaged or gone are made up for by the journal", async () => {
    const disk = await killed();
    for (let life = 0; life < 3; life++) {
      const storage = await opened(disk);
      await move(storage);
      await storage.close();
    }
    const names = [...(await contentOf(disk)).keys()].filter((name) => /snapshot|index/.test(name));
    for (const name of names) {
      const storage = await opened(await edited(disk, name, (text) => text.replace(/1/g, "2")));
      expect(await inconsistency(storage, 6), name).toBeUndefined();
    }
    const content = await contentOf(disk);
    for (const name of names) content.delete(name);
    expect(await inconsistency(await opened(simulatedDisk(content)), 6)).toBeUndefined();
  });

  it("data of a newer version is refused and left as it is", async () => {
    const disk = simulatedDisk();
    await storageOn(disk).open({ ...sampleTables, version: 2 });
    const before = await contentOf(disk);
    expect((await failureOf(opened(disk))).code).toBe("UNSUPPORTED");
    expect(await contentOf(disk)).toEqual(before);
  });

  it("a column added later is null in rows written before", async () => {
    const disk = await killed();
    const [levels, ...others] = sampleTables.tables;
    if (!levels) throw new Error("there are tables");
    const wider = { ...levels, columns: { ...levels.columns, shelf: { type: "text", nullable: true } as const } };
    const storage = storageOn(disk);
    await storage.open({ version: 2, tables: [wider, ...others] });
    expect((await storage.find("levels", { where: { sku: "P1" }, limit: 1 })).rows).toEqual([
      { seq: 3, sku: "P1", onHand: 3, note: null, shelf: null },
    ]);
  });

  it("a directory that can't be written to says why", async () => {
    const disk = simulatedDisk();
    disk.fault = (operation) => (operation === "open" ? "EROFS" : undefined);
    expect(await failureOf(opened(disk))).toMatchObject({
      code: "STORAGE_UNAVAILABLE",
      details: { reason: expect.stringContaining("EROFS") },
    });
  });

  it("a network file system is refused unless it is asked for", async () => {
    const disk = simulatedDisk();
    const fileSystem = { ...disk.fileSystem, networkKind: async () => "nfs" };
    expect((await failureOf(storageOn({ fileSystem }).open(sampleTables))).code).toBe("UNSUPPORTED");
    await csvStorage({ directory: "/ledger", fileSystem, exports: false, allowNetworkFileSystem: true }).open(sampleTables);
  });
});

describe("exported tables", () => {
  async function closedWith(sku: string): Promise<SimulatedDisk> {
    const disk = simulatedDisk();
    const storage = storageOn(disk, { exports: true });
    await storage.open(sampleTables);
    await storage.transaction((tx) => tx.put("levels", [{ seq: 1, sku, onHand: -5, note: 'a "b", c' }]).then(() => tx.advance(1)));
    await storage.close();
    return disk;
  }

  it("run no formula, and keep negative numbers plain", async () => {
    const disk = await closedWith("=1+1");
    expect((await readFile(disk.fileSystem, "/ledger/levels.csv")).toString()).toBe('sku,onHand,note,seq\r\n\'=1+1,-5,"a ""b"", c",1\r\n');
    const again = await opened(disk);
    expect((await again.find("levels", { limit: 2 })).rows).toMatchObject([{ sku: "=1+1" }]);
  });

  it("quote whatever would end a field or a line for other readers", async () => {
    const disk = await closedWith("a\nb");
    expect((await readFile(disk.fileSystem, "/ledger/levels.csv")).toString()).toContain('\r\n"a\nb",-5,');
  });

  it("that somebody edited are kept aside, with a warning, before they are written anew", async () => {
    const disk = await edited(await closedWith("P1"), "/ledger/levels.csv", (text) => text.replace("-5", "7"));
    const warnings: string[] = [];
    const storage = storageOn(disk, { exports: true, warnings });
    await storage.open(sampleTables);
    await storage.transaction((tx) => tx.put("levels", [{ seq: 2, sku: "P1", onHand: 3, note: null }]).then(() => tx.advance(2)));
    await storage.close();
    expect((await readFile(disk.fileSystem, "/ledger/levels.edited-1.csv")).toString()).toContain("P1,7");
    expect((await readFile(disk.fileSystem, "/ledger/levels.csv")).toString()).toContain("P1,3");
    expect(warnings.join()).toContain("edited");
  });
});
