import { commandLine } from "../command-line";
import { createProgress } from "../progress";
import { storageAddresses, storageFromUrl } from "../storage/storage-from-url";
import { parseSpeed, systemTimers } from "./pace";
import { planReplay } from "./plan";
import { readInvoices } from "./read-invoices";
import { replay } from "./replay";
import { serverTarget } from "./server-target";
import { storageTarget } from "./target";

interface Flags {
  readonly storage: string;
  readonly speed: string;
  readonly server?: string;
}

const program = commandLine("replay")
  .description(
    "Replays a retailer's invoice lines (UCI Online Retail, CSV or .csv.gz) as stock movements. Running it twice applies nothing twice.",
  )
  .argument("<file>", "the invoice lines")
  .option("--storage <address>", storageAddresses, "memory:")
  .option("--speed <speed>", "max, or a factor such as 60x of the recorded time", "max")
  .option("--server <url>", "sends to a running reference server instead of opening a storage; its token comes from ONHAND_TOKEN")
  .action(run);

async function run(path: string, flags: Flags): Promise<void> {
  const speed = parseSpeed(flags.speed);
  const storage = await storageFromUrl(flags.storage);
  const server = flags.server === undefined ? undefined : serverTarget(flags.server, process.env.ONHAND_TOKEN);
  const file = await readInvoices(path);
  const plan = planReplay(file.lines);
  const target = server ?? (await storageTarget(storage));
  const progress = createProgress(process.stderr, plan.lines.length, systemTimers.now);
  try {
    const { summary, skippedBy, refusedBy } = await replay({
      file,
      plan,
      target,
      speed,
      timers: systemTimers,
      onProgress: progress.update,
    });
    progress.stop();
    console.error(`skipped: ${listed(skippedBy)}\nrefused: ${listed(refusedBy)}`);
    console.log(JSON.stringify(summary));
    if (summary.verify === "failed") process.exitCode = 1;
  } finally {
    progress.stop();
    await target.close();
  }
}

const listed = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, count]) => `${name} ${count}`).join(", ") || "nothing";

program.parseAsync().catch((error: Error) => {
  console.error(`replay: ${error.message}`);
  process.exitCode = 1;
});
