import { consoleLogger, InventoryError, systemClock } from "@onhand/core";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { etag } from "hono/etag";
import { TrieRouter } from "hono/router/trie-router";
import { demandHooks } from "../shared/authorization";
import { isAllowedOrigin } from "../shared/request";
import { systemTimers } from "../shared/timers";
import { type AnswerHeaders, answerJson, answerWith, commonHeaders } from "./answer";
import { createExchange, type HttpEnv } from "./exchange";
import { jobOperations, ownJobs } from "./job-operations";
import { createJobs } from "./jobs";
import { describeOperations, type OpenApiDocument } from "./openapi";
import type { Operation } from "./operation";
import { inventoryOperations } from "./operations";
import { defaultHttpLimits, type HttpHandler, type HttpHandlerOptions } from "./options";
import { createProbes } from "./probes";
import { answeredWith, problemOf, problemResponse } from "./problem";
import { pagePolicy, referencePage } from "./reference-page";
import { createRouter } from "./router";

export type { Schema } from "@onhand/core/schemas";
export { allowEverythingForDemos } from "../shared/authorization";
export { systemTimers, type Timers } from "../shared/timers";
export type { Input } from "./input";
export { type Job, type JobDefinition, type JobLimits, type JobRun, jobStatuses } from "./jobs";
export { defaultHttpLimits, type HttpHandler, type HttpHandlerOptions, type HttpLimits } from "./options";
export { type Problem, problemFor } from "./problem";
export type { ExportReport, ReportFormat } from "./report-operations";

/**
 * Serves an inventory over HTTP: every command, question and report as a resource, long work as jobs, and a description of it all.
 *
 * What it answers is what the inventory answers. Whatever is refused is answered with problem details (RFC 9457), changes nothing, and
 * holds no word of a driver. It keeps nothing between requests but jobs, so any number of processes may serve one ledger; a job is known
 * to the process that runs it.
 *
 * @returns what Web-standard servers call with a `Request`; `@hono/node-server` puts it into node:http, Express and Fastify.
 * @throws {@link TypeError} when `authenticate` or `authorize` is missing, or `basePath` is no path.
 * @example
 * const handle = createHttpHandler({
 *   inventory,
 *   basePath: "/api",
 *   authenticate: (request) => sessions.actorOf(request.headers.get("authorization")),
 *   authorize: (actor, action) => action === "read" || actor?.role === "clerk",
 * });
 * createServer(getRequestListener(handle)).listen(3000);
 * @see docs/guides/http.md
 */
export function createHttpHandler(options: HttpHandlerOptions): HttpHandler {
  demandHooks(options);
  const { inventory, authenticate, authorize, basePath = "", documentation = true, allowedOrigins } = options;
  if (!/^(?:\/[\w.~-]+)*$/.test(basePath)) throw new TypeError(`basePath must be a path such as /api, not ${basePath}`);
  const { clock = systemClock, timers = systemTimers, logger = consoleLogger, newId = () => globalThis.crypto.randomUUID() } = options;
  const limits = { ...defaultHttpLimits, ...options.limits };
  const jobs = createJobs({ limits, clock, logger, newId });
  const kinds = { ...ownJobs(inventory), ...options.jobs };
  const reportFiles = { exportReport: options.exportReport, maxReportRows: limits.maxReportRows };
  const operations = [...inventoryOperations(inventory, basePath, reportFiles), ...jobOperations(jobs, kinds, basePath)];
  const exchange = createExchange({ authenticate, authorize, basePath, limits, jobs, timers, logger });

  const refuse = (context: Context<HttpEnv>, error: unknown, headers?: AnswerHeaders): Response =>
    problemResponse(context, problemOf(error, { logger, ...context.env }), headers);
  const root = new Hono<HttpEnv>({ router: createRouter() });
  root.onError((error, context) => refuse(context, error));
  const known = new TrieRouter<PlaceInUse>();
  root.notFound((context) => {
    const place = known.match(context.req.method, context.req.path)[0][0]?.[0];
    if (!place) return refuse(context, new InventoryError("UNKNOWN_ROUTE", placeOf(context)));
    return refuse(context, unknownMethod(context, place.path), { allow: place.allow });
  });
  const app = root.basePath(basePath);
  for (const operation of operations) {
    const { method, path } = operation.route;
    const before = method === "GET" ? [etag()] : [];
    app.on(method, [honoPath(path)], ...before, exchange(operation));
  }
  const probes = createProbes({ inventory, timers, timeoutMs: limits.timeoutMs });
  app.get("/health", (context) => answerJson(context, probes.health()));
  app.get("/ready", async (context) => answerJson(context, await probes.ready()));
  if (documentation) serveDocumentation(app, describeOperations(operations, basePath));
  for (const place of placesInUse(operations)) known.add("ALL", basePath + honoPath(place.path), place);

  const pages = new Hono<HttpEnv>();
  pages.onError((error, context) => refuse(context, error));
  pages.use(admit(allowedOrigins));
  pages.all("*", ({ req, env }) => root.fetch(req.raw, env));

  return async (request) => {
    const { headers } = request;
    const given = headers.get("x-request-id");
    const requestId = given !== null && givenId.test(given) ? given : newId();
    // What comes from no page is spared the chain of middlewares, which costs more than finding its route does.
    return (headers.has("origin") ? pages : root).fetch(request, { requestId, writes: false, idempotencyKey: undefined });
  };
}

