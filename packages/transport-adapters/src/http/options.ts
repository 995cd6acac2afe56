import type { Actor, Authorize, Clock, Inventory, Logger } from "@onhand/core";
import type { Timers } from "../shared/timers";
import type { JobDefinition, JobLimits } from "./jobs";
import type { ExportReport } from "./report-operations";

/** Bounds of what one request may take. */
export interface HttpLimits extends JobLimits {
  /** The longest body of a command; 262,144 bytes unless said. */
  readonly maxBodyBytes: number;
  /** The most rows of a report that is answered at once; 10,000 unless said. A longer one is made as a job. */
  readonly maxReportRows: number;
  /** How long an answer may take, in milliseconds; 30,000 unless said. A command that takes longer is `OUTCOME_UNKNOWN`. */
  readonly timeoutMs: number;
}

/** The bounds that hold unless others are given. */
export const defaultHttpLimits: HttpLimits = {
  maxBodyBytes: 262_144,
  maxReportRows: 10_000,
  timeoutMs: 30_000,
  maxRunningJobs: 32,
  maxKeptJobs: 1_000,
  maxKeptResultBytes: 268_435_456,
  jobKeptMs: 3_600_000,
};

/** What {@link createHttpHandler} takes. */
export interface HttpHandlerOptions {
  readonly inventory: Inventory;
  /**
   * Says who sends a request, by its headers; undefined when it can't be told, which is answered with 401. It may throw an
   * `InventoryError`, such as `RATE_LIMITED`; whatever else it throws is a 503.
   */
  readonly authenticate: (request: Request) => Actor | undefined | Promise<Actor | undefined>;
  /**
   * May they? Asked for every command (its name, its input), every row of an answer to a question (`read`,
   * `{ entity, key, sku?, storeId? }`; of a report its name is the key, and what it is asked about stands beside), the feed (`subscribe`, the filter) and every job (`jobs.<kind>`, its input). Anything but
   * `true` means no. Rows that may not be read are left out of lists; the answer of a command shows what it changed.
   */
  readonly authorize: Authorize;
  /** What all paths begin with, such as `/api`; nothing unless given. */
  readonly basePath?: string;
  /** The pages that may call, as `https://shop.example`; they are also told so by CORS. When not given, only pages of the very host that is called. */
  readonly allowedOrigins?: readonly string[];
  /** Writes reports as CSV, workbooks and PDF: `exportReport` of `@onhand/import-export`. Without it, they are JSON only. */
  readonly exportReport?: ExportReport;
  /** Long work of the host's own, by its kind: imports. `verify` and `rebuild` are there without it. */
  readonly jobs?: Readonly<Record<string, JobDefinition>>;
  /** Whether `/openapi.json` and `/docs` are there, for everybody; they are unless this is false. */
  readonly documentation?: boolean;
  readonly limits?: Partial<HttpLimits>;
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly logger?: Logger;
  /** Makes ids of requests and jobs; a job's must be unguessable. */
  readonly newId?: () => string;
}

/** Answers a request, as Web-standard servers call it. It never rejects. */
export type HttpHandler = (request: Request) => Promise<Response>;
