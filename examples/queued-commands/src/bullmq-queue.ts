import { Job, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import type { JobOutcome, StockJob, StockQueue } from "./stock-queue";

/** What {@link createBullmqQueue} takes. */
export interface BullmqOptions {
  readonly url: string;
  /** Before every key in Redis. */
  readonly prefix?: string;
  /** How long a worker that shows no sign of life keeps its job. */
  readonly lockMs?: number;
}

const name = "stock";
const attempts = 20;
const keptSeconds = 86_400;

/** Jobs in Redis. They are as durable as it is: `appendonly yes` and `appendfsync always`, or a crash of Redis may lose what was answered with 202. */
export function createBullmqQueue({ url, prefix = "onhand", lockMs = 30_000 }: BullmqOptions): StockQueue {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue<StockJob, JobOutcome>(name, { connection, prefix });

  return {
    async add(job) {
      await queue.add(job.command, job, {
        jobId: job.id,
        attempts,
        backoff: { type: "exponential", delay: 1_000 },
        removeOnComplete: { age: keptSeconds },
        removeOnFail: { age: keptSeconds },
      });
    },
    async status(id) {
      const job = await Job.fromId<StockJob, JobOutcome>(queue, id);
      if (!job) return undefined;
      const state = await job.getState();
      if (state === "completed") return { state: "done", outcome: job.returnvalue };
      return state === "failed" ? { state } : { state: "waiting" };
    },
    async work(apply) {
      const worker = new Worker<StockJob, JobOutcome>(name, ({ data }) => apply(data), {
        connection,
        prefix,
        concurrency: 20,
        lockDuration: lockMs,
        stalledInterval: lockMs,
        // A worker may die on every attempt but the last.
        maxStalledCount: attempts,
      });
      worker.on("error", (error) => process.stderr.write(`${error.message}\n`));
      await worker.waitUntilReady();
      return () => worker.close();
    },
    async close() {
      await queue.close();
      connection.disconnect();
    },
  };
}
