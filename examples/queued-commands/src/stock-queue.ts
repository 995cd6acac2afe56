/** A command on its way to the worker. */
export interface StockJob {
  /** Names the job, and is the command's idempotency key: however often a queue hands it out, it is applied once. */
  readonly id: string;
  readonly command: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What became of a job. */
export type JobOutcome =
  | { readonly applied: true; readonly seq: number }
  | { readonly applied: false; readonly code: string; readonly details: Readonly<Record<string, unknown>> };

/** How a job fares: `waiting` until a worker has applied it or it was refused; `failed` when it was given up. */
export type JobStatus =
  | { readonly state: "waiting" }
  | { readonly state: "done"; readonly outcome: JobOutcome }
  | { readonly state: "failed" };

/** Ends a worker; the job under way is finished before. */
export type StopWorker = () => Promise<void>;

/** A queue that hands every job out until a worker is through with it. */
export interface StockQueue {
  /** Resolves when the job is kept. Adding one that is there does nothing. */
  add(job: StockJob): Promise<void>;
  /** Undefined when there is no such job, or it is forgotten by now. */
  status(id: string): Promise<JobStatus | undefined>;
  /** Begins to hand out jobs. One whose worker rejects, or dies, is handed out again. */
  work(apply: (job: StockJob) => Promise<JobOutcome>): Promise<StopWorker>;
  close(): Promise<void>;
}
