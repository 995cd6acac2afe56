import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { readSettings } from "../src/settings";
import { startServer } from "../src/start-server";

const start = async (...args: string[]) => {
  const settings = readSettings(["--storage", "memory:", "--port", "0", "--token", "s3cret", ...args]);
  const server = await startServer(settings, pino({ level: "silent" }));
  onTestFinished(() => server.close());
  return server;
};

test("metrics are served on a port of their own, and not on the shop's", async () => {
  const { metricsUrl = "", url, inventory } = await start("--metrics-port", "0");
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  const answer = await fetch(metricsUrl);
  expect(answer.headers.get("content-type")).toContain("text/plain");
  const text = await answer.text();
  for (const line of [
    'onhand_commands_total{command="stores.create",outcome="OK"} 1',
    "onhand_head_seq 1",
    'onhand_connections{server="ws"} 0',
    "process_cpu_seconds_total",
  ])
    expect(text).toContain(line);
  expect(new URL(metricsUrl).hostname).toBe("127.0.0.1");
  expect((await fetch(new URL("/", metricsUrl))).status).toBe(404);
  expect(await (await fetch(`${url}/metrics`)).text()).not.toContain("onhand_");
});

test("metrics are off unless asked for", async () => {
  expect((await start()).metricsUrl).toBeUndefined();
});
