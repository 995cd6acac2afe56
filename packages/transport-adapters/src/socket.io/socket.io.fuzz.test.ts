import { deepStrictEqual, ok } from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInventory } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import * as fc from "fast-check";
import { Server } from "socket.io";
import * as msgpack from "socket.io-msgpack-parser";
import { expect, it, onTestFinished, vi } from "vitest";
import { WebSocket } from "ws";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";
import { encoded, hostileValues, insideWords, jsonTexts } from "../shared/testing/hostile";
import { answersFence, fence, hostileFrames, hostileGreetings } from "../shared/testing/hostile-frames";
import { wireEvents } from "./events";
import { allowEverythingForDemos, createSocketIoServer } from "./server";

const packetsOfRun = 10;
const patience = { timeout: 30_000, interval: 1 };
const runs = 50 * budgets.hostileInput;

/** Packets by the kind of Socket.IO: connect, disconnect, event, ack, error, and binary ones. */
interface Packet {
  readonly type: unknown;
  readonly nsp: unknown;
  readonly data?: unknown;
  readonly id?: unknown;
}

const asText = (frame: string | Uint8Array): unknown => (typeof frame === "string" ? frame : new TextDecoder().decode(frame));
const frames = fc.oneof(
  { weight: 30, arbitrary: hostileFrames.map(asText) },
  { weight: 1, arbitrary: hostileFrames },
  { weight: 1, arbitrary: hostileValues },
);
const spaces = fc.oneof(
  { weight: 40, arbitrary: fc.constant<unknown>("/") },
  { weight: 1, arbitrary: fc.constantFrom<unknown>("/x", "", "__proto__", 7, null) },
);
const events = fc.record<Packet>({
  type: fc.constant(2),
  nsp: spaces,
  data: fc
    .tuple(fc.oneof({ weight: 30, arbitrary: fc.constant<unknown>(wireEvents.frame) }, { weight: 1, arbitrary: hostileValues }), frames)
    .map(([name, frame]) => [name, frame]),
});
const others = fc.record<Packet>({
  type: fc.constantFrom<unknown>(0, 1, 3, 4, 5, 6, 99, "2", null),
  nsp: spaces,
  data: hostileValues,
  id: hostileValues,
});
const rightConnect: Packet = { type: 0, nsp: "/", data: wireEvents.asked };
const connects = fc.oneof(
  { weight: 9, arbitrary: fc.constant(rightConnect) },
  { weight: 1, arbitrary: hostileValues.map((data): Packet => ({ type: 0, nsp: "/", data })) },
);
const greetings = hostileGreetings.map((frame): Packet => ({ type: 2, nsp: "/", data: [wireEvents.frame, asText(frame)] }));
const packets = fc.oneof({ weight: 20, arbitrary: events }, { weight: 1, arbitrary: others });
const lastWord: Packet = { type: 2, nsp: "/", data: [wireEvents.frame, fence] };
const leaves = (message: Packet | Uint8Array): boolean => "type" in message && message.type === 1;
/** What is no packet in any parser. */
const garbage = encoded(jsonTexts(hostileValues));

const withoutBytes = (_name: string, value: unknown): unknown => (value instanceof Uint8Array ? Array.from(value) : value);
const engineMessage = "4";

const kinds = [
  {
    name: "the usual parser",
    parser: undefined,
    encode: ({ type, data }: Packet): readonly (string | Uint8Array)[] => [
      `${engineMessage}${type}${JSON.stringify(data, withoutBytes) ?? ""}`,
    ],
  },
  {
    name: "the msgpack parser",
    parser: msgpack,
    encode: (packet: Packet): readonly (string | Uint8Array)[] => new msgpack.Encoder().encode(packet) as unknown as readonly Uint8Array[],
  },
];

it.each(kinds)(
  "whatever comes over Socket.IO, with $name, in 500 packets, the server goes on",
  { timeout: searchTimeoutMs },
  async ({ parser, encode }) => {
    const inventory = await createInventory({ storage: memoryStorage() });
    const server = createServer();
    const io = new Server(server, parser && { parser });
    const logged: string[] = [];
    const live = createSocketIoServer({
      inventory,
      io,
      authenticate: ({ token }) => (token === undefined ? undefined : { id: token }),
      authorize: allowEverythingForDemos,
      logger: { error: (_facts, message) => void logged.push(message), warn: () => undefined },
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(async () => {
      await live.close();
      await io.close();
      await inventory.close();
    });
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/socket.io/?EIO=4&transport=websocket`;

    async function opened(): Promise<{ readonly socket: WebSocket; readonly heard: string[] }> {
      const socket = new WebSocket(url);
      const heard: string[] = [];
      socket.on("message", (data) => void heard.push(String(data)));
      await once(socket, "open");
      return { socket, heard };
    }

    /** Connects; who does so rightly waits until it is let in, or what it says next would be refused unheard. */
    async function connected(packet: Packet) {
      const { socket, heard } = await opened();
      send(socket, packet);
      if (packet === rightConnect) while (heard.length < 2) await once(socket, "message");
      return { socket, heard };
    }

    function send(socket: WebSocket, packet: Packet | Uint8Array): void {
      for (const part of packet instanceof Uint8Array ? [packet] : encode(packet)) socket.send(part);
    }

    let welcomes = 0;
    const messages = fc.oneof({ weight: 30, arbitrary: packets }, { weight: 1, arbitrary: garbage });
    const rests = fc.array(messages, { minLength: packetsOfRun, maxLength: packetsOfRun, size: "max" });
    await fc.assert(
      fc.asyncProperty(connects, greetings, rests, async (connect, greeting, rest) => {
        const { socket, heard } = await connected(connect);
        const closed = once(socket, "close");
        send(socket, greeting);
        await Promise.race([closed, vi.waitUntil(() => connect !== rightConnect || heard.length > 2, patience)]);
        for (const packet of [...rest, lastWord]) send(socket, packet);
        // Who did not ask for frames is the host's, who says nothing here; who has left the namespace is not heard any more.
        if (connect === rightConnect && !rest.some(leaves))
          await Promise.race([closed, vi.waitUntil(() => heard.some(answersFence), patience)]);
        socket.close();
        await closed;

        if (heard.some((text) => text.includes("welcome"))) welcomes += 1;
        for (const text of heard) ok(!insideWords.test(text), text.slice(0, 500));
        deepStrictEqual(logged, []);
      }),
      // Made smaller, a case would be waited for each time anew.
      { numRuns: runs, endOnFailure: true },
    );

    expect(welcomes, "many were let in, or nothing was looked at closely").toBeGreaterThan(runs / 4);
    await expect.poll(() => live.connections).toBe(0);
    const { socket, heard } = await connected(rightConnect);
    send(socket, { type: 2, nsp: "/", data: [wireEvents.frame, JSON.stringify({ t: "hello", v: 1, token: "ada" })] });
    await expect.poll(() => heard.some((text) => text.includes("welcome"))).toBe(true);
    socket.close();
    expect(await inventory.verify()).toMatchObject({ ok: true });
  },
);
