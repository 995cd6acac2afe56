import { pino } from "pino";
import { expect, test, vi } from "vitest";
import { startRedis } from "../../../tests/servers";
import { hintsOverRedis } from "../src/storage/redis";

const logger = pino({ level: "silent" });

test("a Redis that is away keeps nobody from starting, telling and closing", async () => {
  const hints = hintsOverRedis("redis://127.0.0.1:1", logger);
  hints.carrier.tell("ledger", 1);
  const stop = hints.carrier.listen("ledger", () => undefined);
  stop();
  await hints.close();
});

test("a Redis that comes late carries hints from then on", async () => {
  const early = await startRedis();
  await early.stop();
  const hints = hintsOverRedis(early.url, logger);
  const heard = vi.fn();
  const stop = hints.carrier.listen("ledger", heard);
  const late = await startRedis(Number(new URL(early.url).port));
  try {
    await vi.waitFor(
      () => {
        hints.carrier.tell("ledger", 7);
        expect(heard).toHaveBeenCalledWith(7);
      },
      { timeout: 30_000 },
    );
  } finally {
    stop();
    await hints.close();
    await late.stop();
  }
});
