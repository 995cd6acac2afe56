import { InventoryError, type Reference, type StockLine } from "@onhand/core";
import type { Item, Target } from "./job";
import { stoppedAt, tellFate } from "./job";
import { createLedgerKeys } from "./ledger-keys";
import type { Projection } from "./projection";
import type { Fate, Reporter } from "./report";
import { isRefusal, settle } from "./settle";

/** Stock lines that stand or fall together, for one record or for several that belong together. */
export interface Unit extends Item {
  /** How many stock lines it will be, at most. */
  readonly size: number;
  /** The cause its movements carry, where the file names one. */
  readonly reference?: Reference | undefined;
  /** The lines to book; none when the level is as the file says. */
  lines(projection: Pick<Projection, "onHand" | "product">): Promise<readonly StockLine[]>;
}

export interface StockRun {
  readonly inventory: Target;
  readonly id: string;
  readonly actor: string | undefined;
  readonly onError: "refuse" | "skip";
  readonly signal: AbortSignal | undefined;
  /** What movements carry as their cause that name none themselves. */
  readonly reference: Reference;
  /** Whether the lines depend on what is there, so that a later run may come to others. */
  readonly dependent: boolean;
  /** Foretells a unit's fate; there is one for each phase. */
  projection(): Projection;
}

/** The ledger takes so many lines in one command, all or none. */
const maximumBundle = 10_000;
const inFlight = 200;

/** Units that are one command when no line may be skipped, always cut in the same places. */
interface Bundle {
  readonly key: string;
  readonly units: readonly Unit[];
}

async function* bundlesOf(id: string, items: AsyncIterable<Unit>): AsyncGenerator<Bundle> {
  let units: Unit[] = [];
  let size = 0;
  let index = 0;
  for await (const unit of items) {
    if (size + unit.size > maximumBundle) {
      yield { key: `${id}:b${index++}`, units };
      units = [];
      size = 0;
    }
    units.push(unit);
    size += unit.size;
  }
  if (units.length > 0) yield { key: `${id}:b${index}`, units };
}

/**
 * Checks and applies stock lines.
 *
 * A unit may have been applied by an earlier run under a key of its own (bad lines skipped) or under its bundle's key (all or
 * none). Both are looked for, so a second run applies nothing twice, whichever way it is run.
 */
export function stockPhases(run: StockRun) {
  const written = createLedgerKeys(run.inventory, run.id);
  const unitKey = (unit: Unit): string => `${run.id}:${unit.line}`;

  /** Whether an earlier run of this import applied a unit, under one of these keys. */
  const wasApplied = (unit: Unit, keys: readonly string[], anew?: boolean) => written.has(unit.reference ?? run.reference, keys, anew);

  interface Before {
    readonly fate?: Fate;
    readonly lines: readonly StockLine[];
    /** Applied by itself, in a run that skipped bad lines. */
    readonly singly?: true;
  }

  async function before(unit: Unit, bundle: Bundle, projection: Projection): Promise<Before> {
    if (await wasApplied(unit, [bundle.key])) return { fate: "replayed", lines: [] };
    if (await wasApplied(unit, [unitKey(unit)])) return { fate: "replayed", lines: [], singly: true };
    const lines = await unit.lines(projection);
    return lines.length === 0 ? { fate: "unchanged", lines } : { lines };
  }

  async function check(items: AsyncIterable<Unit>, reporter: Reporter): Promise<void> {
    const projection = run.projection();
    for await (const bundle of bundlesOf(run.id, items)) {
      const befores: Before[] = [];
      for (const unit of bundle.units)
        await tellFate(unit, reporter, async () => {
          const found = await before(unit, bundle, projection);
          befores.push(found);
          if (found.fate) return found.fate;
          await projection.book(found.lines);
          return "applied";
        });
      requireOneWay(befores);
    }
  }

  /** What is left of lines that were applied singly could not be told apart from them afterwards, if it were one command. */
  function requireOneWay(befores: readonly Before[]): void {
    if (run.onError === "refuse" && befores.some(({ singly }) => singly) && befores.some(({ fate }) => fate === undefined))
      throw new InventoryError("INVALID_STATE", {
        entity: "import",
        key: run.id,
        state: 'begun with onError "skip"; it has to go on that way',
      });
  }

  async function apply(items: AsyncIterable<Unit>, reporter: Reporter): Promise<void> {
    for await (const bundle of bundlesOf(run.id, items))
      await (run.onError === "refuse" ? applyWhole(bundle, reporter) : applyEach(bundle, reporter));
  }

  async function applyWhole(bundle: Bundle, reporter: Reporter): Promise<void> {
    const projection = run.projection();
    const befores: Before[] = [];
    for (const unit of bundle.units) befores.push(await before(unit, bundle, projection));
    requireOneWay(befores);
    const pending: Unit[] = [];
    for (const [index, unit] of bundle.units.entries()) {
      const { fate } = befores[index] as Before;
      if (fate) tell(unit, fate, reporter);
      else pending.push(unit);
    }
    const [first] = pending;
    if (!first) return;
    const wasWritten = () => wasApplied(first, [bundle.key], true);
    const all = befores.flatMap(({ lines }) => lines);
    const fate = await book(bundle.key, all, wasWritten).catch((error) => {
      if (!isRefusal(error)) throw error;
      return stoppedAt(first.line, run.id)(error);
    });
    for (const unit of pending) tell(unit, fate, reporter);
  }

  const tell = (unit: Unit, fate: Fate, reporter: Reporter): void =>
    reporter.tell(unit.line, fate, unit.findings.problems, undefined, unit.weight);

  async function applyEach(bundle: Bundle, reporter: Reporter): Promise<void> {
    const projection = run.projection();
    const [probe] = bundle.units;
    // A bundle was applied as a whole or not at all, so one of its units tells of all.
    const wasWhole = probe !== undefined && (await wasApplied(probe, [bundle.key]));
    for (let at = 0; at < bundle.units.length; at += inFlight) {
      run.signal?.throwIfAborted();
      await Promise.all(
        bundle.units.slice(at, at + inFlight).map((unit) => tellFate(unit, reporter, () => applyOne(unit, bundle, projection, wasWhole))),
      );
    }
  }

  async function applyOne(unit: Unit, bundle: Bundle, projection: Projection, wasWhole: boolean): Promise<Fate> {
    const keys = [unitKey(unit), bundle.key];
    if (wasWhole || (run.dependent && (await wasApplied(unit, keys)))) return "replayed";
    const lines = await unit.lines(projection);
    return lines.length === 0 ? "unchanged" : book(unitKey(unit), lines, () => wasApplied(unit, keys, true));
  }

  async function book(key: string, lines: readonly StockLine[], wasWritten: () => Promise<boolean>): Promise<Fate> {
    const send = (idempotencyKey: string) =>
      run.inventory.stock.apply(lines, { idempotencyKey, ...(run.actor !== undefined && { actor: run.actor }) });
    const { replayed } = await settle(key, send, run.dependent ? wasWritten : undefined);
    return replayed ? "replayed" : "applied";
  }

  return { check, apply };
}
