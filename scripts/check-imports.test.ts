import { describe, expect, it } from "vitest";
import { checkImports } from "./imports/check";
import { readTree } from "./imports/read-tree";
import { root } from "./packages";

const entries = new Map([
  ["@onhand/core", [".", "./protocol", "./protocol/client"]],
  ["@onhand/storage-adapters", ["./memory"]],
]);
const check = (files: Record<string, string>): string[] => checkImports({ files: new Map(Object.entries(files)), entries });
const core = "packages/core/src";

const refused: [promise: string, path: string, source: string, what: string][] = [
  [
    "a slice does not reach into another slice",
    `${core}/domain/catalog/decide.ts`,
    'import { x } from "../stock/decide";',
    "../stock/decide",
  ],
  ["domain/shared knows no slice", `${core}/domain/shared/rows.ts`, 'import type { x } from "../stock/tables";', "../stock/tables"],
  ["the engine knows no slice", `${core}/engine/queue.ts`, 'export { x } from "../domain/stock/decide";', "../domain/stock/decide"],
  ["errors import nothing", `${core}/errors/codes.ts`, 'import { x } from "../ports/clock";', "../ports/clock"],
  ["core runs without node", `${core}/api/stock.ts`, 'import { randomUUID } from "node:crypto";', "node:crypto"],
  ["a dynamic import counts", `${core}/engine/queue.ts`, 'const x = await import("node:fs");', "node:fs"],
  ["an import in a type counts", `${core}/errors/codes.ts`, 'type X = import("../ports/clock").Clock;', "../ports/clock"],
  [
    "ports know the domain by types only",
    `${core}/ports/storage.ts`,
    'import { x } from "../domain/shared/rows";',
    "../domain/shared/rows",
  ],
  [
    "core imports no adapter",
    `${core}/api/stock.ts`,
    'import { x } from "@onhand/storage-adapters/memory";',
    "@onhand/storage-adapters/memory",
  ],
  ["vitest stays in describe files", `${core}/testing/cases.ts`, 'import { it } from "vitest";', "vitest"],
  ["storages do not know each other", "packages/storage-adapters/src/csv/index.ts", 'import { x } from "../memory";', "../memory"],
  ["memory has no node", "packages/storage-adapters/src/memory/index.ts", 'import { x } from "node:fs";', "node:fs"],
  [
    "a transport knows no storage",
    "packages/transport-adapters/src/ws/server.ts",
    'import { x } from "@onhand/storage-adapters/memory";',
    "memory",
  ],
  ["a browser client has no ws", "packages/transport-adapters/src/ws/client.ts", 'import { WebSocket } from "ws";', "ws"],
  ["the hub has no sockets", "packages/transport-adapters/src/shared/hub.ts", 'import { WebSocket } from "ws";', "ws"],
  ["the client knows no framework", "packages/client/src/index.ts", 'import { useState } from "react";', "react"],
  ["hooks use core by types only", "packages/react/src/index.ts", 'import { x } from "@onhand/core";', "@onhand/core"],
  ["packages never import examples", "packages/react/src/a.ts", 'import { x } from "../../../examples/pos/src/a";', "examples/pos"],
  ["examples use public entries", "examples/pos/src/a.ts", 'import { x } from "@onhand/core/src/engine";', "@onhand/core/src/engine"],
  ["examples do not reach over by path", "examples/pos/src/a.ts", 'import { x } from "../../../packages/core/src/index";', "packages/core"],
  ["tests use public entries too", "packages/client/test/a.test.ts", 'import { x } from "@onhand/core/engine";', "@onhand/core/engine"],
];

const impure = [
  "Date.now()",
  "new Date()",
  "Math.random()",
  "setTimeout(() => {}, 1)",
  "async () => 1",
  "Promise.resolve(1)",
  "crypto.randomUUID()",
  "process.env",
];

