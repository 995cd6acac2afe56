/** Where a file stands, and what it may import from there. The first rule whose `from` matches decides. */
export type ImportRule = {
  /** Paths relative to the root; `<x>` is one folder or file name, and means the same in `may`; a trailing `/` takes everything below. */
  readonly from: string;
  /** Paths as in `from`, package names with their entry, libraries, `node:*` for all of Node, `*` for any library. */
  readonly may: readonly string[];
  /** The same, for `import type` only. */
  readonly mayTypes?: readonly string[];
  /** Also what the README.md beside the file names on its "May import:" line, relative to packages/core/src. */
  readonly readme?: true;
  /** No clock, no randomness, no timers, no async: the same input always gives the same answer. */
  readonly pure?: true;
  readonly because: string;
};

const core = "packages/core/src";
const storages = "packages/storage-adapters/src";
const transports = "packages/transport-adapters/src";
const publicCore = [`${core}/index`, `${core}/protocol/index`, "@onhand/core", "@onhand/core/protocol"];
/** What runs in browsers: the half of the protocol that brings no schema library along, and core's types. */
const browserCore = "@onhand/core/protocol/client";
const testingMay = [`${core}/testing/`, ...publicCore, "node:assert", "node:assert/strict"];
const publicEntries = ["@onhand/*", "*", "node:*"];

