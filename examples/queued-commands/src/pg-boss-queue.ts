import PgBoss from "pg-boss";
import type { JobOutcome, StockJob, StockQueue } from "./stock-queue";

/** What {@link createPgBossQueue} takes. */
export interface PgBossOptions {
  readonly url: string;
  /** The schema of its tables. */
  readonly schema?: string;
  /** How long a worker may take before its job is handed to another, in seconds. */
  readonly expireInSeconds?: number;
  /** How often jobs are looked for that took too long, in seconds. */
  readonly maintenanceSeconds?: number;
}

const name = "stock";

/** Jobs in PostgreSQL, as durable as the stock itself. */
export async function createPgBossQueue(options: PgBossOptions): Promise<StockQueue> {
  const { url, schema = "jobs", expireInSeconds = 30, maintenanceSeconds = 10 } = options;
  const boss = new PgBoss({ connectionString: url, schema, maintenanceIntervalSeconds: maintenanceSeconds });
  boss.on("error", (error) => process.stderr.write(`${error.message}\n`));
  await boss.start();
  await boss.createQueue(name, { name, retryLimit: 20, retryDelay: 1, retryBackoff: true, expireInSeconds });

  return {
    async add(job) {
      await boss.send(name, job, { id: job.id });
    },
    async status(id) {
      const job = await boss.getJobById<StockJob>(name, id);
      if (!job) return undefined;
      if (job.state === "completed") return { state: "done", outcome: job.output as JobOutcome };
      return job.state === "failed" || job.state === "cancelled" ? { state: "failed" } : { state: "waiting" };
    },
    async work(apply) {
      const worker = await boss.work<StockJob>(name, { pollingIntervalSeconds: 0.5 }, async ([job]) => job && apply(job.data));
      return () => boss.offWork({ id: worker });
    },
    close: () => boss.stop({ graceful: true, wait: true, timeout: 5_000 }),
  };
}
