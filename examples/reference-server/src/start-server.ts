import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import { type Authorize, createInventory, type Inventory, redactingLogger } from "@onhand/core";
import { withHints } from "@onhand/storage-adapters/hints";
import { allowEverythingForDemos, createWsServer, type WsServer } from "@onhand/transport-adapters/ws/server";
import type { Logger } from "pino";
import { createDoorkeeper, pagesFor } from "./access";
import { demoAssortment } from "./demo/assortment";
import { startBusiness } from "./demo/business";
import { demoProducts } from "./demo/catalogue";
import { openShop } from "./demo/open-shop";
import { createApp } from "./http/app";
import { serveMetrics } from "./http/metrics";
import type { Settings } from "./settings";
import { hintsOverRedis } from "./storage/redis";
import { storageFromUrl } from "./storage/storage-from-url";

/** A server that listens. */
export interface RunningServer {
  readonly url: string;
  readonly inventory: Inventory;
  /** Where metrics are scraped, if they are. */
  readonly metricsUrl?: string;
  /** Sends the customers home, says goodbye to every page, answers what is under way and closes the ledger. */
  close(): Promise<void>;
}

const livePath = "/live";
const patienceMs = 3_000;
// From `src` and from `dist` the way is the same.
const builtDashboard = fileURLToPath(new URL("../../dashboard/dist", import.meta.url));

/** Opens the ledger and serves it: page, API and live data on one port. When a step fails, those before it are undone. */
export async function startServer(settings: Settings, logger: Logger): Promise<RunningServer> {
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const metrics = settings.metricsPort === undefined ? undefined : await serveMetrics({ port: settings.metricsPort, logger });
    if (metrics) closing.push(() => metrics.close());
    const hints = settings.redis === undefined ? undefined : hintsOverRedis(settings.redis, logger);
    if (hints) closing.push(hints.close);
    const storage = await storageFromUrl(settings.storage, settings.replica);
    const inventory = await createInventory({
      storage: hints ? withHints(storage, hints.carrier) : storage,
      // What a database or a client says in an error may hold what nobody should read in a log.
      logger: redactingLogger(logger),
      observers: metrics ? [metrics.observer] : [],
    });
    closing.push(() => inventory.close());
    const server = await listen(settings);
    closing.push(() => closeHttp(server));
    const live = answer(server, inventory, settings, logger);
    closing.push(() => live.close());
    metrics?.watchInventory(inventory);
    metrics?.watchServer("ws", live);
    if (settings.demo) closing.push(await openDemo(inventory, settings, logger));
    return { url: urlOf(server, settings.host), inventory, ...(metrics && { metricsUrl: metrics.url }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Puts the page, the API and the live data on a server that listens. */
function answer(server: Server, inventory: Inventory, settings: Settings, logger: Logger): WsServer {
  const { token, host, origin, dashboard = builtDashboard } = settings;
  const identify = createDoorkeeper(token === undefined ? { open: true } : { open: false, token });
  const pages = pagesFor({ host, port: portOf(server) }, origin);
  const authorize: Authorize = token === undefined ? allowEverythingForDemos : (actor) => actor !== undefined;
  const storage = settings.storage.split(":", 1)[0] ?? "";
  server.on("request", getRequestListener(createApp({ inventory, storage, identify, authorize, pages, dashboard, logger }).fetch));
  return createWsServer({
    inventory,
    server,
    path: livePath,
    authenticate: ({ token: shown }) => identify(shown),
    authorize,
    ...(pages.origins && { allowedOrigins: pages.origins }),
    logger,
  });
}

async function openDemo(inventory: Inventory, settings: Settings, logger: Logger): Promise<() => Promise<void>> {
  const { seed, rate, products: count = demoProducts.length } = settings;
  const products = demoAssortment({ count, seed });
  await openShop(inventory, { products, seed });
  const onTrouble = (error: unknown) => logger.error({ error }, "a demo customer was sent away");
  return startBusiness(inventory, { products, seed: seed + 1, customersPerSecond: rate, onTrouble });
}

async function listen({ port, host }: Settings): Promise<Server> {
  const server = createServer();
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

function urlOf(server: Server, host: string): string {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${portOf(server)}`;
}

async function closeHttp(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  // Whoever takes longer than this to send a request or take an answer is not waited for.
  const impatience = setTimeout(() => server.closeAllConnections(), patienceMs);
  await closed;
  clearTimeout(impatience);
}
