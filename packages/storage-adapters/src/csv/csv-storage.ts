import { randomUUID } from "node:crypto";
import { dirname, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import {
  type ChangeOptions,
  type ChangePage,
  consoleLogger,
  type Head,
  InventoryError,
  type Logger,
  type Row,
  type StorageAdapter,
  type TableSet,
  type Write,
} from "@onhand/core";
import { Mutex } from "async-mutex";
import { mergeChanges } from "../shared/changes";
import { createStaging, noHostTransactions, type Staging } from "../shared/staging";
import { type Checkpoints, createCheckpoints } from "./checkpoint";
import { storageFailure } from "./failures";
import { type FileSystem, readFile } from "./file-system";
import type { LineToWrite, Position } from "./group";
import { headerLines, layoutOf } from "./header";
import { beginJournal, claimSegment, type Journal } from "./journal";
import type { Ledger } from "./ledger";
import { joinPath, journalName, tornName } from "./names";
import { nodeFileSystem } from "./node-file-system";
import { isUnchanged, readDirectory } from "./recovery";
import { replaceFile } from "./sealed-file";

/** Where a CSV storage lies and what it promises. */
export interface CsvStorageOptions {
  /** Made when it is missing. One process at a time has it open. */
  readonly directory: string;
  /**
   * What an acknowledged command survives. `power-loss` (the default) syncs every group to the disk; `process` leaves
   * that to the kernel, which may lose the last half minute when the machine stops, never when only the process does.
   */
  readonly durability?: "power-loss" | "process";
  /** Where warnings go; the console by default. */
  readonly logger?: Logger;
  /**
   * Whether to keep `products.csv`, `levels.csv`, `movements.csv` and so on for people to look at; true by default.
   * `state` leaves out `movements.csv`, which grows with the ledger.
   */
  readonly exports?: boolean | "state";
  /** How long a journal segment grows before it is summed up and a new one begun; 64 MiB by default. */
  readonly checkpointBytes?: number;
  /** How many bytes of history are compared with their checksums at opening, the newest first; 512 MiB by default. */
  readonly verifyBytes?: number;
  /** Network file systems are refused unless this is true: their promises about syncing and locking can't be relied on. */
  readonly allowNetworkFileSystem?: boolean;
  /** The file system to use instead of the machine's; for tests. */
  readonly fileSystem?: FileSystem;
}

interface Opened {
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly checkpoints: Checkpoints;
  readonly epoch: string;
  readonly header: (seals: readonly Position[]) => LineToWrite[];
  readonly unlock: () => Promise<void>;
}

const mebibyte = 1024 * 1024;

/**
 * Keeps an inventory in a directory of CSV files that people can open in a spreadsheet.
 *
 * When a command is acknowledged it is on the disk: every group of commands is one write and one sync of an append-only
 * journal, and survives the end of the process and the loss of power. What a crash leaves half written is dropped as a
 * whole; what was damaged later is refused with file and line. One process has a directory open at a time; a paused
 * earlier one can no longer acknowledge anything.
 *
 * @throws {@link TypeError} when `directory` is no path, or `durability` none there is: a misspelt one would promise less without a word.
 * @throws {@link InventoryError} from `open`: `STORAGE_LOCKED` when another process has the directory open,
 * `STORAGE_CORRUPT` when its content is damaged ({@link verifyCsv} tells how, {@link salvageCsv} keeps what can be kept),
 * `STORAGE_UNAVAILABLE` when it can't be written to, `UNSUPPORTED` when a newer version wrote it or it lies on a network.
 * @example
 * const inventory = await createInventory({ storage: csvStorage({ directory: "./data" }) });
 * @see docs/decisions/0002-csv-journal.md
 */
export function csvStorage(options: CsvStorageOptions): StorageAdapter {
  const { durability = "power-loss", fileSystem: files = nodeFileSystem, logger = consoleLogger, exports = true } = options;
  if (typeof options.directory !== "string" || options.directory === "") throw new TypeError("directory must be a path such as ./stock");
  if (durability !== "power-loss" && durability !== "process")
    throw new TypeError(`durability must be "power-loss" or "process", not ${JSON.stringify(durability)}`);
  const { checkpointBytes = 64 * mebibyte, verifyBytes = 512 * mebibyte, allowNetworkFileSystem = false } = options;
  const directory = resolve(options.directory);
  const sources = { files, directory, logger, verifyBytes };
  const synced = durability === "power-loss";
  const writers = new Mutex();
  const watchers = new Set<() => void>();
  let opened: Opened | undefined;
  let closed = false;
  let checkpoint: Promise<void> | undefined;
  let checkpointAt = checkpointBytes;
  // Whether a snapshot holds everything committed so far.
  let summedUp = false;

  function usable(): Opened {
    if (closed || !opened) throw new InventoryError("STORAGE_CLOSED", {});
    return opened;
  }

  async function prepareDirectory(): Promise<void> {
    await files.makeDirectory(directory);
    await files.syncDirectory(dirname(directory));
    const network = await files.networkKind(directory);
    if (network && !allowNetworkFileSystem)
      throw new InventoryError("UNSUPPORTED", { feature: `a directory on a network file system (${network})` });
  }

  /** Reads, claims, and reads again if an earlier writer was still writing: after the claim it can't acknowledge any more. */
  async function readAndClaim(set: TableSet) {
    const reading = await readDirectory(sources, set);
    const claim = await claimSegment(files, directory, reading.next);
    try {
      return { claim, reading: (await isUnchanged(sources, reading)) ? reading : await readDirectory(sources, set, reading.next) };
    } catch (error) {
      await claim.handle.close();
      throw error;
    }
  }

  async function start(set: TableSet): Promise<Opened> {
    await prepareDirectory();
    const unlock = await files.lock(directory);
    try {
      const { reading, claim } = await readAndClaim(set);
      const { ledger } = reading;
      const epoch = reading.epoch ?? randomUUID();
      const layout = layoutOf(set.tables);
      const header = (seals: readonly Position[]) => headerLines({ epoch, version: set.version, synced, layout, seals }, ledger.seq);
      for (const { segment, from } of reading.torn) await keepTorn(segment, from);
      const journal = await beginJournal({ files, directory, synced }, claim, header(reading.seals), ledger.seq);
      ledger.history.setLayout(claim.segment, layout);
      if (reading.carried) {
        const { group } = reading.carried;
        const writes = ledger.writesOf(group, reading.carried.layout);
        const { before, after } = await journal.append(ledger.lines(writes), group.after.seq);
        ledger.commit(writes, before, after);
      }
      const checkpoints = createCheckpoints({ files, directory, logger, ledger, epoch, version: set.version, exports });
      for (const end of reading.unindexed) checkpoints.sealed(end);
      summedUp = reading.replayedBytes === 0 && reading.carried === undefined;
      return { ledger, journal, checkpoints, epoch, header, unlock };
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  async function keepTorn(segment: number, from: number): Promise<void> {
    const path = joinPath(directory, journalName(segment));
    const rest = (await readFile(files, path)).subarray(from);
    await replaceFile(files, directory, tornName(segment), (write) => write(rest));
    logger.warn({ file: path, bytes: rest.length }, "a crash left an unfinished group; it was never acknowledged and was put aside");
  }

  async function commit({ ledger, journal }: Opened, staged: Staging): Promise<void> {
    if (staged.writes.length === 0 && staged.seq === ledger.seq) return;
    const writes = inSeqOrder(staged.writes);
    const { before, after } = await journal.append(ledger.lines(writes), staged.seq);
    ledger.commit(writes, before, after);
    summedUp = false;
  }

  async function rotate({ ledger, journal, checkpoints, header }: Opened): Promise<void> {
    if (checkpoint || journal.position.bytes < checkpointAt) return;
    try {
      const sealed = await journal.rotate((end) => header([end]));
      ledger.history.setLayout(journal.position.segment, ledger.history.layout(sealed.segment));
      checkpoints.sealed(sealed);
      checkpoint = checkpoints.take(sealed).finally(() => {
        checkpoint = undefined;
      });
    } catch (error) {
      checkpointAt = journal.position.bytes + checkpointBytes;
      logger.error({ error, directory }, "a new journal segment could not be begun; the present one goes on");
    }
  }

  return {
    name: "csv",
    capabilities: { durability, shared: false, hostTransactions: false, settlesUnknownOutcomes: false },

    async open(set) {
      return writers.runExclusive(async () => {
        if (closed) throw new InventoryError("STORAGE_CLOSED", {});
        try {
          opened ??= await start(set);
        } catch (error) {
          throw storageFailure(error, directory);
        }
        return headOf(opened);
      });
    },

    async transaction(work, { host } = {}) {
      if (host !== undefined) throw noHostTransactions("csv");
      const result = await writers.runExclusive(async () => {
        const current = usable();
        if (current.journal.failure) throw current.journal.failure;
        const staged = createStaging(headOf(current), current.ledger.table, (since, options) => changesOf(current.ledger, since, options));
        let answer: Awaited<ReturnType<typeof work>>;
        try {
          answer = await work(staged.transaction);
        } finally {
          staged.end();
        }
        await commit(current, staged);
        await rotate(current);
        return answer;
      });
      for (const notify of [...watchers]) notify();
      return result;
    },

    async find(table, query) {
      const { ledger } = usable();
      const { seq } = ledger;
      return { ...(await ledger.table(table).find(query)), head: seq };
    },

    async aggregate(table, aggregation) {
      return usable().ledger.aggregate(table, aggregation);
    },

    async changes(since, options) {
      // Answered from memory, a follower that asks again and again would otherwise keep the disk's answers from ever coming in.
      await setImmediate();
      return changesOf(usable().ledger, since, options);
    },

    watch(onHead) {
      const notify = () => onHead(opened?.ledger.seq ?? 0);
      watchers.add(notify);
      return () => void watchers.delete(notify);
    },

    async close() {
      await writers.runExclusive(async () => {
        if (closed) return;
        closed = true;
        watchers.clear();
        if (!opened) return;
        const { journal, checkpoints, unlock } = opened;
        try {
          await checkpoint;
          if (!summedUp && !journal.failure) await checkpoints.take(journal.position);
          await journal.close();
        } finally {
          await unlock();
        }
      });
    },
  };
}

const headOf = ({ epoch, ledger }: Opened): Head => ({ epoch, seq: ledger.seq });

async function changesOf(ledger: Ledger, since: number, { limit, tables }: ChangeOptions): Promise<ChangePage> {
  const { seq } = ledger;
  const found = await Promise.all(tables.map(async (name) => ({ name, rows: await rowsSince(ledger, name, since, limit) })));
  return { ...mergeChanges(found, limit), head: seq };
}

/** Asked of all tables before anything is awaited, so that all answer of one moment. */
async function rowsSince(ledger: Ledger, name: string, seq: number, limit: number): Promise<Iterable<Row>> {
  const table = ledger.table(name);
  return "know" in table ? table.since(seq, limit) : firstOf(table.since(seq), limit);
}

/** As many rows as a page can hold, and one of the seq behind them. */
function firstOf(rows: Iterable<Row>, limit: number): readonly Row[] {
  const taken: Row[] = [];
  for (const row of rows) {
    taken.push(row);
    const passed = taken[limit];
    if (passed && row.seq > passed.seq) break;
  }
  return taken;
}

/** A table's rows in seq order, as readers of changes want them. Most transactions write them so already. */
function inSeqOrder(writes: readonly Write[]): readonly Write[] {
  const last = new Map<string, number>();
  for (const { table, row } of writes) {
    if (row.seq < (last.get(table) ?? 0)) return [...writes].sort((a, b) => a.row.seq - b.row.seq);
    last.set(table, row.seq);
  }
  return writes;
}
