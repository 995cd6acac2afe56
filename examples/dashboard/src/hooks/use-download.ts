import type { Report } from "@onhand/core";
import type { ReportFormat } from "@onhand/transport-adapters/http/client";
import { useState } from "react";
import { api } from "../model/api";
import { describeRefusal } from "../model/refusal";
import type { ReportName } from "../model/reports";
import { isWorthName } from "../model/worth";
import { say } from "../say";
import type { ReportRequest } from "./use-report";

const askEveryMs = 400;
const pause = () => new Promise((resolve) => setTimeout(resolve, askEveryMs));

/** The files a report can be. The server writes those it adds up itself; the others are written here, where nothing writes a PDF. */
export const formatsOf = (name: ReportName): readonly ReportFormat[] => (isWorthName(name) ? ["csv", "xlsx"] : ["csv", "xlsx", "pdf"]);

interface Wanted {
  readonly name: ReportName;
  readonly request: ReportRequest;
  /** As it is shown. */
  readonly report: Report<object>;
  readonly format: ReportFormat;
}

/** Has a report written as a file and takes it down, however long it is. */
export function useDownload() {
  const [busy, setBusy] = useState(false);

  async function fileOf({ name, request, report, format }: Wanted): Promise<Blob> {
    if (isWorthName(name)) return writeHere(report, format);
    let job = await api.jobs.startReport(name, { ...request }, format);
    while (job.status === "running") {
      await pause();
      job = await api.jobs.get(job.id);
    }
    return api.jobs.file(job.id);
  }

  async function download(wanted: Wanted): Promise<void> {
    const { name, format } = wanted;
    setBusy(true);
    try {
      save(await fileOf(wanted), `${name}.${format}`);
      say({ kind: "success", text: `${name}.${format} is in your downloads` });
    } catch (error) {
      say({ kind: "error", text: "The file was not written", description: describeRefusal(error) });
    } finally {
      setBusy(false);
    }
  }

  return { busy, download };
}

async function writeHere(report: Report<object>, format: ReportFormat): Promise<Blob> {
  const { exportReport } = await import("@onhand/import-export");
  const chunks: BlobPart[] = [];
  for await (const chunk of exportReport(report, { format })) chunks.push(chunk as BlobPart);
  return new Blob(chunks);
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
