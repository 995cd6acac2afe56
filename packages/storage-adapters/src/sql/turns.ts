import type { Logger } from "@onhand/core";
import type { Connections } from "./connections";
import { within } from "./deadline";
import type { Dialect, Session, WritePlan } from "./dialects/dialect";
import { isSqlFailure, type SqlFailure, sqlFailure } from "./failures";
import type { Chance } from "./retry";

/** How a group comes by a turn: it has just begun, it lasts since a group before, or there is none to be had. */
export type Turn = "begun" | "lasts" | undefined;

/**
 * Processes that write one ledger without a pause take turns of many groups each: what the others wrote is then found out once a turn
 * and not once a group. A courtesy only. Nothing relies on having the turn, and who can't come by one writes without.
 */
export interface Turns {
  take(): Promise<Turn>;
  /** A group is done. The turn ends soon, unless another group follows. */
  rest(): void;
  close(): Promise<void>;
}

export interface TurnsOptions {
  readonly dialect: Pick<Dialect, "turns" | "session" | "classify">;
  readonly plan: WritePlan;
  readonly connections: Pick<Connections, "acquireRaw">;
  readonly chance: Chance;
  readonly logger: Logger;
}

/** How long a turn lasts from its first group on while others follow. Whoever waits does so for this long, for each process before it. */
const turnMs = 50;
/** Callers who have just been told make their next commands sooner than this. */
const restMs = 2;
/** So many groups don't ask for a turn after one that could not be had. */
const groupsWithout = 64;

export function createTurns({ dialect: { turns, session, classify }, plan, connections, chance, logger }: TurnsOptions): Turns {
  const { limits } = plan;
  let own: Session | undefined;
  // While the turn is ours: when it ends, once that is known.
  let turn: { until?: number } | undefined;
  let ending: Promise<void> = Promise.resolve();
  let taken = 0;
  let without = 0;
  let failures = 0;
  let closed = false;

  // A connection beside the pool: with one out of it a small pool has none left to write with.
  async function connect(): Promise<Session> {
    const acquiring = connections.acquireRaw();
    const raw = await within(acquiring, limits.lockMs, () => {
      acquiring.then(
        (late) => session(late, limits).destroy(),
        () => undefined,
      );
      throw sqlFailure("unreachable", new Error(`no connection within ${limits.lockMs} ms`));
    });
    return session(raw, limits);
  }

  async function begin({ begin: ask }: NonNullable<Dialect["turns"]>): Promise<void> {
    const kept = own;
    try {
      own ??= await connect();
      await ask(own, plan);
    } catch (error) {
      forget();
      const failure = isSqlFailure(error) ? error : classify(error);
      // A server ends connections that are idle for long.
      if (!kept || failure.kind !== "lost") throw failure;
      own = await connect();
      await ask(own, plan);
    }
  }

  function end(): void {
    const ended = own;
    turn = undefined;
    if (ended && turns) ending = turns.end(ended, plan).catch(forget);
  }

  /** With its connection a turn is gone too. */
  function forget(): void {
    own?.destroy();
    own = undefined;
    turn = undefined;
  }

  function goWithout(error: SqlFailure): void {
    forget();
    without = groupsWithout;
    if (failures++ === 0) logger.warn({ error }, "processes can't take turns; writing without");
  }

  return {
    async take() {
      taken++;
      if (turn && (turn.until === undefined || chance.now() < turn.until)) return "lasts";
      if (turn) end();
      await ending;
      if (!turns || closed) return undefined;
      if (without > 0) {
        without--;
        return undefined;
      }
      try {
        await begin(turns);
        failures = 0;
      } catch (error) {
        goWithout(isSqlFailure(error) ? error : classify(error));
        return undefined;
      }
      turn = {};
      return "begun";
    },
    rest() {
      if (!turn) return;
      // What finding out took does not count.
      turn.until ??= chance.now() + turnMs;
      const seen = taken;
      void chance.delay(restMs).then(() => {
        if (turn && seen === taken) end();
      });
    },
    async close() {
      closed = true;
      if (turn) end();
      await ending;
      forget();
    },
  };
}
