import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isInventoryError, type StorageAdapter } from "@onhand/core";
import { seededRandom } from "@onhand/core/testing";
import { csvStorage, salvageCsv, verifyCsv } from "@onhand/storage-adapters/csv";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readFile as readFrom } from "../../src/csv/file-system";
import { freezableFileSystem } from "./freezable-file-system";
import { inconsistency, move, sampleTables } from "./sample-tables";
import { simulatedDisk } from "./simulated-disk";

const quiet = { error: () => undefined, warn: () => undefined };
const journal = (segment: number) => `journal-0000000${segment}.csv`;

let parent: string;
let directory: string;
let into: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "onhand-salvage-"));
  directory = join(parent, "data");
  into = join(parent, "salvaged");
});
afterEach(() => rm(parent, { recursive: true, force: true }));

/** Three lives of three commands each, the first and the last of which end abruptly. */
async function fill(): Promise<void> {
  for (const closing of [false, true, false]) {
    const { fileSystem, freeze } = freezableFileSystem();
    const storage = csvStorage({ directory, fileSystem, logger: quiet });
    await storage.open(sampleTables);
    for (let count = 0; count < 3; count++) await move(storage, 2);
    if (closing) await storage.close();
    else await freeze();
  }
}

async function edit(name: string, change: (text: string) => string): Promise<void> {
  const path = join(directory, name);
  const text = await readFile(path, "utf8");
  expect(change(text)).not.toBe(text);
  await writeFile(path, change(text));
}

async function contentOf(path: string): Promise<Map<string, string>> {
  const names = await readdir(path);
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(path, name), "utf8")] as const)));
}

async function opened(path: string): Promise<{ storage: StorageAdapter; seq: number; epoch: string }> {
  const storage = csvStorage({ directory: path, logger: quiet, exports: false });
  return { storage, ...(await storage.open(sampleTables)) };
}

async function failureOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (isInventoryError(error)) return error;
  throw error ?? new Error("it did not fail");
}

interface Case {
  readonly damage: () => Promise<void>;
  readonly found: { readonly file: string; readonly line?: number; readonly reason: string };
  /** How much is whole before it. */
  readonly seq: number;
}

const cases: Readonly<Record<string, Case>> = {
  "a line changed in an old segment": {
    damage: () => edit(journal(1), (text) => text.replace("levels,P1,2,", "levels,P1,9,")),
    found: { file: journal(1), line: 15, reason: "a line is not what was written" },
    seq: 1,
  },
  "a line changed in the newest segment": {
    damage: () => edit(journal(3), (text) => text.replace("levels,P1,8,", "levels,P1,9,")),
    found: { file: journal(3), line: 16, reason: "a line is not what was written" },
    seq: 7,
  },
  "a line that is gone": {
    damage: () => edit(journal(2), (text) => text.replace(/j1,2,3,[^\n]*key-5[^\n]*\n/, "")),
    found: { file: journal(2), line: 19, reason: "a line is not what was written" },
    seq: 4,
  },
  "an old segment cut short": {
    damage: () => edit(journal(2), (text) => text.slice(0, text.indexOf("j1,2,4,"))),
    found: { file: journal(2), line: 25, reason: "its end is missing" },
    seq: 5,
  },
  "a segment that is missing": {
    damage: () => rm(join(directory, journal(2))),
    found: { file: journal(2), reason: "the file is missing" },
    seq: 3,
  },
  "a spreadsheet's line ends": {
    damage: () => edit(journal(2), (text) => text.replaceAll("\r\n", "\n")),
    found: { file: journal(2), line: 1, reason: "a line is not what was written" },
    seq: 3,
  },
};

describe("a damaged directory", () => {
  for (const [name, { damage, found, seq }] of Object.entries(cases)) {
    it(`with ${name} is told apart from a sound one, and everything before the damage is salvaged`, async () => {
      await fill();
      await damage();
      const before = await contentOf(directory);
      expect(await verifyCsv({ directory })).toMatchObject({ ok: false, seq, damage: [found] });
      expect(await salvageCsv({ directory, into })).toEqual({ seq, damage: found });
      expect(await contentOf(directory)).toEqual(before);
      const { storage, seq: head } = await opened(into);
      expect(head).toBe(seq);
      expect(await inconsistency(storage, seq)).toBeUndefined();
      expect(await move(storage)).toBe(seq + 1);
      await storage.close();
      expect(await verifyCsv({ directory: into })).toEqual({ ok: true, seq: seq + 1, damage: [], harmless: [] });
    });
  }

  it("of which not even the beginning is whole can't be salvaged, and nothing is left of the attempt", async () => {
    await fill();
    await rm(join(directory, journal(1)));
    expect(await failureOf(salvageCsv({ directory, into }))).toMatchObject({ code: "STORAGE_CORRUPT", details: { file: journal(1) } });
    expect(await readdir(parent)).toEqual(["data"]);
  });

  it("is salvaged as a ledger of its own, so that nobody takes new commands for old ones", async () => {
    await fill();
    await salvageCsv({ directory, into });
    const [old, salvaged] = [await opened(directory), await opened(into)];
    expect(salvaged.seq).toBe(old.seq);
    expect(salvaged.epoch).not.toBe(old.epoch);
    await Promise.all([old.storage.close(), salvaged.storage.close()]);
  });

  it("is never salvaged into something that exists", async () => {
    await fill();
    expect(await failureOf(salvageCsv({ directory, into: directory }))).toMatchObject({ code: "ALREADY_EXISTS" });
  });
});

describe("a sound directory", () => {
  it("is reported sound: what a crash tore and sums that are damaged are named as harmless", async () => {
    await fill();
    const [snapshot = ""] = (await readdir(directory)).filter((name) => name.startsWith("snapshot-"));
    await edit(snapshot, (text) => text.replace("P1,", "P9,"));
    await edit(journal(3), (text) => text.slice(0, -30));
    const { harmless, ...rest } = await verifyCsv({ directory });
    expect(rest).toEqual({ ok: true, seq: 8, damage: [] });
    expect(harmless.map(({ file }) => file)).toEqual([journal(3), snapshot]);
  });

  it("is one that opens: whatever byte is changed, verifying and opening agree on file, line and head", async () => {
    await fill();
    const random = seededRandom(11);
    const content = await contentOf(directory);
    for (let round = 0; round < 150; round++) {
      const name = journal(1 + random.below(3));
      const files = new Map(
        [...content].flatMap(([file, text]) => (file.startsWith("journal") ? [[file, Buffer.from(text)] as const] : [])),
      );
      const bytes = files.get(name) as Buffer;
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] as number) ^ (1 << random.below(7));
      const { fileSystem } = simulatedDisk(new Map([...files].map(([file, data]) => [`/ledger/${file}`, data])));
      const verified = await verifyCsv({ directory: "/ledger", fileSystem });
      const storage = csvStorage({ directory: "/ledger", fileSystem, logger: quiet, exports: false });
      const where = `byte ${at} of ${name}`;
      if (verified.ok) expect((await storage.open(sampleTables)).seq, where).toBe(verified.seq);
      else expect((await failureOf(storage.open(sampleTables))).details, where).toEqual(verified.damage[0]);
      expect((await readFrom(fileSystem, `/ledger/${name}`)).length).toBe(bytes.length);
    }
  });
});
