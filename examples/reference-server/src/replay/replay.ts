import { errorCodes, type InventoryError, isInventoryError } from "@onhand/core";
import { createPace, type Timers } from "./pace";
import type { Plan, PlannedCommand } from "./plan";
import type { InvoiceFile } from "./read-invoices";
import type { Target } from "./target";
import { createWindow } from "./window";

/** What a replay did. The lines are applied, replayed, skipped or refused; the four add up to `lines`. */
export interface ReplaySummary {
  readonly lines: number;
  /** Lines that moved stock now. */
  readonly applied: number;
  /** Lines that are no stock, or unreadable. */
  readonly skipped: number;
  readonly refused: number;
  readonly products: number;
  readonly stores: number;
  /** Where the ledger stands. */
  readonly seq: number;
  /** For the lines: without reading the file, products, stores, opening receipts and the check at the end. */
  readonly seconds: number;
  readonly movementsPerSecond: number;
  readonly verify: "ok" | "failed" | "not asked";
  /** Lines that had been applied by an earlier run. */
  readonly replayed: number;
}

/** A summary, and what was left out by the name of the rule or the code of the refusal. */
export interface ReplayReport {
  readonly summary: ReplaySummary;
  readonly skippedBy: ReadonlyMap<string, number>;
  readonly refusedBy: ReadonlyMap<string, number>;
}

export interface ReplayOptions {
  readonly file: InvoiceFile;
  readonly plan: Plan;
  readonly target: Target;
  /** How many times faster than it happened. */
  readonly speed: number;
  readonly timers: Timers;
  /** Hears how many lines are done. */
  readonly onProgress?: (done: number) => void;
}

type Fate = "applied" | "replayed" | "refused";

/** Runs a plan against a target. Every command has a key made of the file's content and the line's place, so running it again applies nothing twice. */
export async function replay({ file, plan, target, speed, timers, onProgress }: ReplayOptions): Promise<ReplayReport> {
  const fates: Record<Fate, number> = { applied: 0, replayed: 0, refused: 0 };
  const refusedBy = new Map<string, number>();
  const send = ({ command, input, key }: PlannedCommand) =>
    target.execute(command, { ...input, idempotencyKey: `replay:${file.identity}:${key}` });

  async function inWindow<Planned extends PlannedCommand>(commands: readonly Planned[], each: (planned: Planned) => Promise<void>) {
    const window = createWindow(target.inFlight);
    for (const planned of commands) await window.start(() => each(planned));
    await window.drained();
  }

  /** What exists already, whoever made it, serves as well. */
  const ensure = (planned: PlannedCommand) =>
    send(planned).then(ignore, (error) => {
      if (!isInventoryError(error, "ALREADY_EXISTS")) throw error;
    });

  async function sendLine(planned: PlannedCommand): Promise<void> {
    fates[await fateOf(planned)]++;
    onProgress?.(fates.applied + fates.replayed + fates.refused);
  }

  async function fateOf(planned: PlannedCommand): Promise<Fate> {
    try {
      return (await send(planned)).replayed ? "replayed" : "applied";
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusedBy.set(error.code, (refusedBy.get(error.code) ?? 0) + 1);
      return "refused";
    }
  }

  await inWindow(plan.stores, ensure);
  await inWindow(plan.products, ensure);
  await inWindow(plan.openings, (planned) => send(planned).then(ignore));
  const pace = createPace(speed, timers);
  const window = createWindow(target.inFlight);
  const started = timers.now();
  for (const line of plan.lines) {
    await pace(line.occurredAt);
    await window.start(() => sendLine(line));
  }
  await window.drained();
  const seconds = Math.max(timers.now() - started, 1) / 1_000;
  const summary = {
    lines: file.lines.length,
    applied: fates.applied,
    skipped: file.lines.length - plan.lines.length,
    refused: fates.refused,
    products: plan.products.length,
    stores: plan.stores.length,
    seq: await target.head(),
    seconds: Math.round(seconds * 1_000) / 1_000,
    movementsPerSecond: Math.round(plan.lines.length / seconds),
    verify: verdict(await target.verify()),
    replayed: fates.replayed,
  };
  return { summary, skippedBy: plan.skipped, refusedBy };
}

const verdict = (consistent: boolean | undefined): ReplaySummary["verify"] =>
  consistent === undefined ? "not asked" : consistent ? "ok" : "failed";

const ignore = (): void => undefined;

/** Whether the ledger said no to one command, rather than being out of order as a whole. */
const isRefusal = (error: unknown): error is InventoryError =>
  isInventoryError(error) && !errorCodes[error.code].retryable && errorCodes[error.code].status < 500;
