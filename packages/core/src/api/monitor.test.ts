import { createMonitor, type ForecastProvider, type InventoryErrorCode, type RunOutWatch } from "@onhand/core";
import { days, minutes } from "@onhand/core/testing";
import { describe, expect, it, vi } from "vitest";
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
      await expect.poll(() => monitor.status().rounds).toBe(before + 1);
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
    await expect.poll(() => other.status().state).toBe("stopped");
    expect(errors).toEqual([]);
  });

  it("with an interval that is none is a mistake", async () => {
    const inventory = await exampleInventory();
    for (const intervalMs of [0, -1, 1.5, Number.NaN]) expect(() => createMonitor({ inventory, intervalMs })).toThrow(TypeError);
  });
});

describe("warnings of levels that will run out", () => {
  const twoADay: ForecastProvider = {
    name: "two a day",
    async forecast(_, { horizon }) {
      const points = new Array<number>(horizon).fill(2);
      return { method: "fixed", points, lower: points, upper: points };
    },
  };

  async function warned(watch: Partial<RunOutWatch> = {}, forecast: ForecastProvider = twoADay) {
    const inventory = await exampleInventory({ forecast });
    await inventory.stock.receive({ ...berlin, quantity: 8 });
    inventory.clock.advance(days(1));
    const timers = manualTimers();
    const told: string[] = [];
    const errors: unknown[] = [];
    const logger = { ...silent, warn: (fields: unknown) => errors.push(fields), error: (fields: unknown) => errors.push(fields) };
    const runOuts: RunOutWatch = {
      leadTimeDays: 5,
      onWarning: ({ storeId, runsOutOn }) => void told.push(`${storeId} ${runsOutOn}`),
      onCleared: ({ storeId }) => void told.push(`${storeId} cleared`),
      ...watch,
    };
    const monitor = createMonitor({ inventory, clock: inventory.clock, timers, logger, runOuts });
    await expect.poll(() => monitor.status().state).toBe("waiting");
    const inTime = async () => {
      const before = monitor.status().rounds;
      timers.runOut();
      await expect.poll(() => monitor.status().rounds).toBe(before + 1);
    };
    return { inventory, monitor, told, errors, inTime };
  }

  it("are told once, and cleared by themselves when stock has come", async () => {
    const { inventory, monitor, told } = await warned();
    expect(told).toEqual(["berlin 2026-01-09"]);
    expect(monitor.warnings()).toMatchObject([{ ...berlin, lastsDays: 3 }]);
    expect(await monitor.trigger()).toMatchObject({ warnings: 0 });
    await inventory.stock.receive({ ...berlin, quantity: 10 });
    expect(await monitor.trigger()).toMatchObject({ warnings: 1 });
    expect(told).toEqual(["berlin 2026-01-09", "berlin cleared"]);
    expect(monitor.warnings()).toEqual([]);
    await inventory.stock.sell({ ...berlin, quantity: 10 });
    await monitor.trigger();
    expect(told).toHaveLength(3);
  });

  it("are looked for once a day, or when triggered, and never where nobody asked", async () => {
    const { inventory, told, inTime } = await warned();
    await inventory.stock.receive({ ...berlin, quantity: 10 });
    await inventory.thresholds.set({ reorderPoint: 1 });
    await inTime();
    expect(told).toHaveLength(1);
    inventory.clock.advance(days(1));
    await inTime();
    expect(told).toHaveLength(2);
    const forecast = vi.fn(twoADay.forecast);
    const other = await exampleInventory({ forecast: { ...twoADay, forecast } });
    await other.stock.receive({ ...berlin, quantity: 1 });
    other.clock.advance(days(1));
    await createMonitor({ inventory: other, clock: other.clock, timers: manualTimers() }).trigger();
    expect(forecast).not.toHaveBeenCalled();
  });

  it("a provider that fails takes no warning back and keeps nobody from the rest of the round", async () => {
    let fails = false;
    const { inventory, monitor, told } = await warned(
      {},
      { ...twoADay, forecast: (...request) => (fails ? Promise.reject(new Error("down")) : twoADay.forecast(...request)) },
    );
    fails = true;
    await inventory.reservations.hold({ ...berlin, quantity: 1, expiresInMs: 1_000 });
    inventory.clock.advance(1_000);
    expect(await refusalOf(monitor.trigger())).toMatchObject({ code: "FORECAST_FAILED" });
    expect((await inventory.reservations.list({ status: "expired" })).items).toHaveLength(1);
    expect(monitor.warnings()).toHaveLength(1);
    expect(told).toHaveLength(1);
    expect(monitor.status().error?.code).toBe("FORECAST_FAILED");
  });

  it("have a bound that is spoken of, and a listener that throws harms nobody", async () => {
    const { inventory, monitor, errors } = await warned({
      maxWarnings: 1,
      onWarning() {
        throw new Error("no mail");
      },
    });
    expect(errors).toMatchObject([{ error: new Error("no mail") }]);
    await inventory.stock.receive({ sku: "CUP", storeId: "berlin", quantity: 1 });
    inventory.clock.advance(days(1));
    await monitor.trigger();
    expect(monitor.warnings()).toHaveLength(1);
    expect(errors).toContainEqual({ left: 1, maxWarnings: 1 });
  });
});
