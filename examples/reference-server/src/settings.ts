import { Command, type CommanderError, InvalidArgumentError, Option } from "commander";
import { storageAddresses } from "./storage/storage-from-url";

/** What the server was asked to be. */
export interface Settings {
  readonly storage: string;
  readonly replica: readonly string[];
  readonly redis?: string;
  readonly port: number;
  readonly host: string;
  readonly token?: string;
  readonly users?: string;
  readonly adminPassword?: string;
  readonly openForDemo: boolean;
  readonly origin: readonly string[];
  readonly demo: boolean;
  readonly products?: number;
  readonly rate: number;
  readonly seed: number;
  readonly metricsPort?: number;
  readonly dashboard?: string;
  readonly logLevel: string;
}

const maximumProducts = 10_000;

/**
 * Reads the command line. `--help`, and anything that is wrong with it, ends as a `CommanderError` that has been printed.
 */
export function readSettings(argv: readonly string[]): Settings {
  const program = new Command("onhand-server")
    .description("The onhand reference server: a live dashboard, a JSON API and WebSocket on one port.")
    .addOption(
      new Option("--storage <address>", `where the ledger is kept: ${storageAddresses}`).env("ONHAND_STORAGE").default("csv:./data"),
    )
    .addOption(
      new Option("--replica <address...>", "copies of a postgres:// storage, for reads that may be a little old")
        .env("ONHAND_REPLICA")
        .default([]),
    )
    .addOption(
      new Option("--redis <address>", "tells servers on the same storage of each other's commits").env("ONHAND_REDIS").argParser(redisUrl),
    )
    .addOption(new Option("--port <number>", "0 takes any free one").default(3000).argParser(wholeNumber(0, 65_535)))
    .addOption(new Option("--host <address>", "the address to listen on").default("127.0.0.1"))
    .addOption(new Option("--token <secret>", "what callers must bring").env("ONHAND_TOKEN"))
    .addOption(new Option("--users <file>", "who may sign in, with a password and roles").env("ONHAND_USERS"))
    .addOption(new Option("--admin-password <secret>").env("ONHAND_ADMIN_PASSWORD").hideHelp())
    .addOption(new Option("--open-for-demo", "let everybody in, without a token").default(false))
    .addOption(new Option("--origin <origin...>", "pages of these origins may call as well").default([]).argParser(collectOrigins))
    .addOption(new Option("--demo", "a shop that is busy all day; open to everybody").default(false))
    .addOption(new Option("--products <number>", "how many products the demo has").argParser(wholeNumber(1, maximumProducts)))
    .addOption(new Option("--rate <number>", "customers per second in the demo").default(2).argParser(number(0, 1_000)))
    .addOption(new Option("--seed <number>", "the same seed gives the same shop").default(7).argParser(wholeNumber(0, 2 ** 32 - 1)))
    .addOption(
      new Option("--metrics-port <number>", "serve /metrics for Prometheus there, to this machine only").argParser(wholeNumber(0, 65_535)),
    )
    .addOption(new Option("--dashboard <directory>", "the built page").hideHelp())
    .addOption(new Option("--log-level <level>", "how much to log").choices(["debug", "info", "warn", "error", "silent"]).default("warn"))
    .exitOverride()
    .parse(argv, { from: "user" });
  return checked(program);
}

function checked(program: Command): Settings {
  const given = program.opts<Settings>();
  const demoOnly = (["products", "rate", "seed"] as const).filter((name) => program.getOptionValueSource(name) === "cli");
  if (!given.demo && demoOnly.length > 0) program.error(`error: --${demoOnly[0]} needs --demo`);
  if (given.token === "") program.error("error: --token must not be empty");
  const isClosed = given.token !== undefined || given.users !== undefined;
  if (given.token !== undefined && given.users !== undefined) program.error("error: --token and --users contradict each other");
  if (given.openForDemo && isClosed) program.error("error: --open-for-demo contradicts --token and --users");
  if (!given.demo && !given.openForDemo && !isClosed) {
    program.error("error: set --users <file>, or --token <secret> (or ONHAND_TOKEN), or say --open-for-demo to let everybody in");
  }
  return given;
}

function number(from: number, to: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`must be a number from ${from} to ${to}.`);
  };
}

function wholeNumber(from: number, to: number) {
  const parse = number(from, to);
  return (text: string): number => {
    const value = parse(text);
    if (Number.isInteger(value)) return value;
    throw new InvalidArgumentError("must be a whole number.");
  };
}

function redisUrl(text: string): string {
  if (URL.canParse(text) && /^rediss?:$/u.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError("must be redis://HOST:PORT or rediss://HOST:PORT.");
}

function collectOrigins(text: string, before: readonly string[]): readonly string[] {
  if (URL.canParse(text) && new URL(text).origin === text.replace(/\/$/u, "")) return [...before, new URL(text).origin];
  throw new InvalidArgumentError("must be an origin such as https://shop.example.");
}

/** Whether reading the command line ended because help was asked for, and not because of a mistake. */
export const wasHelp = (error: CommanderError): boolean => error.exitCode === 0;
