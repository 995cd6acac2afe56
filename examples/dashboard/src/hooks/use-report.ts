import type { Report, ReportDimension } from "@onhand/core";
import { useProducts } from "@onhand/react";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "../model/api";
import { fetchWorths } from "../model/fetch-worths";
import type { ReportName } from "../model/reports";
import { isWorthName, type WorthName, worthReport } from "../model/worth";

type AnyReport = Report<Readonly<Record<string, unknown>>>;
type PlainName = Exclude<ReportName, WorthName>;

/** What a report is asked with. */
export interface ReportRequest {
  readonly by: readonly ReportDimension[];
  readonly storeId?: string;
  readonly from?: string;
  readonly timeZone?: string;
  readonly days?: number;
}

/** A report of the server's, or one on worth, which is added up here. */
export function useReport(name: ReportName, request: ReportRequest) {
  const worth = useWorthReport(name, request);
  const { data, status, error } = useQuery({
    queryKey: ["report", name, request],
    queryFn: () => ask(name as PlainName, request),
    enabled: !isWorthName(name),
  });
  return isWorthName(name) ? worth : { report: data, status, error, incomplete: 0 };
}

function useWorthReport(name: ReportName, { by, storeId, from }: ReportRequest) {
  const wanted = isWorthName(name) ? name : undefined;
  const of = { ...(storeId !== undefined && { storeId }), ...(from !== undefined && { from }) };
  const { data, status, error } = useQuery({
    queryKey: ["worth", name, of],
    queryFn: () => fetchWorths(name as WorthName, of),
    enabled: wanted !== undefined,
  });
  const products = useProducts(wanted ? {} : { skus: [] });
  const report = useMemo(() => {
    if (!data || !wanted || products.status !== "ready") return undefined;
    const known = new Map(products.items.map((product) => [product.sku, product]));
    return worthReport(data, { name: wanted, by, productOf: (sku) => known.get(sku) });
  }, [data, wanted, products, by]);
  return { report, status: data && !report ? ("pending" as const) : status, error, incomplete: data?.incomplete ?? 0 };
}

/** Each report has figures of its own; its columns say which. */
const ask = (name: PlainName, request: ReportRequest): Promise<AnyReport> =>
  api.reports[name](request as object) as Promise<unknown> as Promise<AnyReport>;
