import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createInventory } from "@onhand/core";
import { addExamples } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { afterEach, describe, expect, it } from "vitest";
import { createPost } from "./post";
import { memoryStore, secret } from "./testing/webhook-fixture";
import { createWebhooks } from "./webhooks";

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  endings.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

const request = (url: string) => ({ url, headers: { "content-type": "application/json" }, body: '{"grün":1}' });
const never = new AbortController().signal;

describe("posting", () => {
  it("delivers the body as UTF-8 and tells the status and how long to wait", async () => {
    const bodies: string[] = [];
    const url = await listen(async (asked, answer) => {
      bodies.push(await text(asked));
      answer.writeHead(503, { "retry-after": "7" }).end("later");
    });
    const post = createPost({ allowPrivateNetwork: true });
    expect(await post(request(url), never)).toEqual({ status: 503, retryAfterMs: 7_000 });
    expect(bodies).toEqual(['{"grün":1}']);
  });

  it("follows no redirect", async () => {
    const asked: string[] = [];
    const url = await listen((got, answer) => {
      asked.push(got.url ?? "");
      answer.writeHead(307, { location: "/elsewhere" }).end();
    });
    expect(await createPost({ allowPrivateNetwork: true })(request(url), never)).toEqual({ status: 307 });
    expect(asked).toEqual(["/hook"]);
  });

  it("cuts an endless answer off and keeps the status", async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const url = await listen((_asked, answer) => {
      closed = once(answer, "close");
      answer.writeHead(200);
      const chunk = "x".repeat(16_384);
      const fill = (): void => {
        while (!answer.destroyed && answer.write(chunk));
        if (!answer.destroyed) answer.once("drain", fill);
      };
      fill();
    });
    expect(await createPost({ allowPrivateNetwork: true })(request(url), never)).toEqual({ status: 200 });
    await closed;
  });

  it("ends with its signal, and rejects where nobody answers", async () => {
    const url = await listen(() => undefined);
    const post = createPost({ allowPrivateNetwork: true });
    const aborting = new AbortController();
    const waiting = post(request(url), aborting.signal);
    aborting.abort();
    await expect(waiting).rejects.toThrow("abort");
    await expect(post(request("http://127.0.0.1:1/"), never)).rejects.toThrow("ECONNREFUSED");
  });

  it.each(["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "169.254.169.254", "10.0.0.1", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])(
    "refuses %s before it is connected to",
    async (host) => {
      let connected = false;
      const url = new URL(
        await listen((_asked, answer) => {
          connected = true;
          answer.end();
        }),
      );
      url.hostname = host;
      const refused = createPost({ allowPrivateNetwork: false })(request(url.href), never);
      await expect(refused).rejects.toThrow("is not allowed");
      expect(connected).toBe(false);
    },
  );
});

describe("webhooks over HTTP", () => {
  it("reach a real receiver in order through its failures, and what it gets carries a signature it can check", async () => {
    const inventory = await createInventory({ storage: memoryStorage() });
    endings.push(() => inventory.close());
    await addExamples(inventory);
    const told: number[] = [];
    const forged: string[] = [];
    let requests = 0;
    const arrived = new Promise<void>((resolve) => {
      listen(async (asked, answer) => {
        const body = await text(asked);
        if (!isSigned(asked, body)) forged.push(body);
        requests++;
        if (requests % 3 === 1) return void answer.writeHead(500).end();
        const { data } = JSON.parse(body);
        told.push(...data.changes.filter(({ entity }: { entity: string }) => entity === "movement").map(({ seq }: { seq: number }) => seq));
        answer.writeHead(204).end();
        if (data.to === 28) resolve();
      }).then((url) => {
        const webhooks = createWebhooks({
          inventory,
          store: memoryStore(),
          endpoints: [{ name: "erp", url, secrets: [secret], from: 0 }],
          allowPrivateNetwork: true,
          limits: { maxChanges: 4, gatherMs: 1, firstRetryMs: 1, longestRetryMs: 5 },
          logger: { error: () => undefined, warn: () => undefined },
        });
        endings.push(() => webhooks.stop());
      });
    });
    for (let count = 0; count < 20; count++) await inventory.stock.receive({ sku: "CUP", storeId: "hub", quantity: 1 });
    await arrived;
    expect(told).toEqual(Array.from({ length: 20 }, (_, index) => 9 + index));
    expect(forged).toEqual([]);
    expect(requests).toBeGreaterThan(5);
  });
});

function isSigned({ headers }: IncomingMessage, body: string): boolean {
  const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return headers["webhook-signature"] === `v1,${createHmac("sha256", Buffer.alloc(32, 7)).update(content).digest("base64")}`;
}
