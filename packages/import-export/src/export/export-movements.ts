import type { Movement, MovementFilter } from "@onhand/core";
import type { Target } from "../run/job";
import { moneyFields } from "./export-products";
import { allOf, type Cell, columnsFor, type ExportOptions, rowOf, timeText, writeTable } from "./table";

/** Which movements are exported, and how. */
export interface ExportMovementsOptions extends ExportOptions, Pick<MovementFilter, "sku" | "storeId" | "type" | "from" | "to"> {}

/**
 * Exports the ledger, oldest first, a page at a time.
 *
 * Imported into an inventory that has the same products and stores and no stock, it gives the same levels, and the same entries with
 * new ids; what reversed what is told by reason and reference only.
 *
 * @throws {@link InventoryError} as {@link exportProducts}.
 * @example
 * await writeFile("ledger.csv", exportMovements(inventory, { format: "csv", from: "2026-01-01T00:00:00Z" }));
 * @see docs/guides/import-export.md
 */
export function exportMovements(
  inventory: Target,
  { sku, storeId, type, from, to, ...options }: ExportMovementsOptions,
): AsyncIterable<Uint8Array> {
  const { preset, columns } = columnsFor("movements", options);
  const given = Object.entries({ sku, storeId, type, from, to }).filter(([, value]) => value !== undefined);
  const filter = Object.fromEntries(given) as MovementFilter;
  async function* rows(): AsyncGenerator<Cell[]> {
    for await (const movement of allOf((page) => inventory.stock.movements({ ...filter, limit: 1_000, ...page })))
      yield rowOf(columns, fieldsOf(movement));
  }
  return writeTable({ header: columns.map(([name]) => name), rows: rows() }, options, preset);
}

const fieldsOf = (movement: Movement): Readonly<Record<string, Cell>> => ({
  id: movement.id,
  seq: movement.seq,
  occurredAt: timeText(movement.occurredAt),
  sku: movement.sku,
  storeId: movement.storeId,
  type: movement.type,
  delta: movement.delta,
  onHandAfter: movement.onHandAfter,
  reservedAfter: movement.reservedAfter,
  ...moneyFields("unitCost", movement.unitCost),
  ...moneyFields("unitPrice", movement.unitPrice),
  reason: movement.reason,
  referenceType: movement.reference?.type,
  referenceId: movement.reference?.id,
  actor: movement.actor,
  recordedAt: timeText(movement.recordedAt),
  reverses: movement.reverses,
});
