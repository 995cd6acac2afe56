import { type InventoryError, isInventoryError, type StockLine } from "@onhand/core";
import type { Item, Target } from "./job";
import { stoppedAt, tellFate } from "./job";
import type { Projection } from "./projection";
import type { Fate, Reporter } from "./report";
import { isRefusal, isUnderKey, settle } from "./settle";

/** Stock lines that stand or fall together, for one record or for several that belong together. */
export interface Unit extends Item {
  /** How many stock lines it will be, at most. */
  readonly size: number;
  /** The lines to book; none when the level is as the file says. */
  lines(projection: Pick<Projection, "onHand" | "product">): Promise<readonly StockLine[]>;
}

export interface StockRun {
  readonly inventory: Target;
  readonly id: string;
  readonly actor: string | undefined;
  readonly onError: "refuse" | "skip";
  /** Whether a movement of an earlier run of this import says that the unit was applied, under one of these keys. */
  wasApplied(unit: Unit, lines: readonly StockLine[], keys: readonly string[]): Promise<boolean>;
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
  const unitKey = (unit: Unit): string => `${run.id}:${unit.line}`;

  async function fateBefore(unit: Unit, bundle: Bundle, projection: Projection): Promise<{ fate?: Fate; lines: readonly StockLine[] }> {
    const lines = await unit.lines(projection);
    if (await run.wasApplied(unit, lines, [unitKey(unit), bundle.key])) return { fate: "replayed", lines };
    return lines.length === 0 ? { fate: "unchanged", lines } : { lines };
  }

  async function check(items: AsyncIterable<Unit>, reporter: Reporter): Promise<void> {
    const projection = run.projection();
    for await (const bundle of bundlesOf(run.id, items))
      for (const unit of bundle.units)
        await tellFate(unit, reporter, async () => {
          const { fate, lines } = await fateBefore(unit, bundle, projection);
          if (fate) return fate;
          await projection.book(lines);
          return "applied";
        });
  }

  async function apply(items: AsyncIterable<Unit>, reporter: Reporter): Promise<void> {
    for await (const bundle of bundlesOf(run.id, items))
      await (run.onError === "refuse" ? applyWhole(bundle, reporter) : applyEach(bundle, reporter));
  }

  async function applyWhole(bundle: Bundle, reporter: Reporter): Promise<void> {
    const projection = run.projection();
    const pending: { unit: Unit; lines: readonly StockLine[] }[] = [];
    for (const unit of bundle.units) {
      const { fate, lines } = await fateBefore(unit, bundle, projection);
      if (fate) reporter.tell(unit.line, fate, unit.findings.problems, undefined, unit.weight);
      else pending.push({ unit, lines });
    }
    const [first] = pending;
    if (!first) return;
    const wasApplied = async () =>
      (await Promise.all(pending.map(({ unit, lines }) => run.wasApplied(unit, lines, [bundle.key])))).some(Boolean);
    const all = pending.flatMap(({ lines }) => lines);
    const fate = await book(bundle.key, all, wasApplied).catch((error) => {
      if (!isRefusal(error)) throw error;
      return stoppedAt(first.unit.line, run.id)(error);
    });
    for (const { unit } of pending) reporter.tell(unit.line, fate, unit.findings.problems, undefined, unit.weight);
  }

  async function applyEach(bundle: Bundle, reporter: Reporter): Promise<void> {
    const projection = run.projection();
    const [probe] = bundle.units;
    // A bundle was applied as a whole or not at all, so one of its units tells of all.
    const wasWhole = probe !== undefined && (await run.wasApplied(probe, await linesOrNone(probe, projection), [bundle.key]));
    for (let at = 0; at < bundle.units.length; at += inFlight)
      await Promise.all(
        bundle.units.slice(at, at + inFlight).map((unit) => tellFate(unit, reporter, () => applyOne(unit, bundle, projection, wasWhole))),
      );
  }

  async function applyOne(unit: Unit, bundle: Bundle, projection: Projection, wasWhole: boolean): Promise<Fate> {
    const lines = await unit.lines(projection);
    const key = unitKey(unit);
    if ((wasWhole || run.dependent) && (await run.wasApplied(unit, lines, [key, bundle.key]))) return "replayed";
    if (lines.length === 0) return "unchanged";
    return book(key, lines, () => run.wasApplied(unit, lines, [key, bundle.key]));
  }

  async function book(key: string, lines: readonly StockLine[], wasApplied: () => Promise<boolean>): Promise<Fate> {
    const send = (idempotencyKey: string) =>
      run.inventory.stock.apply(lines, { idempotencyKey, ...(run.actor !== undefined && { actor: run.actor }) });
    const { replayed } = await settle(key, send, run.dependent ? wasApplied : undefined);
    return replayed ? "replayed" : "applied";
  }

  return { check, apply };
}

/** What can't be told of an unknown product is told when its line is applied. */
async function linesOrNone(unit: Unit, projection: Projection): Promise<readonly StockLine[]> {
  try {
    return await unit.lines(projection);
  } catch (error) {
    if (isInventoryError(error)) return [];
    throw error;
  }
}

/** Whether the ledger has a movement of this level and reference under one of these keys. */
export async function isInLedger(
  inventory: Target,
  { sku, storeId, reference }: { sku: string; storeId: string; reference: { type: string; id: string } },
  keys: readonly string[],
): Promise<boolean> {
  let cursor: string | undefined;
  do {
    const page = await inventory.stock
      .movements({ sku, storeId, reference, limit: 1_000, ...(cursor !== undefined && { cursor }) })
      .catch((error: unknown) => {
        // What is not known has no movements; that it is not known is told when the line is checked.
        if (
          isInventoryError(error, "UNKNOWN_PRODUCT") ||
          isInventoryError(error, "UNKNOWN_STORE") ||
          isInventoryError(error, "INVALID_INPUT")
        )
          return { items: [], nextCursor: undefined };
        throw error as InventoryError;
      });
    if (page.items.some(({ idempotencyKey }) => keys.some((key) => isUnderKey(key, idempotencyKey)))) return true;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return false;
}
