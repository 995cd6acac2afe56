import { useQuery } from "@tanstack/react-query";
import { api } from "../model/api";

interface Which {
  readonly sku: string;
  readonly storeId?: string | undefined;
  /** What the answer hangs on: when it changes, it is asked anew. */
  readonly since?: number | undefined;
  readonly enabled?: boolean;
}

const most = 1_000;

/** The lots of a product that are in stock; everywhere, unless a store is said. */
export function useLots({ sku, storeId, since, enabled = true }: Which) {
  const { data } = useQuery({
    queryKey: ["lots", sku, storeId, since],
    queryFn: () => api.lots.list({ sku, limit: most, ...(storeId !== undefined && { storeId }) }),
    placeholderData: (before) => before,
    enabled,
  });
  return data?.items ?? [];
}
