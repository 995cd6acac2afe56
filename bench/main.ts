import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { engineSuite, type SuiteOptions } from "./engine/suite";
import { type ForecastOptions, forecastSuite } from "./forecast/suite";
import type { JitterOptions } from "./jitter/suite";
import type { ReportsOptions } from "./reports/suite";
import { type Line, printLines } from "./result";

const suites: Readonly<Record<string, (options: SuiteOptions & ForecastOptions & ReportsOptions & JitterOptions) => AsyncIterable<Line>>> =
  {
    engine: engineSuite,
    // Loaded when asked for: it needs drivers and servers.
    sql: async function* (options) {
      yield* (await import("./sql/suite")).sqlSuite(options);
    },
    forecast: forecastSuite,
    // Loaded when asked for: it needs Hono.
    http: async function* (options) {
      yield* (await import("./http/suite")).httpSuite(options);
    },
    reports: async function* (options) {
      yield* (await import("./reports/suite")).reportsSuite(options);
    },
    jitter: async function* (options) {
      yield* (await import("./jitter/suite")).jitterSuite(options);
    },
    fanout: async function* (options) {
      yield* (await import("./fanout/suite")).fanoutSuite(options);
    },
  };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
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
const [name = "engine"] = positionals;
const suite = suites[name];
if (!suite) throw new Error(`there is no suite ${name}; there is ${Object.keys(suites).join(", ")}`);
const only = values.only;

const lines: Line[] = [];
const options = {
  rounds: Number(values.rounds),
  roundMs: Number(values["round-ms"]),
  disk: values.disk,
  data: values.data,
  movements: Number(values.movements),
  clients: Number(values.clients),
  seconds: Number(values.seconds),
  only: (part: string) => !only || only.some((wanted) => part.startsWith(wanted)),
};
for await (const line of suite(options)) {
  lines.push(line);
  if (values.json) printLines([line], true);
  else console.error(`${Object.values(line).slice(1, 4).join(", ")}: done`);
}
if (!values.json) printLines(lines, false);
