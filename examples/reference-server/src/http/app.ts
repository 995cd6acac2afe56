import { existsSync } from "node:fs";
import { serveStatic } from "@hono/node-server/serve-static";
import type { Authorize, Inventory } from "@onhand/core";
import { exportReport } from "@onhand/import-export";
import { createHttpHandler } from "@onhand/transport-adapters/http";
import { type Context, Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Logger } from "pino";
import { bearerToken, type Identify, type Pages } from "../access";
import type { SignIn } from "../auth/sign-in";
import { createPermissionsApi } from "./permissions";
import { createSessionApi, type WayIn } from "./session";

/** What the HTTP side of the server is made of. */
export interface AppOptions {
  readonly inventory: Inventory;
  /** The name of the storage, for `/api/health`. */
  readonly storage: string;
  readonly identify: Identify;
  readonly authorize: Authorize;
  /** How somebody signs in, and the way for users with passwords. */
  readonly wayIn: WayIn;
  readonly signIn?: SignIn | undefined;
  readonly pages: Pages;
  /** The built dashboard. */
  readonly dashboard: string;
  readonly logger: Logger;
}

const nothing = ["'none'"];
const own = ["'self'"];

// The page needs nothing but its own files and its own server, so nothing else is let in.
const contentSecurityPolicy = {
  defaultSrc: nothing,
  scriptSrc: own,
  styleSrc: own,
  imgSrc: [...own, "data:"],
  connectSrc: own,
  baseUri: nothing,
  formAction: nothing,
  frameAncestors: nothing,
};

/** The page and the API. */
export function createApp({ inventory, storage, identify, authorize, wayIn, signIn, pages, dashboard, logger }: AppOptions): Hono {
  const app = new Hono();
  app.onError((error, context) => {
    logger.error({ err: error }, "a page could not be served");
    return context.text("Something went wrong.\n", 500);
  });
  app.use(async (context, next) => {
    const from = { origin: context.req.header("Origin"), host: context.req.header("Host") };
    return pages.admits(from) ? next() : context.text("This server is not for your page.\n", 403);
  });
  app.route("/api/session/permissions", createPermissionsApi({ identify, authorize, logger }));
  app.route("/api/session", createSessionApi(wayIn, signIn, logger));
  app.get("/api/health", async ({ json }) => {
    const { feed, capabilities } = inventory;
    return json({ status: "ok", storage, durability: capabilities.durability, epoch: feed.epoch, head: await feed.head() });
  });
  const api = createHttpHandler({
    inventory,
    basePath: "/api",
    exportReport,
    authenticate: (request) => identify(bearerToken(request.headers.get("Authorization") ?? undefined)),
    authorize,
    ...(pages.origins && { allowedOrigins: pages.origins }),
    logger,
  });
  app.all("/api/*", (context) => api(context.req.raw));
  app.use(secureHeaders({ contentSecurityPolicy, referrerPolicy: "no-referrer", xFrameOptions: "DENY", strictTransportSecurity: false }));
  if (existsSync(dashboard)) servePage(app, dashboard);
  else app.get("/", (context) => context.text(notBuilt, 503));
  app.notFound((context) => context.text("Not found.\n", 404));
  return app;
}

/** The page's files; and where a browser is sent to an address of the page's own, the page, which knows what to show there. */
function servePage(app: Hono, dashboard: string): void {
  app.use(serveStatic({ root: dashboard, onFound: setCaching }));
  const page = serveStatic({ root: dashboard, path: "index.html", onFound: setCaching });
  app.get("*", (context, next) => (isVisit(context) ? page(context, next) : next()));
}

const isVisit = ({ req }: Context): boolean => !req.path.startsWith("/assets/") && (req.header("Accept") ?? "").includes("text/html");

const notBuilt = "The dashboard is not built yet. Run `npm run build` in the root of the repository, then reload this page.\n";

// Built files carry a hash of what is in them in their names; the page that names them does not.
const setCaching = (path: string, context: Context) =>
  context.header("Cache-Control", path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
