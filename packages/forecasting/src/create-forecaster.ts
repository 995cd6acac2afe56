import type { ForecastProvider } from "@onhand/core";
import { choose } from "./choose";

/**
 * A provider for `createInventory({ forecast })` that picks a method for each series by {@link choose}.
 *
 * It computes where it runs, for milliseconds a series and without asking anybody.
 *
 * @example
 * import { createInventory } from "@onhand/core";
 * import { createForecaster } from "@onhand/forecasting";
 * import { memoryStorage } from "@onhand/storage-adapters/memory";
 *
 * const inventory = await createInventory({ storage: memoryStorage(), forecast: createForecaster() });
 * @see docs/guides/forecasts.md
 */
export const createForecaster = (): ForecastProvider => ({
  name: "@onhand/forecasting",
  async forecast(series, { horizon, seasonLength, coverage }) {
    const options = { horizon, ...(seasonLength !== undefined && { seasonLength }), ...(coverage !== undefined && { coverage }) };
    const { method, points, lower, upper } = choose(series, options);
    return { method, points, lower, upper };
  },
});
