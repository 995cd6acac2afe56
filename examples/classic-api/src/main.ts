import { consoleLogger, isInventoryError } from "@onhand/core";
import { csvStorage } from "@onhand/storage-adapters/csv";
import { Command, InvalidArgumentError } from "commander";
import { startClassicApi } from "./start-classic-api";

interface Settings {
  readonly data: string;
  readonly seed?: string;
  readonly port: number;
  readonly host: string;
  readonly origin: readonly string[];
}

const { data, seed, port, host, origin } = new Command("classic-api")
  .description("The routes and events of the classic stock system, on onhand.")
  .option("--data <directory>", "where the ledger is kept", "./classic-data")
  .option("--seed <file>", "a ProductID,Quantity file to begin with")
  .option("--port <number>", "0 takes any free one", portOf, 5000)
  .option("--host <address>", "the address to listen on", "127.0.0.1")
  .option("--origin <origin...>", "pages that may call", ["http://localhost:3000"])
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Settings>();

// npm runs this in the example's folder; paths are meant from where npm was called.
process.chdir(process.env.INIT_CWD ?? ".");
try {
  const storage = csvStorage({ directory: data });
  const api = await startClassicApi({ storage, port, host, origins: origin, ...(seed && { seed }), logger: consoleLogger });
  console.log(`the classic API is listening on ${api.url} (csv:${data})`);
  console.log(`OPEN TO EVERYBODY who can reach ${host}: the classic front end knows no passwords.`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void api.close());
} catch (error) {
  // What the system refused (a taken port, a missing file) says so itself.
  if (!isInventoryError(error) && !(error instanceof Error && "syscall" in error)) throw error;
  console.error(`the classic API can't start: ${error.message}`);
  process.exitCode = 1;
}

function portOf(text: string): number {
  if (/^\d{1,5}$/u.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("must be a whole number from 0 to 65535.");
}
