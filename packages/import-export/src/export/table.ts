import { InventoryError } from "@onhand/core";
import { presets } from "../presets";
import type { Kind, Preset, Written } from "../presets/preset";
import { writeCsv } from "./write-csv";
import { writeXlsx } from "./write-xlsx";

/** How a file is written. */
export interface ExportOptions {
  readonly format: "csv" | "xlsx";
  /** The format of another system, by the name of one of {@link presets}, or one of the host's own. This package's own unless given. */
  readonly preset?: string | Preset;
  /** The character between cells; as the preset says, or a comma. */
  readonly delimiter?: string;
  /** Puts a byte order mark before text, by which Excel knows UTF-8. */
  readonly bom?: boolean;
}

/** What a cell holds. Text is never run as a formula, whatever it begins with. */
export type Cell = string | number | undefined;

/** A header, and rows as they are asked for. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: AsyncIterable<readonly Cell[]>;
}

/** Writes a table as it is read. */
export const writeTable = (table: Table, { format, delimiter, bom = false }: ExportOptions, preset: Preset): AsyncIterable<Uint8Array> =>
  format === "xlsx"
    ? writeXlsx(table)
    : writeCsv(table, { delimiter: delimiter ?? preset.delimiter ?? ",", quotes: preset.quotes ?? true, bom });

/** The format to write, and its columns. */
export function columnsFor(
  kind: Kind,
  { preset, format }: ExportOptions,
): { preset: Preset; columns: readonly (readonly [string, Written])[] } {
  if (format !== "csv" && format !== "xlsx") throw new TypeError('format must be "csv" or "xlsx"');
  const wanted = typeof preset === "object" ? preset : presets.find(({ name }) => name === (preset ?? `onhand-${kind}`));
  const columns = wanted?.writes?.[kind];
  if (wanted && columns) return { preset: wanted, columns };
  const names = presets.filter(({ writes }) => writes?.[kind]).map(({ name }) => name);
  throw new InventoryError("INVALID_INPUT", {
    issues: [{ path: "preset", message: `must be a format that can be written for ${kind}: ${names.join(", ")}` }],
  });
}

/** Cells of a row: fields by their names, attributes by theirs. */
export const rowOf = (
  columns: readonly (readonly [string, Written])[],
  fields: Readonly<Record<string, Cell>>,
  attributes: Readonly<Record<string, unknown>> = {},
): Cell[] =>
  columns.map(([, written]) => {
    if (typeof written === "string") return fields[written];
    return "text" in written ? written.text : attributeText(attributes[written.attribute]);
  });

const attributeText = (value: unknown): Cell => {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value);
};

/** A time as ISO 8601; nothing for never. */
export const timeText = (time: number): Cell => (time === 0 ? undefined : new Date(time).toISOString());

/** Every page of a list, item by item. */
export async function* allOf<Item>(
  list: (cursor: { cursor?: string }) => Promise<{ readonly items: readonly Item[]; readonly nextCursor?: string }>,
): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const page = await list(cursor === undefined ? {} : { cursor });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
