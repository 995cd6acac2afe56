import type { ReportFormat } from "@onhand/transport-adapters/http/client";
import { useState } from "react";
import { api } from "../model/api";
import { describeRefusal } from "../model/refusal";
import type { ReportName } from "../model/reports";
import { say } from "../say";

const askEveryMs = 400;
const pause = () => new Promise((resolve) => setTimeout(resolve, askEveryMs));

/** Has a report written as a file and takes it down, however long it is. */
export function useDownload() {
  const [busy, setBusy] = useState(false);

  async function fileOf(name: ReportName, request: Readonly<Record<string, unknown>>, format: ReportFormat): Promise<Blob> {
    let job = await api.jobs.startReport(name, request, format);
    while (job.status === "running") {
      await pause();
      job = await api.jobs.get(job.id);
    }
    return api.jobs.file(job.id);
  }

  async function download(name: ReportName, request: Readonly<Record<string, unknown>>, format: ReportFormat): Promise<void> {
    setBusy(true);
    try {
      save(await fileOf(name, request, format), `${name}.${format}`);
      say({ kind: "success", text: `${name}.${format} is in your downloads` });
    } catch (error) {
      say({ kind: "error", text: "The file was not written", description: describeRefusal(error) });
    } finally {
      setBusy(false);
    }
  }

  return { busy, download };
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
