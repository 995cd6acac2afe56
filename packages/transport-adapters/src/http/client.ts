import {
  type AlertsApi,
  type CostingApi,
  type CountsApi,
  errorCodes,
  type Feed,
  type FeedFilter,
  type ForecastsApi,
  type Inventory,
  InventoryError,
  type InventoryErrorCode,
  type InventoryErrorDetails,
  type LotsApi,
  type ProductsApi,
  type PurchaseOrdersApi,
  type ReorderRequest,
  type ReportsApi,
  type ReservationsApi,
  type RunOutRequest,
  type StockApi,
  type StoresApi,
  type SuppliersApi,
  type ThresholdsApi,
  type TransfersApi,
} from "@onhand/core";
import type { Job } from "./jobs";
import type { ReportFormat } from "./report-operations";
import { type CommandRoute, commandRoutes, fieldsInPath, fillPath, firstFieldOf, type ReadRoute, type Route, readRoutes } from "./routes";

export type { Job } from "./jobs";
export type { Problem } from "./problem";
export type { ReportFormat } from "./report-operations";

/** What {@link createHttpClient} takes. */
export interface HttpClientOptions {
  /** Where the handler is, its base path included: `https://shop.example/api`. */
  readonly url: string | URL;
  /** The user's token, fresh at each call. Leave it out where a cookie authenticates. */
  readonly getToken?: () => string | undefined | Promise<string | undefined>;
  /** Whether cookies go to a server of another origin; `same-origin` when not given. */
  readonly credentials?: RequestCredentials;
  /** The platform's own unless given. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Long work on the server. */
export interface JobsClient {
  /** Starts a job. With a file, `input` goes into the query. */
  start(kind: string, input?: Readonly<Record<string, unknown>>, file?: Blob): Promise<Job>;
  /** Starts a report, as {@link ReportsApi} has it; its file is there when the job is done. JSON unless said. */
  startReport(name: keyof ReportsApi, request?: Readonly<Record<string, unknown>>, format?: ReportFormat | "json"): Promise<Job>;
  /** How it stands. @throws {@link InventoryError} `UNKNOWN_JOB`. */
  get(id: string): Promise<Job>;
  /** Tells it to end. @throws {@link InventoryError} `UNKNOWN_JOB`; `INVALID_STATE` when it is over. */
  cancel(id: string): Promise<Job>;
  /** The file it made. @throws {@link InventoryError} `UNKNOWN_JOB`; `INVALID_STATE` when there is none. */
  file(id: string): Promise<Blob>;
}

/** The inventory behind a handler, with the methods of an inventory. */
export interface InventoryHttpClient {
  readonly products: ProductsApi;
  readonly stores: StoresApi;
  readonly stock: StockApi;
  readonly reservations: Omit<ReservationsApi, "sweep">;
  readonly thresholds: ThresholdsApi;
  readonly alerts: Omit<AlertsApi, "check">;
  readonly transfers: TransfersApi;
  readonly counts: CountsApi;
  readonly suppliers: SuppliersApi;
  readonly purchaseOrders: PurchaseOrdersApi;
  readonly costing: CostingApi;
  readonly lots: LotsApi;
  readonly forecasts: Pick<ForecastsApi, "demand"> & {
    /** As `inventory.forecasts.reorder`, but for `termsFor`: a function does not travel. */
    reorder(request?: Omit<ReorderRequest, "termsFor">): ReturnType<ForecastsApi["reorder"]>;
    /** As `inventory.forecasts.runOuts`, but for `termsFor`. */
    runOuts(request?: Omit<RunOutRequest, "termsFor">): ReturnType<ForecastsApi["runOuts"]>;
  };
  /** As `inventory.reports`. One of more rows than the server answers at once goes as a job: {@link JobsClient.startReport}. */
  readonly reports: ReportsApi;
  readonly feed: {
    /** Where the ledger stands, and which ledger it is. */
    head(): Promise<{ readonly epoch: string; readonly head: number }>;
    /** What changed after `seq`, as `inventory.feed.since` tells it. */
    since(
      seq: number,
      options?: { readonly limit?: number } & Partial<FeedFilter>,
    ): Promise<{ readonly epoch: string } & Awaited<ReturnType<Feed["since"]>>>;
  };
  readonly jobs: JobsClient;
  /** Runs a command by its name, as `inventory.execute` does. */
  readonly execute: Inventory["execute"];
}

type Fields = Readonly<Record<string, unknown>>;

const fitsHeader = /^[!#-~](?:[ -~]*[!-~])?$/;

/**
 * Calls a handler of `createHttpHandler`, from a browser or from Node, as if the inventory were here.
 *
 * What was refused is thrown as the `InventoryError` it was. It sends every request once: a command whose answer got lost is
 * `OUTCOME_UNKNOWN`, and sending it again under its `idempotencyKey` is safe.
 *
 * @example
 * const inventory = createHttpClient({ url: "https://shop.example/api", getToken: () => session.token });
 * const { levels } = await inventory.stock.sell({ sku: "TEA-50", storeId: "berlin", quantity: 1, idempotencyKey: "order-1042" });
 * @see docs/guides/http.md
 */
export function createHttpClient(options: HttpClientOptions): InventoryHttpClient {
  const send = createSender(options);

  function run({ method, path }: CommandRoute, given: Fields): Promise<Fields> {
    const { idempotencyKey, ...input } = given;
    // What a header can't carry as it is goes with the other fields, for the server to judge.
    if (typeof idempotencyKey !== "string" || !fitsHeader.test(idempotencyKey)) return send({ method, path, input: given, writes: true });
    return send({ method, path, input, writes: true, idempotencyKey });
  }

  async function ask({ method, path, shape, entity }: ReadRoute, input: Fields): Promise<unknown> {
    const answer = await send({ method, path, input });
    return shape === "one" ? answer[entity] : answer;
  }

  const areas: Record<string, Record<string, unknown>> = {};
  const offer = <R extends Route>(routes: Readonly<Record<string, R>>, call: (route: R, input: Fields) => Promise<unknown>) => {
    for (const [name, route] of Object.entries(routes)) {
      const [area, method] = name.split(".") as [string, string];
      const first = firstFieldOf(route);
      areas[area] = { ...areas[area], [method]: async (...given: readonly unknown[]) => call(route, fieldsOf(given, first)) };
    }
  };
  offer(commandRoutes, run);
  offer(readRoutes, ask);

  const job = async (method: Route["method"], path: string, input: Fields = {}): Promise<Job> =>
    (await send({ method, path, input, writes: method === "POST" })).job as Job;
  return {
    ...(areas as unknown as Omit<InventoryHttpClient, "feed" | "jobs" | "execute">),
    feed: {
      head: async () => (await send({ method: "GET", path: "/feed/head", input: {} })) as never,
      since: async (seq, wanted) => (await send({ method: "GET", path: "/feed/changes", input: { ...wanted, seq } })) as never,
    },
    jobs: {
      start: async (kind, input = {}, file) =>
        file
          ? ((await send({ method: "POST", path: `/jobs/${encodeURIComponent(kind)}`, input, file, writes: true })).job as Job)
          : job("POST", `/jobs/${encodeURIComponent(kind)}`, input),
      async startReport(name, request = {}, format = "json") {
        const { method, path } = readRoutes[`reports.${name}`] as ReadRoute;
        return (await send({ method, path, input: { ...request, format }, prefer: "respond-async" })).job as Job;
      },
      get: (id) => job("GET", "/jobs/{id}", { id }),
      cancel: (id) => job("DELETE", "/jobs/{id}", { id }),
      file: async (id) => (await send({ method: "GET", path: "/jobs/{id}/file", input: { id }, answer: "blob" })) as never,
    },
    async execute(command, input) {
      const route = Object.hasOwn(commandRoutes, command) ? commandRoutes[command] : undefined;
      if (route) return (await run(route, input)) as never;
      throw new InventoryError("INVALID_INPUT", { issues: [{ path: "command", message: `there is no command ${command.slice(0, 64)}` }] });
    },
  };
}

/** The arguments of a method as the fields of one input. */
function fieldsOf(given: readonly unknown[], first: string | undefined): Fields {
  const [value, ...others] = given;
  const isFields = typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
  const named = first === undefined || isFields ? (value as Fields | undefined) : { [first]: value };
  return Object.assign({}, named, ...others) as Fields;
}

interface Sent {
  readonly method: Route["method"];
  readonly path: string;
  readonly input: Fields;
  readonly file?: Blob;
  readonly writes?: boolean;
  readonly idempotencyKey?: string;
  readonly prefer?: string;
  readonly answer?: "json" | "blob";
}

function createSender({ url, getToken, credentials = "same-origin", fetch = globalThis.fetch }: HttpClientOptions) {
  const base = String(url).replace(/\/+$/, "");

  function requestOf({
    method,
    path,
    input,
    file,
    idempotencyKey,
    prefer,
  }: Sent): readonly [string, RequestInit & { headers: Record<string, string> }] {
    const inPath = fieldsInPath(path);
    const rest = Object.entries(input).filter(([field, value]) => value !== undefined && !inPath.includes(field));
    const address = base + fillPath(path, input);
    const headers: Record<string, string> = {
      ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
      ...(prefer !== undefined && { prefer }),
    };
    if (method === "GET" || method === "DELETE" || file) {
      const init = { method, headers: { ...headers, ...(file && { "content-type": file.type }) }, ...(file && { body: file }) };
      return [address + queryText(rest), init];
    }
    return [
      address,
      { method, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(Object.fromEntries(rest)) },
    ];
  }

  return async (sent: Sent): Promise<Fields> => {
    const token = await getToken?.();
    const [address, init] = requestOf(sent);
    if (token !== undefined) init.headers.authorization = `Bearer ${token}`;
    const lost = lostAnswer(sent);
    const response = await fetch(address, { ...init, credentials }).catch(lost);
    if (response.ok && sent.answer === "blob") return (await response.blob().catch(lost)) as never;
    const answer = (await response.json().catch(lost)) as Fields;
    if (response.ok) return answer;
    throw errorOf(answer) ?? lost(new Error(`the server answered ${response.status}`));
  };
}

/** No answer came: of a command nobody knows whether it was applied. */
const lostAnswer =
  ({ writes, idempotencyKey }: Sent) =>
  (cause: unknown): never => {
    if (!writes) throw new InventoryError("STORAGE_UNAVAILABLE", { reason: "the server gave no answer" }, { cause });
    throw new InventoryError("OUTCOME_UNKNOWN", idempotencyKey === undefined ? {} : { idempotencyKey }, { cause });
  };

/** The error that problem details tell of; undefined when they are none of ours. */
function errorOf({ code, details }: Fields): InventoryError | undefined {
  if (typeof code !== "string" || !Object.hasOwn(errorCodes, code)) return undefined;
  return new InventoryError(code as InventoryErrorCode, (details ?? {}) as InventoryErrorDetails);
}

function queryText(fields: readonly (readonly [string, unknown])[]): string {
  const query = new URLSearchParams();
  for (const [field, value] of fields) {
    if (Array.isArray(value)) for (const item of value) query.append(field, textOf(item));
    else if (typeof value === "object" && value !== null && !(value instanceof Date))
      for (const [inner, item] of Object.entries(value)) query.append(`${field}[${inner}]`, textOf(item));
    else query.append(field, textOf(value));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

const textOf = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));