const allowed: [promise: string, path: string, source: string][] = [
  ["type imports of the domain in ports", `${core}/ports/storage.ts`, 'import type { x } from "../domain/shared/rows";'],
  ["inline type imports", `${core}/ports/storage.ts`, 'import { type x } from "../domain/shared/rows";'],
  ["describe files with vitest", `${core}/testing/describe-storage.ts`, 'import { it } from "vitest";'],
  ["node in the csv storage", "packages/storage-adapters/src/csv/index.ts", 'import { open } from "node:fs/promises";'],
  ["a date made from a number in the domain", `${core}/domain/shared/a.ts`, "export const x = (now: number) => new Date(now);"],
  ["a field called process in the domain", `${core}/domain/shared/a.ts`, "export const x = (row: { process: number }) => row.process;"],
  ["another package in a test", `${core}/engine/queue.test.ts`, 'import { x } from "@onhand/storage-adapters/memory";'],
  ["an import inside a comment", `${core}/errors/codes.ts`, '// import { x } from "node:fs";'],
  ["a public entry with a path", "packages/client/src/index.ts", 'import { x } from "@onhand/core/protocol/client";'],
];

describe("the import table", () => {
  it.each(refused)("%s", (_promise, path, source, what) => {
    const problems = check({ [path]: `\n${source}` });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${path}:2 imports `);
    expect(problems[0]).toContain(what);
    expect(problems[0]).toContain(": not allowed because ");
  });

  it.each(allowed)("allows %s", (_promise, path, source) => {
    expect(check({ [path]: source })).toEqual([]);
  });

  it.each(impure)("refuses %s in the domain", (code) => {
    const problems = check({ [`${core}/domain/shared/a.ts`]: `export const x = ${code};` });
    expect(problems).toEqual([expect.stringContaining("the domain is pure")]);
  });

  it("lets a slice import the one file its README names, and no other", () => {
    const files = (target: string) => ({
      [`${core}/domain/catalog/README.md`]: "Products. May import: `domain/shared`, `domain/stock/tables` (why).",
      [`${core}/domain/catalog/decide.ts`]: `import { x } from "../stock/${target}";`,
    });
    expect(check(files("tables"))).toEqual([]);
    expect(check(files("decide"))).toHaveLength(1);
  });

  it("keeps a file of api to the rules of one slice", () => {
    const api =
      'import { a } from "../domain/stock/decide";\nimport { b } from "../domain/catalog/decide";\nimport { c } from "../domain/catalog/tables";';
    expect(check({ [`${core}/api/stock.ts`]: api })).toEqual([expect.stringContaining("api/stock.ts:2")]);
    expect(check({ [`${core}/api/create-inventory.ts`]: api })).toEqual([]);
  });

  it("names the loop when files import each other", () => {
    const problems = check({ [`${core}/errors/a.ts`]: 'import "./b";', [`${core}/errors/b.ts`]: 'import "./a";' });
    expect(problems).toEqual([expect.stringContaining("errors/a → packages/core/src/errors/b → packages/core/src/errors/a")]);
  });

  it("lets files name each other's types", () => {
    expect(check({ [`${core}/errors/a.ts`]: 'import "./b";', [`${core}/errors/b.ts`]: 'import type { A } from "./a";' })).toEqual([]);
  });

  it("allows useSyncExternalStore in one file only", () => {
    const hook = 'import { useSyncExternalStore } from "react";\nuseSyncExternalStore();';
    expect(check({ "packages/react/src/a.ts": hook })).toEqual([]);
    expect(check({ "packages/react/src/a.ts": hook, "packages/react/src/b.ts": hook })).toEqual([expect.stringContaining("src/b.ts")]);
  });

  it("refuses a file that no rule covers", () => {
    expect(check({ "packages/new/src/a.ts": "" })).toEqual([expect.stringContaining("no rule")]);
  });

  it("is kept by this repository", { timeout: 60_000 }, () => {
    expect(checkImports(readTree(root))).toEqual([]);
  });
});
