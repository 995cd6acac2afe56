import type { Logger, ReadOptions } from "@onhand/core";
import type { Connections } from "./connections";
import type { Session } from "./dialects/dialect";
import { isSqlFailure } from "./failures";
import { readHead, type Schema } from "./schema";

/** Sends reads that may be a little old to replicas, one after the other. */
export interface Replicas {
  /** What a replica answered; undefined when the primary must. */
  read<T>(options: ReadOptions, work: (session: Session) => Promise<T>): Promise<{ readonly answer: T } | undefined>;
}

/** A replica that is behind what was asked for or does not answer is passed over. */
export function createReplicas(schema: Schema, epoch: string, pools: readonly Connections[], logger: Logger): Replicas {
  let next = 0;
  return {
    async read({ consistency = "strong", minSeq }, work) {
      if (pools.length === 0 || (consistency !== "eventual" && minSeq === undefined)) return undefined;
      for (let tries = 0; tries < pools.length; tries++) {
        const pool = pools[next++ % pools.length] as Connections;
        try {
          const answer = await pool.use(async (session) => {
            // The head only grows: what is read after it is at least as new.
            const head = await readHead(schema, session);
            return head.epoch === epoch && head.seq >= (minSeq ?? 0) ? { answer: await work(session) } : undefined;
          });
          if (answer) return answer;
        } catch (error) {
          if (!isSqlFailure(error)) throw error;
          logger.warn({ error: error.cause }, "a replica did not answer and was passed over");
        }
      }
      return undefined;
    },
  };
}
