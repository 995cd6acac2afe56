import { type Actor, type Clock, InventoryError, type Logger } from "@onhand/core";
import type { Schema } from "@onhand/core/schemas";
import type { Input } from "./input";
import { type Problem, problemOf } from "./problem";

/** What a job is given. */
export interface JobRun {
  /** The input, as its schema gives it. */
  readonly input: Input;
  /** The file that came with it; empty where the job takes none. */
  readonly file: Blob;
  readonly actor: Actor;
  /** Says when the job is to end: its caller has cancelled it, or the handler is closed. */
  readonly signal: AbortSignal;
  /** Tells how far it is, as plain JSON; the last word counts. */
  readonly progress: (progress: unknown) => void;
}

/** Long work that callers start, look at and cancel. */
export interface JobDefinition {
  /** One sentence for the reference page. */
  readonly summary: string;
  /** What it takes: a strict object schema of zod. Of a job that takes a file it comes in the query, else as JSON. */
  readonly input: Schema;
  /** Takes a file of one of these types as its body, such as `text/csv`, up to `maxBytes`. */
  readonly file?: { readonly types: readonly string[]; readonly maxBytes: number };
  /** Does it. What it answers must be plain JSON, or a `Blob` to be fetched as a file. */
  readonly run: (run: JobRun) => Promise<unknown>;
}

/** Bounds of jobs. */
export interface JobLimits {
  /** How many run at once; more are `QUEUE_FULL`. 32 unless said. */
  readonly maxRunningJobs: number;
  /** How many that are over are kept; 1,000 unless said. */
  readonly maxKeptJobs: number;
  /** How many bytes of files made by jobs are kept; the oldest go first. 256 MiB unless said. */
  readonly maxKeptResultBytes: number;
  /** How long one that is over is kept, in milliseconds; an hour unless said. */
  readonly jobKeptMs: number;
}

/** How a job stands: `cancelled` once it has ended because it was told to. */
export const jobStatuses = ["running", "done", "failed", "cancelled"] as const;

/** A job as its caller sees it. Times are epoch milliseconds. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly status: (typeof jobStatuses)[number];
  readonly startedAt: number;
  readonly endedAt?: number;
  /** What the job last said of how far it is. */
  readonly progress?: unknown;
  /** What it answered; of a file its type and length. */
  readonly result?: unknown;
  /** Why it failed. */
  readonly problem?: Problem;
}

interface Kept {
  job: Job;
  readonly ownerId: string;
  readonly abort: AbortController | undefined;
  file?: Blob;
}

interface Start {
  readonly kind: string;
  readonly actor: Actor;
  readonly requestId: string;
  /** Whether something may have been applied when it fails for a reason nobody foresaw. */
  readonly writes?: boolean;
  readonly cancellable: boolean;
  readonly work: (signal: AbortSignal, progress: (progress: unknown) => void) => Promise<unknown>;
}

/** The jobs of one handler. They live in this process: what a command did stays, what is known of a job goes with the process. */
export interface Jobs {
  start(start: Start): Job;
  /** @throws {@link InventoryError} `UNKNOWN_JOB`, also when it is somebody else's. */
  get(id: string, actor: Actor): Job;
  /** @throws {@link InventoryError} `UNKNOWN_JOB`; `INVALID_STATE` when it is over or can't be cancelled. */
  cancel(id: string, actor: Actor): Job;
  /** The file a job made. @throws {@link InventoryError} `UNKNOWN_JOB`; `INVALID_STATE` while, or when, there is none. */
  file(id: string, actor: Actor): Blob;
}

export function createJobs(options: {
  readonly limits: JobLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newId: () => string;
}): Jobs {
  const { limits, clock, logger, newId } = options;
  const running = new Map<string, Kept>();
  // In the order they ended, so the first are the oldest.
  const over = new Map<string, Kept>();

  function forgetOld(): void {
    const old = clock.now() - limits.jobKeptMs;
    let bytes = [...over.values()].reduce((sum, { file }) => sum + (file?.size ?? 0), 0);
    for (const [id, { job, file }] of over) {
      const isOld = (job.endedAt ?? 0) <= old || over.size > limits.maxKeptJobs;
      if (!isOld && bytes <= limits.maxKeptResultBytes) break;
      bytes -= file?.size ?? 0;
      over.delete(id);
    }
  }

  function settle(kept: Kept, outcome: Partial<Job> & Pick<Job, "status">): void {
    kept.job = { ...kept.job, ...outcome, endedAt: clock.now() };
    running.delete(kept.job.id);
    over.set(kept.job.id, kept);
    forgetOld();
  }

  function ended(kept: Kept, result: unknown): void {
    if (result instanceof Blob) kept.file = result;
    const told = result instanceof Blob ? { type: result.type, bytes: result.size } : result;
    settle(kept, { status: "done", ...(told !== undefined && { result: told }) });
  }

  function failed(kept: Kept, error: unknown, { requestId, writes }: Start): void {
    if (kept.abort?.signal.aborted) settle(kept, { status: "cancelled" });
    else settle(kept, { status: "failed", problem: problemOf(error, { requestId, logger, writes: writes === true }) });
  }

  function find(id: string, actor: Actor): Kept {
    forgetOld();
    const kept = running.get(id) ?? over.get(id);
    if (kept?.ownerId === actor.id) return kept;
    throw new InventoryError("UNKNOWN_JOB", { id: id.slice(0, 64) });
  }

  const inState = ({ job }: Kept, state: string) => new InventoryError("INVALID_STATE", { entity: "job", key: job.id, state });

  return {
    start(start) {
      if (running.size >= limits.maxRunningJobs) throw new InventoryError("QUEUE_FULL", { limit: limits.maxRunningJobs });
      const abort = new AbortController();
      const kept: Kept = {
        job: { id: newId(), kind: start.kind, status: "running", startedAt: clock.now() },
        ownerId: start.actor.id,
        abort: start.cancellable ? abort : undefined,
      };
      running.set(kept.job.id, kept);
      const progress = (said: unknown) => {
        if (kept.job.status === "running") kept.job = { ...kept.job, progress: said };
      };
      Promise.resolve()
        .then(() => start.work(abort.signal, progress))
        .then(
          (result) => ended(kept, result),
          (error: unknown) => failed(kept, error, start),
        );
      return kept.job;
    },
    get: (id, actor) => find(id, actor).job,
    cancel(id, actor) {
      const kept = find(id, actor);
      if (kept.job.status !== "running") throw inState(kept, kept.job.status);
      if (!kept.abort) throw inState(kept, "not cancellable");
      kept.abort.abort(new InventoryError("ABORTED", {}));
      return kept.job;
    },
    file(id, actor) {
      const kept = find(id, actor);
      if (kept.file) return kept.file;
      throw inState(kept, kept.job.status === "running" ? "running" : "without a file");
    },
  };
}
