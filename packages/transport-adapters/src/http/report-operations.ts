import { type Inventory, InventoryError, type Report } from "@onhand/core";
import { answerSchemas, parser, querySchemas } from "@onhand/core/schemas";
import { describeAnswer } from "./components";
import type { Input } from "./input";
import { type Call, type Later, type Operation, schemaOf } from "./operation";
import { malformed } from "./problem";
import { askingOf, demandToRead, takesOf } from "./read-operations";
import type { ReadRoute } from "./routes";

/** The files a report can be, by how `?format=` names them. */
const fileTypes = {
  csv: "text/csv",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pdf: "application/pdf",
} as const;

/** A file a report can be. */
export type ReportFormat = keyof typeof fileTypes;

type Format = "json" | ReportFormat;

const json = "application/json";
const types: Readonly<Record<Format, string>> = { json, ...fileTypes };

/** Writes a report as a file: `exportReport` of `@onhand/import-export`, or the host's own. */
export type ExportReport = (report: Report<object>, options: { readonly format: ReportFormat }) => AsyncIterable<Uint8Array>;

/** How reports leave. */
export interface ReportFiles {
  /** Without it, reports are JSON only. */
  readonly exportReport?: ExportReport | undefined;
  /** The most rows of a report that is answered at once. */
  readonly maxReportRows: number;
}

/** A report as an operation: JSON or a file, at once while it is short, or as a job. */
export function reportOperation(inventory: Inventory, name: string, route: ReadRoute, files: ReportFiles): Operation {
  const { exportReport, maxReportRows } = files;
  const formats = Object.keys(exportReport ? types : { json }) as Format[];
  const offered = formats.map((format) => types[format]);
  const takes = takesOf(name, route);
  const ask = askingOf(inventory, name, route) as (input: Input, signal: AbortSignal) => Promise<Report<object>>;
  const parse = parser(schemaOf(querySchemas, name));

  /** What is wanted and how, when that is known to be possible. */
  async function wanted({ input, permissions, prefers }: Call): Promise<{ readonly asked: Input; readonly format: Format }> {
    const { format: said, ...asked } = input;
    await demandToRead(permissions, name, route, asked);
    const format = said ?? formatOf(prefers(offered, json));
    if (typeof format !== "string" || !Object.hasOwn(types, format)) throw malformed(`must be one of ${formats.join(", ")}`, "format");
    if (!formats.includes(format as Format)) throw new InventoryError("UNSUPPORTED", { feature: `reports as ${format}` });
    return { asked, format: format as Format };
  }

  async function later(call: Call): Promise<Later> {
    const { asked, format } = await wanted(call);
    const { consistency: _consistency, minSeq: _seq, ...fields } = asked;
    parse(fields);
    return {
      cancellable: true,
      async work(signal, progress) {
        progress({ phase: "reading" });
        const report = await ask(asked, signal);
        return fileOf(report, format, (bytes) => {
          signal.throwIfAborted();
          progress({ phase: "writing", rows: report.rows.length, bytes });
        });
      },
    };
  }

  async function fileOf(report: Report<object>, format: Format, onWritten: (bytes: number) => void = () => undefined): Promise<File> {
    const chunks: BlobPart[] = [];
    let bytes = 0;
    onWritten(bytes);
    for await (const chunk of format === "json" ? jsonOf(report) : (exportReport as ExportReport)(report, { format })) {
      chunks.push(chunk as BlobPart);
      bytes += chunk.byteLength;
      onWritten(bytes);
    }
    return new File(chunks, `${route.path.split("/").at(-1)}.${format}`, { type: types[format] });
  }

  return {
    name,
    route,
    writes: false,
    isCommand: false,
    from: "query",
    takes: { ...takes, properties: { ...takes.properties, format: { type: "string", enum: formats } } },
    answers: describeAnswer(schemaOf(answerSchemas, name)),
    files: offered.filter((type) => type !== json),
    status: 200,
    refusals: ["UNKNOWN_PRODUCT", "UNKNOWN_STORE", "UNSUPPORTED", "QUEUE_FULL"],
    async run(call) {
      const { asked, format } = await wanted(call);
      const report = await ask(asked, call.signal());
      if (report.rows.length > maxReportRows)
        throw malformed(
          `would have ${report.rows.length} rows, more than the ${maxReportRows} that are answered at once: send Prefer: respond-async`,
        );
      return format === "json" ? report : fileOf(report, format);
    },
    later,
  };
}

const formatOf = (type: string): Format => (Object.keys(types) as Format[]).find((one) => types[one] === type) ?? "json";

const utf8 = new TextEncoder();

function* jsonOf(report: Report<object>): Generator<Uint8Array> {
  yield utf8.encode(JSON.stringify(report));
}
