import { deepStrictEqual } from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInventory } from "@onhand/core";
import { subprotocol } from "@onhand/core/protocol";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import * as fc from "fast-check";
import { expect, it, onTestFinished, vi } from "vitest";
import { WebSocket } from "ws";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";
import { answersFence, fence, hostileFrames, hostileGreetings } from "../shared/testing/hostile-frames";
import { judgeRefusal } from "../shared/testing/judge-refusal";
import { allowEverythingForDemos, createWsServer } from "./server";

const framesOfRun = 10;
const patience = { timeout: 30_000, interval: 1 };
const runs = 100 * budgets.hostileInput;

it("whatever comes over a WebSocket, in 1,000 frames, each refusal has a code and the server goes on", {
  timeout: searchTimeoutMs,
}, async () => {
  const inventory = await createInventory({ storage: memoryStorage() });
  const server = createServer();
  const logged: string[] = [];
  const log = (_facts: object, message: string) => void logged.push(message);
  const live = createWsServer({
    inventory,
    server,
    authenticate: ({ token }) => (token === undefined ? undefined : { id: token }),
    authorize: allowEverythingForDemos,
    logger: { error: log, warn: () => undefined },
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    await live.close();
    server.close();
    await inventory.close();
  });
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/live`;

  let welcomes = 0;
  await fc.assert(
    fc.asyncProperty(
      hostileGreetings,
      fc.array(hostileFrames, { minLength: framesOfRun, maxLength: framesOfRun, size: "max" }),
      async (greeting, frames) => {
        const socket = new WebSocket(url, subprotocol);
        const heard: string[] = [];
        socket.on("message", (data) => void heard.push(String(data)));
        await once(socket, "open");
        const closed = once(socket, "close");
        for (const frame of [greeting, ...frames, fence]) socket.send(frame);
        await Promise.race([closed, vi.waitUntil(() => heard.some(answersFence), patience)]);
        socket.close();
        await closed;
        if (heard.some((text) => text.includes("welcome"))) welcomes += 1;
        for (const text of heard) {
          const frame = JSON.parse(text) as { readonly t: string; readonly code?: unknown };
          if (frame.t === "nack" || frame.t === "bye") judgeRefusal(frame.code, text);
        }
        deepStrictEqual(logged, []);
      },
    ),
    // Made smaller, a case would be waited for each time anew.
    { numRuns: runs, endOnFailure: true },
  );

  expect(welcomes, "many were let in, or nothing was looked at closely").toBeGreaterThan(runs / 4);
  await expect.poll(() => live.connections).toBe(0);
  const healthy = new WebSocket(url, subprotocol);
  await once(healthy, "open");
  healthy.send(JSON.stringify({ t: "hello", v: 1, token: "ada" }));
  expect(JSON.parse(String((await once(healthy, "message"))[0]))).toMatchObject({ t: "welcome" });
  healthy.close();
  expect(await inventory.verify()).toMatchObject({ ok: true });
});
