import { InventoryError } from "@onhand/core";
import { unzipSync } from "fflate";
import { type Line, readWhole } from "./read-csv";
import type { Source } from "./source";

/** A workbook is held in memory as a whole: this much packed, this much unpacked. */
const maximumPacked = 64 * 1_048_576;
const maximumUnpacked = 512 * 1_048_576;

/** Whether these bytes begin a ZIP archive, which every XLSX file is. */
export const isZip = (sample: Uint8Array): boolean => sample[0] === 0x50 && sample[1] === 0x4b && sample[2] === 0x03 && sample[3] === 0x04;

/** The rows of the first sheet of a workbook, empty ones left out. Dates become ISO 8601 texts, numbers plain decimals. */
export async function* readXlsx(source: Source, bytes: number, signal?: AbortSignal): AsyncGenerator<Line> {
  if (bytes > maximumPacked) throw refused(`is larger than ${maximumPacked} bytes; save it as CSV, which has no such limit`);
  const content = await readWhole(source, signal);
  requireUnpackable(content);
  const { readSheet } = await import("read-excel-file/universal");
  const rows = await readSheet(new Blob([content as Uint8Array<ArrayBuffer>]), 1, { trim: false }).catch((cause) => {
    throw refused("is not a whole XLSX workbook", cause);
  });
  for (const [index, row] of rows.entries()) {
    signal?.throwIfAborted();
    const cells = row.map(cellText);
    if (cells.some((cell) => cell.trim() !== "")) yield { line: index + 1, cells };
  }
}

/** What an archive says of its sizes is checked before any of it is unpacked: a few kilobytes can claim to be gigabytes. */
function requireUnpackable(content: Uint8Array): void {
  let unpacked = 0;
  try {
    unzipSync(content, {
      filter({ originalSize }) {
        unpacked += originalSize;
        return false;
      },
    });
  } catch (cause) {
    throw refused("is not a whole XLSX workbook", cause);
  }
  if (unpacked > maximumUnpacked) throw refused(`unpacks to more than ${maximumUnpacked} bytes`);
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "number") return decimalText(value);
  return typeof value === "boolean" ? (value ? "TRUE" : "FALSE") : String(value);
}

/** Without an exponent: 3.65275101829E11 is a barcode. */
const decimalText = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : String(value);

const refused = (message: string, cause?: unknown): InventoryError =>
  new InventoryError("INVALID_INPUT", { issues: [{ path: "file", message }] }, cause === undefined ? {} : { cause });
