import { InventoryError } from "@onhand/core";
import type { Cell } from "../export/table";
import type { AnyReport, ReportLine, reportTable } from "./report-table";

/** How pages look. */
export interface PdfOptions {
  /** What stands above the first page; the report's name unless given. */
  readonly title?: string;
  /** A TrueType or OpenType font, as its bytes or its path, for letters that western Europe does not write with. */
  readonly font?: string | Uint8Array;
}

const margin = 36;
const fontSize = 7.5;
const lineHeight = 11;
/** Nobody reads more on paper, and the pages are made in memory. */
const maximumRows = 10_000;

/** A report as pages across, its header on each. */
export async function* writePdf(
  report: AnyReport,
  table: ReturnType<typeof reportTable>,
  { title = report.name, font }: PdfOptions,
): AsyncGenerator<Uint8Array> {
  if (report.rows.length > maximumRows) throw unsupported(`a PDF of more than ${maximumRows} rows; export CSV or a workbook`);
  const lines = [...table.lines()];
  if (font === undefined) requireWestern([title, ...table.header, ...lines.flatMap(({ cells }) => cells)]);
  const { default: Pdf } = await import("pdfkit").catch((cause: unknown) => {
    throw unsupported("PDF without the package pdfkit: install it beside this one", cause);
  });
  // The same report gives the same bytes.
  const info = { Title: title, CreationDate: new Date(report.to) };
  const page = new Pdf({ size: "A4", layout: "landscape", margin, info });
  if (font !== undefined) page.registerFont("given", font as string);
  const fonts = { plain: font === undefined ? "Helvetica" : "given", bold: font === undefined ? "Helvetica-Bold" : "given" };
  const width = (page.page.width - 2 * margin) / table.header.length;

  function write(cells: readonly Cell[], bold: boolean): void {
    const y = page.y;
    page.font(bold ? fonts.bold : fonts.plain);
    for (const [index, cell] of cells.entries()) {
      const options = { width: width - 4, height: lineHeight, align: table.numeric[index] ? "right" : "left", ellipsis: true } as const;
      page.text(textOf(cell), margin + index * width, y, { ...options, lineBreak: false });
    }
    page.x = margin;
    page.y = y + lineHeight;
  }

  page.font(fonts.bold).fontSize(14).text(title);
  page.font(fonts.plain).fontSize(fontSize).text(spanText(report)).moveDown();
  write(table.header, true);
  for (const { kind, cells } of lines) {
    if (page.y + lineHeight > page.page.height - margin) {
      page.addPage();
      write(table.header, true);
    }
    write(cells, isSum(kind));
  }
  page.end();
  for await (const chunk of page) yield chunk as Uint8Array;
}

const isSum = (kind: ReportLine["kind"]): boolean => kind !== "row";

function textOf(cell: Cell): string {
  if (cell === undefined) return "";
  return typeof cell === "number" ? cell.toLocaleString("en", { maximumFractionDigits: 6 }) : cell;
}

const spanText = ({ from, to }: AnyReport): string =>
  [from, to].flatMap((time) => (time === undefined ? [] : [new Date(time).toISOString().slice(0, 16).replace("T", " ")])).join(" – ") +
  " UTC";

/** What the fonts every reader of PDF has can show. */
const western =
  /^[\t\n\r\u0020-\u007e\u00a0-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]*$/;

function requireWestern(cells: readonly Cell[]): void {
  const foreign = cells.find((cell) => typeof cell === "string" && !western.test(cell));
  if (foreign !== undefined)
    throw unsupported(`${JSON.stringify(String(foreign).slice(0, 60))} in a PDF without a font that has its letters: give one`);
}

const unsupported = (feature: string, cause?: unknown): InventoryError => new InventoryError("UNSUPPORTED", { feature }, { cause });
