import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isInventoryError, type StorageAdapter } from "@onhand/core";
import { csvStorage, type FileSystem, nodeFileSystem } from "@onhand/storage-adapters/csv";
import { afterAll, describe, expect, it } from "vitest";
import { inconsistency, move, sampleTables } from "./sample-tables";
import { simulatedDisk } from "./simulated-disk";

const mebibyte = 1024 * 1024;
const quiet = { error: () => undefined, warn: () => undefined };

interface Place {
  readonly directory: string;
  readonly fileSystem: FileSystem;
  makeRoom(): void;
}

function storageIn({ directory, fileSystem }: Place): StorageAdapter {
  return csvStorage({ directory, fileSystem, logger: quiet, checkpointBytes: 200_000 });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (isInventoryError(error)) return error.code;
  throw error ?? new Error("it did not fail");
}

/** Moves until nothing more fits; answers the last acknowledged command. */
async function fill(storage: StorageAdapter): Promise<number> {
  let seq = 0;
  for (let count = 0; count < 10_000; count++) {
    try {
      seq = await move(storage, 20);
    } catch (error) {
      expect(isInventoryError(error, "STORAGE_FULL")).toBe(true);
      return seq;
    }
  }
  throw new Error("it never got full");
}

/** Fills a disk, in commands and in opening; nothing acknowledged is lost, and all goes on when there is room. */
async function surviveFullness(place: Place): Promise<void> {
  const first = storageIn(place);
  await first.open(sampleTables);
  const seq = await fill(first);
  expect(seq).toBeGreaterThan(10);
  expect(await inconsistency(first, seq)).toBeUndefined();
  await first.close();
  expect(await codeOf(storageIn(place).open(sampleTables))).toBe("STORAGE_FULL");
  place.makeRoom();
  const again = storageIn(place);
  expect((await again.open(sampleTables)).seq).toBe(seq);
  expect(await move(again)).toBe(seq + 1);
  await again.close();
  const last = storageIn(place);
  await last.open(sampleTables);
  expect(await inconsistency(last, seq + 1)).toBeUndefined();
  await last.close();
}

function simulatedPlace(): Place {
  const disk = simulatedDisk();
  disk.room = mebibyte;
  const makeRoom = () => {
    disk.room = Number.POSITIVE_INFINITY;
  };
  return { directory: "/ledger", fileSystem: disk.fileSystem, makeRoom };
}

const mountPoint = mkdtempSync(join(tmpdir(), "onhand-full-"));

/** Whether this process may mount; where it may, a file system of one mebibyte lies on the mount point now. */
function isMounted(): boolean {
  try {
    execFileSync("/bin/mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", mountPoint], { stdio: "ignore" });
    return true;
  } catch {
    // Mounting takes root on Linux. Elsewhere the simulated disk below has to do.
    return false;
  }
}

const mounted = isMounted();

function mountedPlace(): Place {
  const filler = join(mountPoint, "filler");
  const directory = join(mountPoint, "ledger");
  mkdirSync(directory);
  writeFileSync(filler, Buffer.alloc(mebibyte / 2));
  return { directory, fileSystem: nodeFileSystem, makeRoom: () => rmSync(filler) };
}

afterAll(() => {
  if (mounted) execFileSync("/bin/umount", [mountPoint]);
  rmSync(mountPoint, { recursive: true });
});

const places: Readonly<Record<string, () => Place>> = {
  "a simulated disk": simulatedPlace,
  ...(mounted && { "a real tmpfs of 1 MiB, since this process may mount": mountedPlace }),
};

describe("a disk that gets full", () => {
  for (const [name, make] of Object.entries(places)) {
    it(`loses nothing acknowledged, refuses to open, and goes on when there is room: ${name}`, async () => {
      await surviveFullness(make());
    });
  }
});
