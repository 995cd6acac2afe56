import type { Logger } from "@onhand/core";
import { seededRandom } from "@onhand/core/testing";
import { describe, expect, it } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";
import { csvStorage } from "../../src/csv/csv-storage";
import type { FileSystem } from "../../src/csv/file-system";
import { inconsistency, move, sampleTables } from "./sample-tables";
import { crashStates, type Mutation, type SimulatedDisk, simulatedDisk } from "./simulated-disk";

const quiet = { error: () => undefined, warn: () => undefined };
const storageOn = (fileSystem: FileSystem, logger: Logger = quiet) =>
  csvStorage({ directory: "/ledger", fileSystem, logger, checkpointBytes: 3_000, exports: false });

/** Two lives of a ledger, with groups of several sectors and checkpoints among them. */
async function record(mutation: Mutation = {}): Promise<SimulatedDisk> {
  const disk = simulatedDisk(new Map(), mutation);
  for (const closing of [true, false]) {
    const storage = storageOn(disk.fileSystem);
    await storage.open(sampleTables);
    for (let round = 0; round < 5; round++) disk.acknowledged(await move(storage, round % 2 === 0 ? 12 : 1));
    if (closing) await storage.close();
  }
  return disk;
}

/** States after which something acknowledged is gone, or half of something is there, or nothing can be opened. */
async function badStates(disk: SimulatedDisk, { drawn, every, stopAt }: { drawn: number; every: number; stopAt: number }) {
  const { below } = seededRandom(20_261_121);
  const bad: string[] = [];
  let count = 0;
  for (const state of crashStates(disk.events, () => below(2) / 2, drawn)) {
    if (count++ % every !== 0) continue;
    const problem = await problemAfter(state);
    if (problem) bad.push(`${state.description}: ${problem}`);
    if (bad.length >= stopAt) break;
  }
  return { bad, count };
}

async function problemAfter({ content, acknowledged }: { content: ReadonlyMap<string, Buffer>; acknowledged: number }) {
  const { fileSystem } = simulatedDisk(content);
  const warnings: string[] = [];
  const storage = storageOn(fileSystem, { ...quiet, warn: (_, message) => warnings.push(message) });
  try {
    const { seq } = await storage.open(sampleTables);
    if (seq < acknowledged) return `the head is ${seq}, but ${acknowledged} was acknowledged`;
    const problem = (await inconsistency(storage, seq)) ?? warnings.find((warning) => warning.includes("snapshot"));
    if (problem) return problem;
    await move(storage);
    await storage.close();
    const again = storageOn(fileSystem);
    await again.open(sampleTables);
    return await inconsistency(again, seq + 1);
  } catch (error) {
    return String(error);
  }
}

describe("a power loss", () => {
  it(
    "at any moment, with sectors landing in any order, loses nothing acknowledged and leaves no half group",
    async () => {
      const { bad, count } = await badStates(await record(), { ...budgets.powerLoss, stopAt: 5 });
      expect(bad).toEqual([]);
      expect(count).toBeGreaterThan(1_000);
    },
    searchTimeoutMs,
  );

  const mutants: Readonly<Record<string, Mutation>> = {
    "does not sync the journal": { skipSync: (path) => path.includes("journal-") },
    "does not sync the directory": { skipDirectorySync: true },
    "does not sync a snapshot before it takes its name": { skipSync: (path) => path.includes("snapshot-") },
  };

  for (const [name, mutation] of Object.entries(mutants)) {
    it(
      `is survived by no storage that ${name}`,
      async () => {
        const { bad } = await badStates(await record(mutation), { drawn: 0, every: 1, stopAt: 1 });
        expect(bad).not.toEqual([]);
      },
      searchTimeoutMs,
    );
  }

  it(
    "is survived by no storage that acknowledges before it syncs",
    async () => {
      const disk = await record();
      const events = [...disk.events];
      for (let at = events.length - 1; at > 0; at--) {
        const sync = events[at - 1];
        if (events[at]?.type !== "acknowledged" || sync?.type !== "sync") continue;
        events[at - 1] = events[at] as (typeof events)[number];
        events[at] = sync;
      }
      const { bad } = await badStates({ ...disk, events }, { drawn: 0, every: 1, stopAt: 1 });
      expect(bad).not.toEqual([]);
    },
    searchTimeoutMs,
  );
});
