import { InventoryError } from "@onhand/core";
import type { Cell, Table } from "./table";

/** A workbook is built in memory, so it is bounded well below the 1,048,576 rows of a sheet. */
const maximumRows = 250_000;
/** What a cell of a workbook holds at most. */
const maximumCellLength = 32_767;

/** A table as a workbook of one sheet. Text cells are text: nothing in them is ever run. */
export async function* writeXlsx({ header, rows }: Table): AsyncGenerator<Uint8Array> {
  const sheet = [header.map((name) => ({ value: name, type: String, fontWeight: "bold" as const }))] as object[][];
  for await (const row of rows) {
    if (sheet.length > maximumRows)
      throw new InventoryError("UNSUPPORTED", { feature: `workbooks of more than ${maximumRows} rows; export CSV, which has no limit` });
    sheet.push(row.map(cellOf) as object[]);
  }
  const { default: writeWorkbook } = await import("write-excel-file/universal");
  const blob = await writeWorkbook(sheet as never).toBlob();
  yield new Uint8Array(await blob.arrayBuffer());
}

function cellOf(cell: Cell): object | null {
  if (cell === undefined || cell === "") return null;
  if (typeof cell === "number") return { value: cell, type: Number };
  if (cell.length > maximumCellLength)
    throw new InventoryError("UNSUPPORTED", { feature: `cells of more than ${maximumCellLength} characters in a workbook; export CSV` });
  return { value: cell, type: String };
}
