import type { ReportFormat } from "@onhand/transport-adapters/http/client";
import { useState } from "react";
import { api } from "../model/api";
import { describeRefusal } from "../model/refusal";
import type { ReportName } from "../model/reports";
import { say } from "../say";
import type { ReportRequest } from "./use-report";

/** How long it waits before it asks whether the file is there: at first hardly at all, since most reports are short. */
const pausesMs = { first: 25, longest: 1_600 };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The files a report can be. */
export const formats: readonly ReportFormat[] = ["csv", "xlsx", "pdf"];

interface Wanted {
  readonly name: ReportName;
  readonly request: ReportRequest;
  readonly format: ReportFormat;
}

/** Has a report written as a file and takes it down, however long it is. */
export function useDownload() {
  const [busy, setBusy] = useState(false);

  async function fileOf({ name, request, format }: Wanted): Promise<Blob> {
    let job = await api.jobs.startReport(name, { ...request }, format);
    for (let ms = pausesMs.first; job.status === "running"; ms = Math.min(2 * ms, pausesMs.longest)) {
      await pause(ms);
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

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
