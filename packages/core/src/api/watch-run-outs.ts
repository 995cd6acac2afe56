import { levelKey } from "../domain/shared/level-key";
import type { Clock } from "../ports/clock";
import type { Logger } from "../ports/logger";
import type { ForecastsApi, RunOut } from "./forecast-types";
import type { RunOutWatch } from "./monitor";

/** Keeps in mind which levels were warned of. */
export interface RunOutWatcher {
  /** Looks at all levels where it is time to, or asked to; answers how many warnings were given and cleared. */
  look(options: { readonly whole: boolean }): Promise<number>;
  warnings(): readonly RunOut[];
}

const day = 86_400_000;

export function watchRunOuts(
  forecasts: Pick<ForecastsApi, "runOuts">,
  watch: RunOutWatch,
  { clock, logger, goOn }: { readonly clock: Clock; readonly logger: Logger; readonly goOn: () => void },
): RunOutWatcher {
  const { everyMs = day, maxWarnings = 10_000, onWarning, onCleared, ...request } = watch;
  let open = new Map<string, RunOut>();
  let lookedAt: number | undefined;

  /** A listener's failure is nobody else's. */
  function tell(listener: ((warning: RunOut) => void) | undefined, warning: RunOut): void {
    try {
      listener?.(warning);
    } catch (error) {
      logger.error({ error, sku: warning.sku, storeId: warning.storeId }, "a listener to warnings failed");
    }
  }

  async function find(): Promise<Map<string, RunOut>> {
    const found = new Map<string, RunOut>();
    let left = 0;
    let cursor: string | undefined;
    do {
      goOn();
      const page = await forecasts.runOuts({ ...request, ...(cursor !== undefined && { cursor }) });
      for (const runOut of page.items) {
        if (found.size < maxWarnings) found.set(levelKey(runOut), runOut);
        else left += 1;
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    if (left > 0) logger.warn({ left, maxWarnings }, "more levels will run out too soon than are warned of");
    return found;
  }

  return {
    async look({ whole }) {
      if (!whole && lookedAt !== undefined && clock.now() - lookedAt < everyMs) return 0;
      const at = clock.now();
      const found = await find();
      const cleared = [...open].filter(([key]) => !found.has(key));
      const raised = [...found].filter(([key]) => !open.has(key));
      open = found;
      lookedAt = at;
      for (const [, warning] of cleared) tell(onCleared, warning);
      for (const [, warning] of raised) tell(onWarning, warning);
      return cleared.length + raised.length;
    },
    warnings: () => [...open.values()],
  };
}
