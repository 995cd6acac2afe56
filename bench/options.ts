import { tmpdir } from "node:os";
import { parseArgs } from "node:util";

const suites = {
  engine: "movements per second, beside what a host would otherwise do",
  sql: "the same on PostgreSQL, SQLite and MariaDB",
  http: "requests beside a route written by hand",
  reports: "reports over many movements",
  fanout: "what it costs to tell many screens",
  jitter: "what arrives when links and a server go",
  forecast: "accuracy beside published figures",
} as const;

/** What there is to measure. */
export type SuiteName = keyof typeof suites;

/** How the benchmarks are called. */
export const usage = `Usage: npm run bench -- [suite] [options]

${Object.entries(suites)
  .map(([name, says]) => `  ${name.padEnd(20)} ${says}`)
  .join("\n")}

  --json               one JSON line per case
  --only <part>        engines and cases that begin so; may be given again
  --rounds <number>    how often each is measured (5)
  --round-ms <number>  how long a round is (1000)
  --disk <directory>   on the disk to measure
  --data <directory>   forecast: where the series are
  --movements <number> reports: how many there are (10000000)
  --clients <number>   jitter: how many (2000)
  --seconds <number>   jitter: how long (120)
`;

/** What is to be measured. */
export type BenchOptions = ReturnType<typeof readOptions>;

/**
 * Reads the command line.
 *
 * @throws {@link TypeError} that says what is wrong with it.
 */
export function readOptions(argv: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h", default: false },
      json: { type: "boolean", default: false },
      rounds: { type: "string", default: "5" },
      "round-ms": { type: "string", default: "1000" },
      disk: { type: "string", default: tmpdir() },
      data: { type: "string", default: "../shared/data/forecast" },
      movements: { type: "string", default: "10000000" },
      only: { type: "string", multiple: true },
      clients: { type: "string", default: "2000" },
      seconds: { type: "string", default: "120" },
    },
  });
  const [suite = "engine", stray] = positionals;
  if (!isSuite(suite)) throw new TypeError(`there is no suite ${suite}`);
  if (stray !== undefined) throw new TypeError(`one suite at a time: ${suite} or ${stray}`);
  const { help, json, disk, data, only } = values;
  return {
    suite,
    help,
    json,
    rounds: numberOf("rounds", values.rounds),
    roundMs: numberOf("round-ms", values["round-ms"]),
    disk,
    data,
    movements: numberOf("movements", values.movements),
    clients: numberOf("clients", values.clients),
    seconds: numberOf("seconds", values.seconds),
    only: (part: string) => !only || only.some((wanted) => part.startsWith(wanted)),
  };
}

const isSuite = (name: string): name is SuiteName => Object.hasOwn(suites, name);

function numberOf(name: string, text: string): number {
  if (/^[1-9]\d{0,9}$/u.test(text)) return Number(text);
  throw new TypeError(`--${name} takes a whole number, 1 or more`);
}
