import { writeCsv } from "../export/write-csv";
import { writeXlsx } from "../export/write-xlsx";
import type { AnyReport } from "./report-table";
import { reportTable } from "./report-table";
import { type PdfOptions, writePdf } from "./write-pdf";

/** How a report is written. */
export interface ExportReportOptions extends PdfOptions {
  readonly format: "csv" | "xlsx" | "pdf";
  /** Whether sub-totals and totals are written among the rows. Unless said they are, but not in CSV, which other programs add up. */
  readonly totals?: boolean;
  /** The character between cells of CSV; a comma unless given. */
  readonly delimiter?: string;
  /** Puts a byte order mark before CSV, by which Excel knows UTF-8. */
  readonly bom?: boolean;
}

/**
 * Writes a report to a file: CSV in which no text is ever run as a formula, a workbook, or pages of a PDF. Money is in the
 * currency's main unit, a column for each currency; times are ISO 8601.
 *
 * A PDF needs the package `pdfkit`. Its own fonts know the letters of western Europe; for others give it a `font`.
 *
 * @throws {@link InventoryError} `UNSUPPORTED` when a PDF has letters that its font does not, when pdfkit is not installed, and for more
 * rows than a workbook or a PDF of 10,000 rows holds.
 * @example
 * const report = await inventory.reports.salesByCategory({ by: ["category", "month"] });
 * await writeFile("sales.pdf", exportReport(report, { format: "pdf", title: "Sales" }));
 * @see docs/guides/reports.md
 */
export function exportReport(report: AnyReport, options: ExportReportOptions): AsyncIterable<Uint8Array> {
  const { format, totals = format !== "csv", delimiter = ",", bom = false } = options;
  const table = reportTable(report, totals);
  if (format === "pdf") return writePdf(report, table, options);
  const { header } = table;
  async function* rows() {
    for (const { cells } of table.lines()) yield cells;
  }
  if (format === "xlsx") return writeXlsx({ header, rows: rows() });
  if (format === "csv") return writeCsv({ header, rows: rows() }, { delimiter, quotes: true, bom });
  throw new TypeError('format must be "csv", "xlsx" or "pdf"');
}
