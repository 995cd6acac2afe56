import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInventory, type Inventory } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { allowEverythingForDemos, createSseServer, type HubOptions } from "@onhand/transport-adapters/sse/server";
import { createWsServer } from "@onhand/transport-adapters/ws/server";
import { build } from "tsup";
import { root } from "./dashboard";

/** An inventory served both ways on one port, with a page on it. */
export interface LiveServer {
  readonly inventory: Inventory;
  readonly url: string;
  /** Whether WebSockets are let through. */
  websockets: boolean;
  /** Links open now, by the way they took. */
  links(): { readonly ws: number; readonly sse: number };
  /** The `Last-Event-ID` of each stream that was asked for. */
  readonly lastEventIds: readonly (string | undefined)[];
  /** Ends every connection, as a lost network does. */
  cut(): void;
  close(): Promise<void>;
}

const cookie = "till=3";

/** Starts it, with ten of one product. Who has the page's cookie is let in. */
export async function startLiveServer(): Promise<LiveServer> {
  const inventory = await createInventory({ storage: memoryStorage() });
  await inventory.products.create({ sku: "TEA", name: "Green tea" });
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  await inventory.stock.receive({ sku: "TEA", storeId: "berlin", quantity: 10 });
  const script = await bundle();
  const options: Pick<HubOptions, "inventory" | "authenticate" | "authorize"> = {
    inventory,
    authenticate: ({ request }) => (request?.headers.cookie?.includes(cookie) ? { id: "till" } : undefined),
    authorize: allowEverythingForDemos,
  };
  const lastEventIds: (string | undefined)[] = [];
  const sse = createSseServer(options);
  const server = createServer((request, response) => {
    if (request.method === "GET" && request.url?.startsWith("/live/events"))
      lastEventIds.push(request.headers["last-event-id"]?.toString());
    if (!sse.handle(request, response)) answerPage(response, request.url === "/page.js" ? script : undefined);
  });
  // The upgrades of the one server, where they are let through.
  const behind = createServer();
  const ws = createWsServer({ ...options, server: behind });
  const live: LiveServer = {
    inventory,
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    websockets: true,
    links: () => ({ ws: ws.connections, sse: sse.connections }),
    lastEventIds,
    cut: () => server.closeAllConnections(),
    async close() {
      await Promise.all([ws.close(), sse.close()]);
      server.closeAllConnections();
      server.close();
      await inventory.close();
    },
  };
  server.on("upgrade", (request, socket, head) => {
    if (live.websockets) behind.emit("upgrade", request, socket, head);
    else socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return live;
}

function answerPage(response: ServerResponse, script: string | undefined): void {
  response.setHeader("set-cookie", `${cookie}; Path=/; HttpOnly; SameSite=Strict`);
  response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
  response.end(script ?? '<!doctype html><link rel="icon" href="data:,"><title>live</title><script src="/page.js"></script>');
}

async function bundle(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), "onhand-page-"));
  try {
    await build({
      config: false,
      entry: [join(root, "tests/e2e/support/live-page.ts")],
      outDir,
      format: "iife",
      platform: "browser",
      noExternal: [/./],
      silent: true,
      esbuildOptions: (esbuild) => {
        esbuild.conditions = ["@onhand/source"];
      },
    });
    return await readFile(join(outDir, "live-page.global.js"), "utf8");
  } finally {
    await rm(outDir, { recursive: true });
  }
}