/** The import table of the architecture page. Anything not named here is refused. */
export const importRules: readonly ImportRule[] = [
  { from: `${core}/errors/`, may: [`${core}/errors/`], because: "errors stand below everything" },
  {
    from: `${core}/domain/shared/`,
    may: [`${core}/errors/`, `${core}/domain/shared/`, "zod"],
    pure: true,
    because: "domain/shared knows no slice, only errors and zod",
  },
  {
    from: `${core}/domain/<slice>/`,
    may: [`${core}/errors/`, `${core}/domain/shared/`, `${core}/domain/<slice>/`, "zod"],
    readme: true,
    pure: true,
    because: 'a slice imports errors, domain/shared, itself, and what its README.md names after "May import:"',
  },
  { from: `${core}/domain/<list>`, may: [`${core}/domain/`], pure: true, because: "a file between the slices only lists them" },
  {
    from: `${core}/ports/`,
    may: [`${core}/ports/`],
    mayTypes: [`${core}/domain/`, `${core}/errors/`],
    because: "a port knows the domain by its types only",
  },
  {
    from: `${core}/engine/`,
    may: [`${core}/engine/`, `${core}/ports/`, `${core}/domain/shared/`, `${core}/errors/`, "async-mutex", "mitt"],
    because: "the engine knows no slice",
  },
  {
    from: `${core}/protocol/`,
    may: [`${core}/protocol/`, `${core}/domain/`, `${core}/errors/`, "zod"],
    mayTypes: [`${core}/api/feed-types`],
    because: "the protocol speaks of the domain and its errors, in zod",
  },
  {
    from: `${core}/schemas/`,
    may: [`${core}/schemas/`, `${core}/api/`, `${core}/domain/`, `${core}/protocol/client-frame`, "zod"],
    because: "schemas describe what api takes and answers; nothing in core needs them",
  },
  {
    from: `${core}/api/`,
    may: [
      `${core}/api/`,
      `${core}/engine/`,
      `${core}/domain/`,
      `${core}/ports/`,
      `${core}/errors/`,
      `${core}/protocol/filter`,
      "mitt",
      "zod",
    ],
    because: "api puts engine, slices, ports and errors together; what a filter lets through is said once, in the protocol",
  },
  {
    from: `${core}/notifications/`,
    may: [`${core}/notifications/`, `${core}/api/monitor`, `${core}/ports/`, `${core}/errors/`],
    mayTypes: [`${core}/api/`, `${core}/domain/`],
    because: "notifications read the feed as any host could",
  },
  {
    from: `${core}/roles/`,
    may: [`${core}/roles/`],
    mayTypes: [`${core}/api/feed-types`, `${core}/ports/`],
    because: "who may do what is a table and one pure function over it",
  },
  {
    from: `${core}/testing/describe-<subject>`,
    may: [...testingMay, "vitest"],
    because: "a describe file registers cases with vitest and uses core as everybody does",
  },
  {
    from: `${core}/testing/`,
    may: testingMay,
    because: "cases use core as everybody does, and node:assert; vitest belongs in describe-*.ts",
  },
  {
    from: `${core}/index`,
    may: [
      `${core}/api/`,
      `${core}/domain/`,
      `${core}/engine/`,
      `${core}/notifications/`,
      `${core}/ports/`,
      `${core}/roles/`,
      `${core}/errors/`,
    ],
    because: "the public entry of core lists what core is",
  },
  {
    from: `${storages}/shared/`,
    may: [`${storages}/shared/`, "@onhand/core"],
    because: "what storages share belongs to no storage and no library",
  },
  {
    from: `${storages}/memory/`,
    may: [`${storages}/memory/`, `${storages}/shared/`, "@onhand/core", "async-mutex"],
    because: "the memory storage runs anywhere: core, shared and async-mutex",
  },
  {
    from: `${storages}/csv/`,
    may: [`${storages}/csv/`, `${storages}/shared/`, "@onhand/core", "async-mutex", "csv-parse", "csv-stringify", "node:*"],
    because: "a storage imports core, shared and its own libraries, never another storage",
  },
  {
    from: `${storages}/sql/node-sqlite/`,
    may: [`${storages}/sql/node-sqlite/`, "knex"],
    because: "a client for knex is made of knex's own",
  },
  {
    from: `${storages}/sql/`,
    may: [`${storages}/sql/`, `${storages}/shared/`, "@onhand/core", "async-mutex"],
    mayTypes: ["knex"],
    because: "the host brings its knex and its driver: nothing of them is loaded here",
  },
  {
    from: `${storages}/hints/`,
    may: [`${storages}/hints/`, "@onhand/core"],
    because: "hints go beside any storage, over a client that the host brings: no storage and no library is known here",
  },
  {
    from: `${storages}/duckdb/`,
    may: [`${storages}/duckdb/`, `${storages}/shared/`, "@onhand/core", "@duckdb/node-api", "async-mutex"],
    because: "a mirror follows any storage over core's ports and knows none of them",
  },
  {
    from: `${storages}/cli/`,
    may: [`${storages}/sql/index`, "node:*"],
    because: "a program is a thin way in to what the package exports",
  },
  {
    from: `${transports}/shared/`,
    may: [`${transports}/shared/`, "@onhand/core", "@onhand/core/protocol"],
    because: "what transports share has no sockets in it",
  },
  {
    from: `${transports}/ws/client`,
    may: [`${transports}/ws/`, browserCore],
    mayTypes: ["@onhand/core", "ws"],
    because: "the client side runs in a browser: no ws, no node:",
  },
  {
    from: `${transports}/ws/`,
    may: [`${transports}/ws/`, `${transports}/shared/`, "@onhand/core", "@onhand/core/protocol", "ws", "node:*"],
    because: "a transport imports core, its shared folder and its own library, never another transport or a storage",
  },
  {
    from: `${transports}/socket.io/client`,
    may: [`${transports}/socket.io/events`, browserCore, "socket.io-client"],
    mayTypes: ["@onhand/core"],
    because: "the client side runs in a browser: socket.io-client, no server and no node:",
  },
  { from: `${transports}/socket.io/events`, may: [browserCore], because: "both sides say these words" },
  {
    from: `${transports}/socket.io/`,
    may: [`${transports}/socket.io/`, `${transports}/shared/`, "@onhand/core", "@onhand/core/protocol", "socket.io", "node:*"],
    because: "a transport imports core, its shared folder and its own library, never another transport or a storage",
  },
  {
    from: `${transports}/sse/client`,
    may: [`${transports}/sse/event-stream`, `${transports}/sse/names`, `${transports}/shared/timers`, browserCore],
    mayTypes: ["@onhand/core"],
    because: "the client side runs in a browser: no server and no node:",
  },
  {
    from: `${transports}/sse/`,
    may: [`${transports}/sse/`, `${transports}/shared/`, "@onhand/core", "@onhand/core/protocol", "node:*"],
    because: "a transport imports core, its shared folder and its own library, never another transport or a storage",
  },
  {
    from: `${transports}/webhooks/`,
    may: [
      `${transports}/webhooks/`,
      `${transports}/shared/timers`,
      "@onhand/core",
      "standardwebhooks",
      "request-filtering-agent",
      "node:*",
    ],
    because: "webhooks read the feed as any host could; signing and the guard against private addresses are libraries",
  },
  {
    from: `${transports}/http/client`,
    may: [`${transports}/http/routes`, "@onhand/core"],
    mayTypes: [`${transports}/http/`],
    because: "the client side runs in a browser: the table of routes, no server and no schemas",
  },
  {
    from: `${transports}/http/`,
    may: [`${transports}/http/`, `${transports}/shared/`, "@onhand/core", "@onhand/core/schemas", "hono"],
    because: "a handler of Web-standard requests: core with its schemas, and Hono; no node:",
  },
  {
    from: `${transports}/fallback/`,
    may: [`${transports}/fallback/`, `${transports}/shared/timers`, browserCore],
    mayTypes: ["@onhand/core"],
    because: "falling back is about any transports: it knows none of them",
  },
  {
    from: `${transports}/auth/`,
    may: [`${transports}/auth/`, `${transports}/shared/request`, "@onhand/core", "jose", "node:*"],
    mayTypes: [`${transports}/shared/options`],
    because: "who somebody is can be found out on any transport: it knows none of them",
  },
  {
    from: `${transports}/rate-limits/`,
    may: [`${transports}/rate-limits/`, "@onhand/core", "rate-limiter-flexible"],
    mayTypes: [`${transports}/shared/options`],
    because: "limits hold for every transport: they know none of them",
  },
  {
    from: "packages/client/src/",
    may: ["packages/client/src/", browserCore, "@tanstack/query-core"],
    mayTypes: ["@onhand/core"],
    because: "the client knows core's types, its half of the protocol and query-core: no framework, no server, no schema library",
  },
  {
    from: "packages/react/src/",
    may: ["packages/react/src/", "@onhand/client", "react"],
    mayTypes: ["@onhand/core", "@onhand/core/protocol", "@tanstack/query-core"],
    because: "hooks are a few lines over the client",
  },
  {
    from: "packages/forecasting/src/create-forecaster",
    may: ["packages/forecasting/src/", "@onhand/core"],
    because: "the provider is asynchronous, as the port is; what it computes with is not",
  },
  {
    from: "packages/forecasting/src/",
    may: ["packages/forecasting/src/", "@onhand/core"],
    pure: true,
    because: "a forecast is worked out from numbers alone: core's port and errors, no library, no clock, no randomness",
  },
  {
    from: "packages/import-export/src/",
    may: [
      "packages/import-export/src/",
      "@onhand/core",
      "@onhand/core/protocol",
      "csv-parse",
      "csv-stringify",
      "fflate",
      "pdfkit",
      "read-excel-file",
      "node:*",
    ],
    because: "files go in and out over the public api of core; no storage is known here",
  },
  {
    from: "packages/observability/src/prometheus/",
    may: ["packages/observability/src/prometheus/", "@onhand/core", "prom-client"],
    because: "metrics are made of what core and any server tell about themselves; the registry is the host's",
  },
  {
    from: "packages/observability/src/opentelemetry/",
    may: ["packages/observability/src/opentelemetry/", "@onhand/core", "@opentelemetry/api"],
    because: "spans go through the API alone; the SDK is the host's",
  },
  { from: "packages/<package>/test/", may: [], because: "tests of a package import that package and public entries" },
  { from: "packages/<package>/tsup.config", may: ["tsup.base"], because: "every package is built from the one shared base" },
  { from: "examples/<example>/", may: ["examples/<example>/", ...publicEntries], because: "examples use public entries by package name" },
  { from: "tests/", may: ["tests/", ...publicEntries], because: "tests across packages use public entries by package name" },
  {
    from: "bench/",
    may: ["bench/", "tests/servers/", ...publicEntries],
    because: "benchmarks use public entries by package name, and the databases that tests find",
  },
  { from: "scripts/", may: ["scripts/", ...publicEntries], because: "scripts use public entries by package name" },
  { from: "<config>", may: ["scripts/", "*", "node:*"], because: "configuration at the root knows no package" },
];

/** What a test may import on top of the rule of its folder: its whole package, the public entries, the tools, what it may spend, and what gives it servers and breaks its links. */
export const testMay = ["packages/<package>/", "tests/budgets", "tests/servers/", "tests/chaos/", ...publicEntries];

/** Words that make a pure file impure. */
export const impureNames: readonly string[] = [
  "async",
  "await",
  "Date.now",
  "new Date()",
  "Math.random",
  "Promise",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "performance",
  "crypto",
  "process",
  "fetch",
  "console",
  "globalThis",
];

/** Words that only one file below a folder may use. */
export const singleUse = [{ name: "useSyncExternalStore", below: "packages/react/src/" }] as const;

/** One slice for each file of api, except where the slices come together. */
export const oneSlice = { below: `${core}/api/`, slices: `${core}/domain/`, except: [`${core}/api/create-inventory`] };
