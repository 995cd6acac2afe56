import { spawn } from "node:child_process";
import { expect, test } from "vitest";

const source = ["--conditions=@onhand/source", "--import", "tsx"];
const tools = {
  bench: "bench/main.ts",
  replay: "examples/reference-server/src/replay/main.ts",
  copy: "examples/reference-server/src/copy/main.ts",
  users: "examples/reference-server/src/users/main.ts",
  "test:oversell": "examples/reference-server/src/oversell/main.ts",
  serve: "examples/reference-server/src/main.ts",
  cluster: "examples/cluster/src/main.ts",
  till: "examples/pos-checkout/src/main.ts",
  "classic-api": "examples/classic-api/src/main.ts",
};

function run(...argv: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [...source, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
  }
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, said })));
}

test.each(Object.entries(tools))("%s says what is wrong with its command line, without a stack, and ends with 2", async (_, path) => {
  const { code, said } = await run(path, "--no-such-option");
  expect(said).toMatch(/option/i);
  expect(said).not.toMatch(/^\s+at /mu);
  expect(code).toBe(2);
});

test("bench says how it is used, before anything is built", async () => {
  const { code, said } = await run(tools.bench, "--help");
  expect(said).toMatch(/^Usage: npm run bench -- \[suite\]/u);
  expect(code).toBe(0);
});
