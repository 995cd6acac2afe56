import type { Report, ReportDimension } from "@onhand/core";
import { useQuery } from "@tanstack/react-query";
import { api } from "../model/api";
import type { ReportName } from "../model/reports";

type AnyReport = Report<Readonly<Record<string, unknown>>>;

/** What a report is asked with. */
export interface ReportRequest {
  readonly by: readonly ReportDimension[];
  readonly storeId?: string;
  readonly from?: string;
  readonly timeZone?: string;
  readonly days?: number;
}

/** A report of the server's. */
export const useReport = (name: ReportName, request: ReportRequest) =>
  useQuery({ queryKey: ["report", name, request], queryFn: () => ask(name, request) });

/** Each report has figures of its own; its columns say which. */
const ask = (name: ReportName, request: ReportRequest): Promise<AnyReport> =>
  api.reports[name](request as object) as Promise<unknown> as Promise<AnyReport>;
