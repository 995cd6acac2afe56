import type { Preset } from "../presets/preset";
import { parseNumber } from "./cells";
import type { Reading } from "./money";
import type { Findings } from "./problem";
import type { FileRecord } from "./record";

/** What a record says of one level. */
export interface LevelEntry {
  readonly sku: string;
  /** As the file calls it. */
  readonly storeId: string;
  readonly quantity: number;
  readonly column: string;
}

interface LevelReading extends Reading {
  /** Where everything is, in a file that does not say. */
  readonly storeId?: string | undefined;
}

/** The levels a record tells of; none when it has no quantity. */
export function readLevels(record: FileRecord, preset: Preset, reading: LevelReading, findings: Findings): readonly LevelEntry[] {
  const noQuantity = new Set(preset.noQuantity ?? []);
  const cells = preset.storeColumns
    ? record.byStore()
    : [{ storeId: record.text("storeId") || (reading.storeId ?? ""), column: record.columnOf("quantity"), text: record.text("quantity") }];
  const filled = cells.filter(({ text }) => text !== "" && !noQuantity.has(text.toLowerCase()));
  if (filled.length === 0) return [];
  const sku = record.text("sku");
  if (sku === "") findings.error(record.columnOf("sku"), "there is no SKU");
  if (record.isCode("sku")) findings.warn("SKU_MADE_UP", record.columnOf("sku"), `there is no SKU, so it is called ${sku}`);
  return filled.flatMap(({ storeId, column, text }) => {
    const quantity = parseNumber(text, reading.decimal);
    if (quantity === undefined) findings.error(column, `${JSON.stringify(text.slice(0, 40))} is no quantity`);
    if (storeId === "") findings.error(record.columnOf("storeId"), "there is no store; name the one the file is about in `storeId`");
    return quantity === undefined || storeId === "" || sku === "" ? [] : [{ sku, storeId, quantity, column }];
  });
}
