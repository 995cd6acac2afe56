import { InventoryError, isInventoryError } from "../errors";
import { type Clock, systemClock } from "../ports/clock";
import { consoleLogger, type Logger } from "../ports/logger";
import { systemTimers, type Timers } from "../ports/timers";
import type { Inventory } from "./create-inventory";
import type { RunOut, RunOutRequest } from "./forecast-types";
import { watchRunOuts } from "./watch-run-outs";

/** How a monitor warns of levels that are expected to run out too soon. */
export interface RunOutWatch extends Omit<RunOutRequest, "limit" | "cursor"> {
  /** How long between two looks at all levels. Default 86,400,000, a day. */
  readonly everyMs?: number;
  /** How many warnings are kept at most; further ones wait until there is room. Default 10,000. */
  readonly maxWarnings?: number;
  /** A level is expected to run out before new goods could be there. Told once, until it is cleared. */
  readonly onWarning: (warning: RunOut) => void;
  /** A level that was warned of is no more expected to: it was ordered for, sold out, or demand has changed. */
  readonly onCleared?: (warning: RunOut) => void;
}

/** What {@link createMonitor} takes. */
export interface MonitorOptions {
  readonly inventory: Pick<Inventory, "reservations" | "alerts" | "forecasts" | "on">;
  /** Has it warn of levels that are expected to run out too soon; without, no forecast is made. */
  readonly runOuts?: RunOutWatch;
  /** From the end of one round to the beginning of the next. Default 60,000. */
  readonly intervalMs?: number;
  readonly clock?: Clock;
  readonly timers?: Timers;
  /** Hears of rounds that failed; the console unless given. */
  readonly logger?: Logger;
}

/** What one round did. */
export interface MonitorRound {
  /** Reservations that had run out. */
  readonly expired: number;
  /** Levels that were looked at; 0 when nothing has happened that could have left an alert behind. */
  readonly checked: number;
  /** Alerts that were raised or resolved late. */
  readonly alerts: number;
  /** Warnings of levels that will run out too soon, given and cleared. */
  readonly warnings: number;
}

/** How a monitor fares. Times in epoch milliseconds. */
export interface MonitorStatus {
  readonly state: "waiting" | "running" | "stopped";
  /** Rounds that came to their end. */
  readonly rounds: number;
  readonly last?: MonitorRound & { readonly endedAt: number };
  /** Why the latest round failed; absent when it did not. */
  readonly error?: { readonly code: string; readonly at: number };
}

/** Does regularly what nobody's command does. */
export interface Monitor {
  /** How it fares. */
  status(): MonitorStatus;
  /** The levels it has warned of and that are not cleared, as they were last found. They are in memory: a new monitor warns anew. */
  warnings(): readonly RunOut[];
  /**
   * Does a whole round now, every level included. Rounds never overlap: with one under way, another follows it.
   *
   * @throws whatever the inventory throws; the next round begins in time all the same.
   */
  trigger(): Promise<MonitorRound>;
  /** Ends after the batch that is under way. Later triggers are `ABORTED`. */
  stop(): Promise<void>;
}

/** After these a level may need an alert, or none, although no command has changed it. */
const unsettling = [
  "threshold.set",
  "threshold.removed",
  "product.archived",
  "product.updated",
  "store.archived",
  "store.updated",
] as const;

/**
 * Settles reservations that have run out, warns of levels that will run out when it is told to, and alerts that no command could raise: after a threshold for every product was set, or
 * after rows came in past the commands. It works in batches of 100, between which other commands get on.
 *
 * The first round begins at once. Levels are looked at in it, when triggered, and after what may have left an alert behind; a round
 * with nothing to do costs one question. Several processes may each have a monitor: what one has settled the other finds settled.
 *
 * @example
 * const monitor = createMonitor({ inventory, intervalMs: 60_000 });
 * process.on("SIGTERM", () => monitor.stop());
 * @see docs/guides/alerts.md
 */
export function createMonitor(options: MonitorOptions): Monitor {
  const { inventory, intervalMs = 60_000, clock = systemClock, timers = systemTimers, logger = consoleLogger } = options;
  if (!Number.isSafeInteger(intervalMs) || intervalMs < 1)
    throw new TypeError("intervalMs must be a whole number of milliseconds, 1 or more");
  const watch = options.runOuts && watchRunOuts(inventory.forecasts, options.runOuts, { clock, logger, goOn });
  let timer: unknown;
  let running: Promise<MonitorRound> | undefined;
  let next: Promise<MonitorRound> | undefined;
  let stopped = false;
  let unsettled = true;
  let asked = false;
  let rounds = 0;
  let last: MonitorStatus["last"];
  let error: MonitorStatus["error"];

  const stops = unsettling.map((type) =>
    inventory.on(type, () => {
      unsettled = true;
    }),
  );

  function goOn(): void {
    if (stopped) throw new InventoryError("ABORTED", {});
  }

  async function sweep(): Promise<number> {
    let expired = 0;
    for (let more = true; more; ) {
      goOn();
      const swept = await inventory.reservations.sweep();
      expired += swept.reservations.length;
      // Another monitor may have been faster; what is left then is the next round's.
      more = swept.more && swept.reservations.length > 0;
    }
    return expired;
  }

  async function check(): Promise<Pick<MonitorRound, "checked" | "alerts">> {
    let checked = 0;
    let alerts = 0;
    let cursor: string | undefined;
    do {
      goOn();
      const page = await inventory.alerts.check(cursor === undefined ? {} : { cursor });
      checked += page.checked;
      alerts += page.alerts.length;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return { checked, alerts };
  }

  async function round(): Promise<MonitorRound> {
    timers.clearTimeout(timer);
    try {
      const expired = await sweep();
      const due = unsettled;
      unsettled = false;
      const found = due ? await check().catch(againNextTime) : { checked: 0, alerts: 0 };
      const whole = asked;
      asked = false;
      const warnings = (await watch?.look({ whole })) ?? 0;
      last = { expired, ...found, warnings, endedAt: clock.now() };
      rounds++;
      error = undefined;
      return { expired, ...found, warnings };
    } catch (thrown) {
      error = { code: isInventoryError(thrown) ? thrown.code : "UNKNOWN", at: clock.now() };
      throw thrown;
    } finally {
      running = undefined;
      if (!stopped) timer = timers.setTimeout(inTime, intervalMs);
    }
  }

  function againNextTime(thrown: unknown): never {
    unsettled = true;
    throw thrown;
  }

  function begin(): Promise<MonitorRound> {
    running = round();
    return running;
  }

  function inTime(): void {
    if (running || stopped) return;
    begin().catch((thrown: unknown) => {
      if (isInventoryError(thrown, "ABORTED")) return;
      if (isInventoryError(thrown, "STORAGE_CLOSED")) end();
      else logger.error({ error: thrown }, "a round of the monitor failed; the next one begins in time");
    });
  }

  function end(): void {
    stopped = true;
    timers.clearTimeout(timer);
    for (const stop of stops) stop();
  }

  async function afterThis(): Promise<MonitorRound> {
    // How that round ends is told to whoever began it.
    await running?.catch(() => undefined);
    next = undefined;
    goOn();
    unsettled = true;
    asked = true;
    return begin();
  }

  inTime();

  return {
    status: () => ({
      state: stopped ? "stopped" : running ? "running" : "waiting",
      rounds,
      ...(last && { last }),
      ...(error && { error }),
    }),
    warnings: () => watch?.warnings() ?? [],
    trigger() {
      next ??= afterThis();
      return next;
    },
    async stop() {
      end();
      // How it ends is told to whoever began it.
      await running?.catch(() => undefined);
    },
  };
}
