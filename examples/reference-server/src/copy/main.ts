import type { StorageAdapter } from "@onhand/core";
import { InvalidArgumentError } from "commander";
import { commandLine } from "../command-line";
import { type Advice, explain } from "../explain";
import { shownAddress, storageAddresses, storageFromUrl } from "../storage/storage-from-url";
import { runCopy } from "./copy";

interface Flags {
  readonly from: string;
  readonly to: string;
  readonly pageRows?: number;
}

const advice: Advice = {
  INVALID_STATE: "nothing more was written; copy into an empty place",
  STORAGE_LOCKED: "stop what has it open, then run this again",
  ABORTED: "run this again to go on from here",
  OUTCOME_UNKNOWN: "run this again: it goes on with what did arrive",
};

const program = commandLine("copy")
  .description(
    "Copies a ledger from one storage to another and compares every row. Interrupted, it goes on where it stopped when run again.",
  )
  .requiredOption("--from <address>", storageAddresses)
  .requiredOption("--to <address>", "the same; empty, or what an earlier run left")
  .option("--page-rows <number>", "rows in one transaction", wholeNumber)
  .action(run);

async function run({ from, to, pageRows }: Flags): Promise<void> {
  const stopping = new AbortController();
  process.once("SIGINT", () => stopping.abort());
  const opened: StorageAdapter[] = [];
  const open = async (address: string) => {
    const storage = await storageFromUrl(address);
    opened.push(storage);
    return storage;
  };
  try {
    console.error(`from ${shownAddress(from)} to ${shownAddress(to)}`);
    const summary = await runCopy({
      from: await open(from),
      to: await open(to),
      ...(pageRows !== undefined && { pageRows }),
      signal: stopping.signal,
      stream: process.stderr,
      now: () => performance.now(),
    });
    console.log(JSON.stringify(summary));
    if (summary.verify !== "ok") process.exitCode = 1;
  } finally {
    await Promise.all(opened.map((storage) => storage.close()));
  }
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("must be a whole number, 1 or more.");
}

program.parseAsync().catch((error: unknown) => {
  const reason = explain(error, advice);
  if (reason === undefined) throw error;
  console.error(`copy: ${reason}`);
  process.exitCode = 1;
});
