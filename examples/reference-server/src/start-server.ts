import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import { createInventory, type Inventory, redactingLogger, rolePolicy } from "@onhand/core";
import { createForecaster } from "@onhand/forecasting";
import { withHints } from "@onhand/storage-adapters/hints";
import { createRateLimits } from "@onhand/transport-adapters/rate-limits";
import { allowEverythingForDemos, createWsServer, type WsServer } from "@onhand/transport-adapters/ws/server";
import type { Logger } from "pino";
import { createDoorkeeper, pagesFor } from "./access";
import { openSessions } from "./auth/sessions";
import { createSignIn } from "./auth/sign-in";
import { loadUsers } from "./auth/users";
import { demoAssortment } from "./demo/assortment";
import { startBusiness } from "./demo/business";
import { demoProducts } from "./demo/catalogue";
import { openShop } from "./demo/open-shop";
import { type AppOptions, createApp } from "./http/app";
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
      forecast: createForecaster(),
      // What a database or a client says in an error may hold what nobody should read in a log.
      logger: redactingLogger(logger),
      observers: metrics ? [metrics.observer] : [],
    });
    closing.push(() => inventory.close());
    const door = await doorOf(settings, closing);
    const server = await listen(settings);
    closing.push(() => closeHttp(server));
    const live = answer(server, inventory, settings, door, logger);
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

/** Who may come in, how they say so, and what they may do. */
type Door = Pick<AppOptions, "identify" | "authorize" | "wayIn" | "signIn">;

async function doorOf({ token, users, adminPassword }: Settings, closing: (() => Promise<void>)[]): Promise<Door> {
  if (users !== undefined) {
    const known = await loadUsers(users, adminPassword);
    const sessions = openSessions(`${users}.sessions.db`);
    closing.push(async () => sessions.close());
    const signIn = await createSignIn(known, { sessions });
    const identify: Door["identify"] = (shown) => signIn.authenticate(shown === undefined ? {} : { token: shown });
    return { wayIn: "password", signIn, identify, authorize: rolePolicy() };
  }
  if (token === undefined) return { wayIn: "open", identify: createDoorkeeper({ open: true }), authorize: allowEverythingForDemos };
  return { wayIn: "token", identify: createDoorkeeper({ open: false, token }), authorize: (actor) => actor !== undefined };
}

/** Puts the page, the API and the live data on a server that listens. */
function answer(server: Server, inventory: Inventory, settings: Settings, door: Door, logger: Logger): WsServer {
  const { host, origin, dashboard = builtDashboard } = settings;
  const limits = createRateLimits({ logger });
  const authenticate = limits.authenticate(({ token: shown }) => door.identify(shown));
  const pages = pagesFor({ host, port: portOf(server) }, origin);
  const storage = settings.storage.split(":", 1)[0] ?? "";
  server.on("request", getRequestListener(createApp({ inventory, storage, ...door, pages, dashboard, logger }).fetch));
  return createWsServer({
    inventory,
    server,
    path: livePath,
    authenticate,
    authorize: door.authorize,
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
