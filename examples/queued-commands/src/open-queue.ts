import { type BullmqOptions, createBullmqQueue } from "./bullmq-queue";
import { createPgBossQueue, type PgBossOptions } from "./pg-boss-queue";
import type { StockQueue } from "./stock-queue";

/** Where jobs are kept: an address of Redis or of PostgreSQL, and what else its queue is told. */
export type QueuePlace = BullmqOptions | PgBossOptions;

/** @throws TypeError when the address is of neither. */
export async function openQueue(place: QueuePlace): Promise<StockQueue> {
  const { protocol } = new URL(place.url);
  if (protocol === "redis:" || protocol === "rediss:") return createBullmqQueue(place);
  if (protocol === "postgres:" || protocol === "postgresql:") return createPgBossQueue(place);
  throw new TypeError("QUEUE_URL is redis://… or postgres://…");
}
