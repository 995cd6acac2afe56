import { api } from "./api";
import type { WorthName, Worths } from "./worth";

interface WorthRequest {
  readonly storeId?: string;
  readonly from?: string;
}

const limit = 1_000;

/** Asks for all pages of a report on worth. */
export async function fetchWorths(name: WorthName, { storeId, from }: WorthRequest): Promise<Worths> {
  const of = { limit, ...(storeId !== undefined && { storeId }) };
  const at = Date.now();
  if (name === "valuation") {
    const pages = await allPages((page) => api.reports.valuation({ ...of, ...page }));
    return {
      worths: pages.flatMap(({ rows }) =>
        rows.map(({ sku, storeId: place = "", quantity, value: money }) => ({ sku, storeId: place, quantity, money })),
      ),
      totals: pages[0]?.totals ?? [],
      incomplete: pages.flatMap(({ incomplete }) => incomplete).length,
      at,
    };
  }
  const pages = await allPages((page) =>
    api.reports.costOfGoodsSold({ ...of, ...page, ...(from !== undefined && { from }), by: ["sku", "storeId"] }),
  );
  const rows = pages.flatMap((page) => page.rows);
  return {
    worths: rows.map(({ sku = "", storeId: place = "", quantity = 0, cost: money }) => ({ sku, storeId: place, quantity, money })),
    totals: pages[0]?.totals ?? [],
    incomplete: new Set(rows.flatMap(({ sku, incomplete }) => (incomplete > 0 ? [sku] : []))).size,
    at,
  };
}

async function allPages<Page extends { readonly nextCursor?: string }>(
  ask: (page: { readonly cursor?: string }) => Promise<Page>,
): Promise<readonly Page[]> {
  const pages = [await ask({})];
  for (let cursor = pages[0]?.nextCursor; cursor !== undefined; cursor = pages.at(-1)?.nextCursor) pages.push(await ask({ cursor }));
  return pages;
}
