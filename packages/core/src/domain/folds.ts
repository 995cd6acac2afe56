import { type CostFold, foldCosts } from "./costing/fold";
import { type CostEntryRow, costEntries } from "./costing/tables";
import { foldLots, type LotFold } from "./lots/fold";
import { type LotMovementRow, lotMovements } from "./lots/tables";
import type { Row, TableDefinition } from "./shared/rows";
import { foldLedger, type LedgerFold, type Mismatch } from "./stock/fold";
import { type MovementRow, movements } from "./stock/tables";

/** What the logs of an inventory add up to, to compare its rows with. */
export interface Folds {
  readonly ledger: LedgerFold;
  readonly lots: LotFold;
  readonly costs: CostFold;
  /** The logs that are folded, each row once and in its order. */
  readonly logs: readonly FoldedLog[];
}

/** A log, and what takes its rows; it tells of one that disagrees with itself or with those before it. */
export interface FoldedLog {
  readonly table: TableDefinition;
  readonly add: (row: Row) => readonly Mismatch[];
}

const nothing: readonly Mismatch[] = [];

export function createFolds(): Folds {
  const folds = { ledger: foldLedger(), lots: foldLots(), costs: foldCosts() };
  const { ledger, lots, costs } = folds;

  function addMovement(row: MovementRow): readonly Mismatch[] {
    const mismatch = ledger.add(row);
    return mismatch ? [mismatch, ...lots.add(row)] : lots.add(row);
  }

  function addTrace(row: LotMovementRow): readonly Mismatch[] {
    lots.trace(row);
    return nothing;
  }

  function addEntry(row: CostEntryRow): readonly Mismatch[] {
    costs.add(row);
    return nothing;
  }

  const logs: readonly FoldedLog[] = [
    { table: movements, add: (row) => addMovement(row as MovementRow) },
    { table: lotMovements, add: (row) => addTrace(row as LotMovementRow) },
    { table: costEntries, add: (row) => addEntry(row as CostEntryRow) },
  ];
  return { ...folds, logs };
}
