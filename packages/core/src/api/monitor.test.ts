import { createMonitor, type InventoryErrorCode } from "@onhand/core";
import { minutes } from "@onhand/core/testing";
import { describe, expect, it } from "vitest";
import { berlin, exampleInventory, refusalOf } from "../../test/inventory";
import { manualTimers } from "../../test/manual-timers";

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function monitored() {
  const inventory = await exampleInventory();
  await inventory.stock.receive({ ...berlin, quantity: 1_000 });
  const timers = manualTimers();
  const errors: unknown[] = [];
  const logger = { ...silent, error: (fields: unknown) => errors.push(fields) };
  const monitor = createMonitor({ inventory, clock: inventory.clock, timers, logger });
  await monitor.trigger();
  return { inventory, timers, errors, monitor };
}

describe("a monitor", () => {
  it("settles every reservation that has run out, in batches of 100", async () => {
    const { inventory, monitor } = await monitored();
    for (let index = 0; index < 230; index++) await inventory.reservations.hold({ ...berlin, quantity: 1, expiresInMs: 1_000 });
    inventory.clock.advance(1_000);
    const sizes: number[] = [];
    inventory.feed.subscribe(({ changes }) => sizes.push(changes.filter(({ entity }) => entity === "reservation").length));
    expect(await monitor.trigger()).toMatchObject({ expired: 230 });
    expect(sizes.filter((size) => size > 0)).toEqual([100, 100, 30]);
    expect(monitor.status()).toMatchObject({ state: "waiting", last: { expired: 230, endedAt: inventory.clock.now() } });
  });

  it("runs again when its time has come, and looks at levels only when something may have been left behind", async () => {
    const { inventory, timers, monitor } = await monitored();
    expect(timers.delays()).toEqual([60_000]);
    const rounds = async () => {
      const before = monitor.status().rounds;
      timers.runOut();
      expect(monitor.status().state).toBe("running");
      await expect.poll(() => monitor.status().rounds, { timeout: 5_000 }).toBe(before + 1);
      return monitor.status().last;
    };
    expect(await rounds()).toMatchObject({ expired: 0, checked: 0 });
    await inventory.thresholds.set({ reorderPoint: 2_000 });
    expect(await rounds()).toMatchObject({ checked: 1, alerts: 1 });
    expect(await rounds()).toMatchObject({ checked: 0, alerts: 0 });
    expect(timers.delays()).toEqual([60_000]);
  });

  it("triggered while a round is under way does one more after it, however often it is triggered", async () => {
    const { inventory, monitor } = await monitored();
    const before = monitor.status().rounds;
    const first = monitor.trigger();
    const second = monitor.trigger();
    expect(second).toBe(first);
    await Promise.all([first, second]);
    await monitor.trigger();
    expect(monitor.status().rounds).toBe(before + 2);
    await inventory.close();
  });

  it("says that a round failed, logs it, and goes on in time", async () => {
    const { inventory, timers, errors } = await monitored();
    let failing = true;
    const monitor = createMonitor({
      inventory: {
        ...inventory,
        reservations: {
          ...inventory.reservations,
          sweep: () => (failing ? Promise.reject(new TypeError("no")) : inventory.reservations.sweep()),
        },
      },
      clock: inventory.clock,
      timers,
      logger: { ...silent, error: (fields: unknown) => errors.push(fields) },
    });
    await expect(monitor.trigger()).rejects.toThrow("no");
    expect(monitor.status()).toMatchObject({ state: "waiting", rounds: 0, error: { code: "UNKNOWN" } });
    expect(errors).toHaveLength(1);
    failing = false;
    await monitor.trigger();
    expect(monitor.status().rounds).toBe(1);
    expect(monitor.status()).not.toHaveProperty("error");
  });

  it("stopped does nothing more, and one whose inventory is closed stops", async () => {
    const { inventory, timers, monitor, errors } = await monitored();
    await monitor.stop();
    expect(timers.delays()).toEqual([]);
    expect(monitor.status().state).toBe("stopped");
    const refused: { code: InventoryErrorCode } = await refusalOf(monitor.trigger());
    expect(refused.code).toBe("ABORTED");
    const other = createMonitor({
      inventory,
      clock: inventory.clock,
      timers,
      logger: { ...silent, error: (fields: unknown) => errors.push(fields) },
    });
    await other.trigger();
    await inventory.reservations.hold({ ...berlin, quantity: 1, expiresInMs: minutes(1) });
    inventory.clock.advance(minutes(1));
    await inventory.close();
    timers.runOut();
    await expect.poll(() => other.status().state, { timeout: 5_000 }).toBe("stopped");
    expect(errors).toEqual([]);
  });

  it("with an interval that is none is a mistake", async () => {
    const inventory = await exampleInventory();
    for (const intervalMs of [0, -1, 1.5, Number.NaN]) expect(() => createMonitor({ inventory, intervalMs })).toThrow(TypeError);
  });
});
