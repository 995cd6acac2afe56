import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { refusal, startServer } from "./support/server";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "onhand-refusals-"));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const lines = (text: string) => text.trimEnd().split("\n");

test("a port that is taken is said in one line", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const { code, stderr } = await refusal(["--demo", "--rate", "0", "--storage", "memory:", "--port", String(port)]);
  taken.close();
  expect(code).toBe(1);
  expect(lines(stderr)).toEqual([expect.stringMatching(/^onhand can't start\. PORT_TAKEN: /)]);
});

test("a directory that another server holds is said in one line, and that server is not disturbed", async () => {
  const storage = `csv:${join(directory, "held")}`;
  const holder = await startServer(["--open-for-demo", "--storage", storage, "--port", "0"]);
  onTestFinished(() => holder.kill());
  const { code, stderr } = await refusal(["--open-for-demo", "--storage", storage, "--port", "0"]);
  expect(code).toBe(1);
  expect(lines(stderr)).toEqual([expect.stringMatching(/^onhand can't start\. STORAGE_LOCKED: /)]);
  expect((await fetch(`${holder.url}/api/health`)).status).toBe(200);
  expect(await holder.stop()).toBe(0);
});

test("a place that can't hold a ledger is said in one line", async () => {
  const file = join(directory, "a-file");
  await writeFile(file, "");
  const { code, stderr } = await refusal(["--open-for-demo", "--storage", `csv:${file}`, "--port", "0"]);
  expect(code).toBe(1);
  expect(lines(stderr)).toEqual([expect.stringMatching(/^onhand can't start\. STORAGE_[A-Z]+: /)]);
});

test("a command line that does not say who may come in is refused with exit code 2 and a way out", async () => {
  const { code, stderr } = await refusal([]);
  expect(code).toBe(2);
  expect(lines(stderr)).toEqual([expect.stringMatching(/set --users <file>, or --token .* or say --open-for-demo/)]);
});

test("an unknown storage is refused with its name", async () => {
  const { code, stderr } = await refusal(["--open-for-demo", "--storage", "floppy:a"]);
  expect(code).toBe(1);
  expect(lines(stderr)).toEqual([expect.stringMatching(/INVALID_INPUT: storage .* not floppy:…/)]);
});

test("with a token the API is closed to everybody else", async () => {
  const server = await startServer(["--token", "open-sesame", "--storage", "memory:", "--port", "0"]);
  onTestFinished(() => server.kill());
  const status = async (headers: Record<string, string>) => (await fetch(`${server.url}/api/products`, { headers })).status;
  expect(await status({})).toBe(401);
  expect(await status({ Authorization: "Bearer guess" })).toBe(401);
  expect(await status({ Authorization: "Bearer open-sesame" })).toBe(200);
  expect(await server.stop()).toBe(0);
});
