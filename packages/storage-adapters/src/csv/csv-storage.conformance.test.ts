import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StorageAdapter } from "@onhand/core";
import { describeStorage } from "@onhand/core/testing";
import { freezableFileSystem } from "../../test/csv/freezable-file-system";
import { csvStorage } from "./csv-storage";

const quiet = { error: () => undefined, warn: () => undefined };

describeStorage("csv", {
  async create() {
    const directory = await mkdtemp(join(tmpdir(), "onhand-csv-"));
    const made: { storage: StorageAdapter; freeze: () => Promise<void> }[] = [];
    const make = () => {
      const { fileSystem, freeze } = freezableFileSystem();
      const storage = csvStorage({ directory, fileSystem, logger: quiet });
      made.push({ storage, freeze });
      return storage;
    };
    return {
      storage: make(),
      reopen: async () => make(),
      crash: async () => made.at(-1)?.freeze(),
      peer: async () => make(),
      async destroy() {
        for (const { freeze } of made) await freeze();
        await rm(directory, { recursive: true, force: true });
      },
    };
  },
  capabilities: { durability: "power-loss", shared: false, hostTransactions: false, settlesUnknownOutcomes: false },
});
