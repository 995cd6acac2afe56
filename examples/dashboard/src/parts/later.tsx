import { useConnection } from "@onhand/react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ComponentType, useEffect } from "react";
import { Button } from "./button";
import { Nothing, Page } from "./page";

/** A page whose code is not part of the first load. */
export interface Later {
  readonly name: string;
  readonly load: () => Promise<ComponentType>;
}

// Code never gets old, and a device that thinks it is offline may well reach its server.
const queryOf = ({ name, load }: Later) => ({
  queryKey: ["page", name],
  queryFn: async () => ({ Content: await load() }),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
  networkMode: "always" as const,
});

/** Shows a page once its code is here; where that can't be had, says so. */
export function LaterPage({ page }: { readonly page: Later }) {
  const { data, isError, refetch } = useQuery(queryOf(page));
  if (data) return <data.Content />;
  return (
    <Page title={page.name}>
      <Nothing status={isError ? "ready" : "loading"}>
        <p role="alert" className="pb-4">
          This page is not here yet, and the server can't be reached.
        </p>
        <Button onClick={() => void refetch()}>Try again</Button>
      </Nothing>
    </Page>
  );
}

/** Has all pages brought once the first one is live, so that they are here when the server is not. */
export function useBringing(pages: readonly Later[]): void {
  const questions = useQueryClient();
  const isLive = useConnection(({ status }) => status === "live");
  useEffect(() => {
    if (isLive) for (const page of pages) void questions.prefetchQuery(queryOf(page));
  }, [isLive, pages, questions]);
}
