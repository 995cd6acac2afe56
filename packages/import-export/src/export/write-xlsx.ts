import { InventoryError } from "@onhand/core";
import { strToU8, Zip, ZipDeflate } from "fflate";
import type { Cell, Table } from "./table";

/** What a sheet and a cell hold at most, by the format. */
const maximumRows = 1_048_576;
const maximumCellLength = 32_767;
const rowsAtOnce = 500;

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packageNames = "http://schemas.openxmlformats.org/package/2006";
const types = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** The parts of a workbook beside its sheet. */
const parts: Readonly<Record<string, string>> = {
  "[Content_Types].xml": `<Types xmlns="${packageNames}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${types}.worksheet+xml"/></Types>`,
  "_rels/.rels": `<Relationships xmlns="${packageNames}/relationships"><Relationship Id="rId1" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  "xl/workbook.xml": `<workbook xmlns="${main}" xmlns:r="${relationships}"><sheets><sheet name="onhand" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${packageNames}/relationships"><Relationship Id="rId1" Type="${relationships}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
};

/**
 * A table as a workbook of one sheet, row by row in bounded memory. Text cells are text: nothing in them is ever run.
 *
 * Written here because the libraries hold the workbook as a whole, and write-excel-file 4.1.1 makes a damaged one of a cell that says
 * `constructor`.
 *
 * @see https://ecma-international.org/publications-and-standards/standards/ecma-376/
 */
export async function* writeXlsx({ header, rows }: Table): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, chunk) => {
    failure ??= error;
    if (chunk) ready.push(chunk);
  });
  const add = (name: string) => {
    const file = new ZipDeflate(name);
    // The same table gives the same bytes, by which an import knows a file again.
    file.mtime = "1980-01-01";
    zip.add(file);
    return file;
  };
  for (const [name, xml] of Object.entries(parts)) add(name).push(strToU8(declaration + xml), true);
  const sheet = add("xl/worksheets/sheet1.xml");
  let xml = `${declaration}<worksheet xmlns="${main}"><sheetData>${rowXml(header, 1)}`;
  let count = 1;
  for await (const row of rows) {
    if (count === maximumRows) throw unsupported(`workbooks of more than ${maximumRows} rows`);
    xml += rowXml(row, ++count);
    if (count % rowsAtOnce > 0) continue;
    sheet.push(strToU8(xml));
    xml = "";
    yield* ready.splice(0);
  }
  sheet.push(strToU8(`${xml}</sheetData></worksheet>`), true);
  zip.end();
  if (failure) throw failure;
  yield* ready.splice(0);
}

const rowXml = (cells: readonly Cell[], row: number): string =>
  `<row r="${row}">${cells.map((cell, index) => cellXml(cell, `${columnName(index)}${row}`)).join("")}</row>`;

function cellXml(cell: Cell, place: string): string {
  if (cell === undefined || cell === "") return "";
  if (typeof cell === "number") return `<c r="${place}"><v>${cell}</v></c>`;
  if (cell.length > maximumCellLength) throw unsupported(`cells of more than ${maximumCellLength} characters in a workbook`);
  return `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
}

/** `A` to `Z`, then `AA`: columns are counted in letters, without a zero. */
const columnName = (index: number): string =>
  (index < 26 ? "" : columnName(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26));

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };

/** XML has no place for control characters; they become the sign for what can't be shown. */
const escaped = (text: string): string =>
  text.replace(/[&<>\r]/g, (character) => entities[character] as string).replace(/[^\P{Cc}\t\n]|\p{Cs}|[\ufffe\uffff]/gu, "\ufffd");

const unsupported = (what: string): InventoryError =>
  new InventoryError("UNSUPPORTED", { feature: `${what}; export CSV, which has no limit` });
