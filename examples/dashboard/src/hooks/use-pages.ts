import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";

interface PageOf<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

/** What was asked of the server, page by page. */
export interface Pages<T> {
  readonly items: readonly T[];
  readonly status: "loading" | "ready" | "refused";
  readonly error: unknown;
  /** Asks for the next page; undefined when there is none. */
  readonly more: (() => void) | undefined;
  readonly busy: boolean;
}

/** Asks for a list a page at a time, and anew whenever `name` changes; what was there stays until the answer comes. */
export function usePages<T>(name: readonly unknown[], ask: (page: { readonly cursor?: string }) => Promise<PageOf<T>>): Pages<T> {
  const { data, status, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: name,
    queryFn: ({ pageParam }) => ask(pageParam === undefined ? {} : { cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });
  return {
    items: data?.pages.flatMap(({ items }) => items) ?? [],
    status: status === "pending" ? "loading" : status === "error" ? "refused" : "ready",
    error,
    more: hasNextPage ? () => void fetchNextPage() : undefined,
    busy: isFetchingNextPage,
  };
}