function serveDocumentation(app: Hono<HttpEnv>, document: OpenApiDocument): void {
  app.get("/openapi.json", (context) => answerJson(context, document));
  app.get("/docs", (context) => {
    const nonce = globalThis.crypto.randomUUID();
    const headers = { "content-type": "text/html; charset=UTF-8", "content-security-policy": pagePolicy(nonce) };
    return answerWith(context, referencePage(document, nonce), 200, headers);
  });
}

const unknownMethod = (context: Context<HttpEnv>, path: string): InventoryError =>
  answeredWith(405, new InventoryError("UNSUPPORTED", { feature: `${placeOf(context).method} ${path}` }));

const probePaths = ["/health", "/ready"];
const honoPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ":$1");

/** A path, and the methods there are for it, as the `Allow` header has them. */
interface PlaceInUse {
  readonly path: string;
  readonly allow: string;
}

function placesInUse(operations: readonly Operation[]): readonly PlaceInUse[] {
  const methods = new Map<string, string[]>(probePaths.map((path) => [path, ["GET", "HEAD"]]));
  for (const { route } of operations) {
    const { path, method } = route;
    methods.set(path, [...(methods.get(path) ?? []), method, ...(method === "GET" ? ["HEAD"] : [])]);
  }
  return [...methods].map(([path, allowed]) => ({ path, allow: allowed.sort().join(", ") }));
}

/** What was asked for, no longer than a log can bear. */
const placeOf = ({ req }: Context<HttpEnv>): { readonly method: string; readonly path: string } => ({
  method: req.method.slice(0, 16),
  path: req.path.slice(0, 200),
});

/** The longest id of a request that somebody else may give, and what it is made of. */
const givenId = /^[\w\-=]{1,128}$/;

/** Refuses pages of foreign origins, and tells those that are allowed. */
function admit(allowed: readonly string[] | undefined): MiddlewareHandler<HttpEnv> {
  const tell = cors({
    origin: (origin) => origin,
    credentials: true,
    allowHeaders: ["authorization", "content-type", "idempotency-key", "if-none-match", "prefer", "x-request-id"],
    exposeHeaders: ["content-disposition", "etag", "location", "preference-applied", "retry-after", "x-request-id"],
    maxAge: 600,
  });
  return async (context, next) => {
    const origin = context.req.header("origin") as string;
    // An answer to a preflight is made of what stands here.
    for (const [name, value] of Object.entries(commonHeaders(context))) context.header(name, value);
    const host = context.req.header("host") ?? new URL(context.req.url).host;
    if (isAllowedOrigin({ headers: { origin, host } }, allowed)) return tell(context, next);
    throw new InventoryError("FORBIDDEN", { action: "origin", resource: origin.slice(0, 200) });
  };
}
