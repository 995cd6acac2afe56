import { InventoryError, isInventoryError } from "../errors";
import type { Forecast, ForecastOptions, ForecastProvider } from "../ports/forecast";

/** Asks a provider, and takes nothing for a forecast that is none. A history of no days is a forecast of nothing. */
export async function askProvider(provider: ForecastProvider, series: readonly number[], options: ForecastOptions): Promise<Forecast> {
  if (series.length === 0) {
    const nothing = new Array<number>(options.horizon).fill(0);
    return { method: "none", points: nothing, lower: nothing, upper: nothing };
  }
  const answer: unknown = await Promise.resolve()
    .then(() => provider.forecast(series, options))
    .catch((cause: unknown) => {
      if (isInventoryError(cause)) throw cause;
      throw failed(provider, "it threw", cause);
    });
  const fault = faultOf(answer, options.horizon);
  if (fault !== undefined) throw failed(provider, fault);
  return answer as Forecast;
}

const failed = ({ name }: ForecastProvider, reason: string, cause?: unknown): InventoryError<"FORECAST_FAILED"> =>
  new InventoryError("FORECAST_FAILED", { provider: name, reason }, cause === undefined ? {} : { cause });

function faultOf(answer: unknown, horizon: number): string | undefined {
  if (typeof answer !== "object" || answer === null) return "its answer is not an object";
  const { method, points, lower, upper } = answer as Record<string, unknown>;
  if (typeof method !== "string") return "its answer has no method";
  for (const [name, list] of Object.entries({ points, lower, upper })) {
    if (!Array.isArray(list) || list.length !== horizon) return `${name} is not a list of ${horizon}`;
    if (!list.every((value) => Number.isFinite(value) && value >= 0)) return `${name} has something else than a number from 0 on`;
  }
  const [low, middle, high] = [lower, points, upper] as readonly number[][] as [number[], number[], number[]];
  const crossed = middle.findIndex((point, day) => (low[day] as number) > point || point > (high[day] as number));
  return crossed < 0 ? undefined : `its bounds don't hold its point of period ${crossed}`;
}
