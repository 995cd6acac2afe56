import { CommanderError } from "commander";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readSettings } from "../src/settings";

let said: string;

beforeEach(() => {
  said = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test("keeps to this machine, to a CSV directory and to those with the token, unless told otherwise", () => {
  expect(readSettings(["--token", "secret"])).toMatchObject({
    storage: "csv:./data",
    host: "127.0.0.1",
    port: 3000,
    token: "secret",
    demo: false,
  });
});

test("takes the token from ONHAND_TOKEN as well", () => {
  vi.stubEnv("ONHAND_TOKEN", "from the environment");
  expect(readSettings([]).token).toBe("from the environment");
});

test("takes where everything is from the environment as well, which no list of processes shows", () => {
  vi.stubEnv("ONHAND_STORAGE", "postgres://me:secret@primary/shop");
  vi.stubEnv("ONHAND_REPLICA", "postgres://me:secret@replica/shop");
  vi.stubEnv("ONHAND_REDIS", "redis://cache:6379");
  expect(readSettings(["--open-for-demo"])).toMatchObject({
    storage: "postgres://me:secret@primary/shop",
    replica: ["postgres://me:secret@replica/shop"],
    redis: "redis://cache:6379",
  });
});

test.each([
  [["--redis", "localhost:6379"], "--redis"],
  [["--port", "70000"], "--port"],
  [["--demo", "--products", "10001"], "--products"],
  [["--demo", "--rate", "many"], "--rate"],
  [["--demo", "--colour", "red"], "--colour"],
  [["--open-for-demo", "--products", "5"], "--products needs --demo"],
  [["--token", "secret", "--open-for-demo"], "contradict"],
  [["--token", "secret", "--users", "users.json"], "contradict"],
  [["--users", "users.json", "--open-for-demo"], "contradicts"],
  [[], "--users <file>"],
  [["--token", ""], "--token must not be empty"],
  [["--demo", "--origin", "shop.example/page"], "--origin"],
  [["--demo", "leftover"], "too many arguments"],
])("refuses %j", (args, reason) => {
  expect(() => readSettings(args)).toThrow(CommanderError);
  expect(said).toContain(reason);
});
