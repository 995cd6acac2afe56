import { InvalidArgumentError } from "commander";
import { commandLine } from "../command-line";
import { explain } from "../explain";
import { shownAddress } from "../storage/storage-from-url";
import { held, type OversellOptions, oversell } from "./oversell";

type Flags = Omit<OversellOptions, "address"> & { readonly storage: string };

const program = commandLine("oversell")
  .description("Lets several processes buy the last units of one product at once, and proves that not one too many was sold.")
  .requiredOption(
    "--storage <address>",
    "sqlite:FILE, postgres://… or mysql://…; each run makes a schema, database or file of its own there",
  )
  .option("--processes <number>", "how many", wholeNumber, 8)
  .option("--attempts <number>", "of each process", wholeNumber, 1_000)
  .option("--units <number>", "how many there are", wholeNumber, 500)
  .action(run);

async function run({ storage, ...options }: Flags): Promise<void> {
  console.error(`${options.processes} processes on ${shownAddress(storage)}`);
  const started = performance.now();
  const summary = await oversell({ address: storage, ...options });
  console.error(`${((performance.now() - started) / 1_000).toFixed(1)} s, with starting the processes and checking the ledger`);
  console.log(JSON.stringify(summary));
  if (!held(summary, options.units)) process.exitCode = 1;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("must be a whole number, 1 or more.");
}

program.parseAsync().catch((error: unknown) => {
  const reason = explain(error);
  if (reason === undefined) throw error;
  console.error(`oversell: ${reason}`);
  process.exitCode = 1;
});
