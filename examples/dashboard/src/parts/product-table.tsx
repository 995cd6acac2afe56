// biome-ignore-all lint/a11y/useSemanticElements: rows out of view are not there and the others are placed by hand, which a table element can't do.
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useDeferredValue,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useCatalogue, useDesk, useTotals } from "../desk";
import { usePaced } from "../hooks/use-paced";
import { arrange, type Sort } from "../model/order";
import type { Status } from "../model/status";
import { ColumnHeads } from "./column-heads";
import { ProductRow, rowHeight } from "./product-row";
import { Toolbar } from "./toolbar";

interface ProductTableProps {
  readonly searchRef: RefObject<HTMLInputElement | null>;
  readonly status: Status | undefined;
  readonly onStatus: (status: Status | undefined) => void;
  readonly onOpen: (sku: string) => void;
}

// Rows that change places under a pointer can't be read or clicked, so they do it all at once and not too often.
const rearrangeEveryMs = 1_000;
const headsHeight = 104;

/** Products that match, in order. Only the rows in view are there. */
export function ProductTable({ searchRef, status, onStatus, onOpen }: ProductTableProps) {
  const [search, setSearch] = useState("");
  const [sort, setSort] = useState<Sort>({ column: "product", descending: false });
  const { isReady, products } = useCatalogue();
  const skus = useOrder({ search: useDeferredValue(search), sort, status });
  return (
    <section aria-label="Products" className="panel">
      <div className="sticky top-14 z-20 rounded-t-xl border-line border-b bg-card">
        <Toolbar inputRef={searchRef} search={search} onSearch={setSearch} status={status} onStatus={onStatus} found={skus.length} />
      </div>
      <div role="table" aria-label="Products" aria-rowcount={skus.length + 1}>
        <ColumnHeads sort={sort} onSort={setSort} />
        {skus.length === 0 ? <Nothing isReady={isReady} isEmpty={products.length === 0} /> : <Rows skus={skus} onOpen={onOpen} />}
      </div>
    </section>
  );
}

function Nothing({ isReady, isEmpty }: { readonly isReady: boolean; readonly isEmpty: boolean }) {
  const says = isEmpty ? "There are no products yet. Your app, an import or the API adds them." : "No product matches.";
  return <p className="px-4 py-16 text-center text-soft">{isReady ? says : "Loading products…"}</p>;
}

function useOrder(view: { readonly search: string; readonly sort: Sort; readonly status: Status | undefined }): readonly string[] {
  const { search, sort, status } = view;
  const { lowMark, storeId } = useDesk();
  const { products } = useCatalogue();
  const scope = [search, sort.column, sort.descending, status, storeId].join("\n");
  const totals = usePaced(useTotals(sort.column !== "product" || status !== undefined), { everyMs: rearrangeEveryMs, scope });
  return useMemo(() => arrange(products, { totals, lowMark }, { search, sort, status }), [products, totals, lowMark, search, sort, status]);
}

function Rows({ skus, onOpen }: { readonly skus: readonly string[]; readonly onOpen: (sku: string) => void }) {
  const list = useRef<HTMLDivElement>(null);
  const scrollMargin = useOffsetTop(list);
  const virtualizer = useWindowVirtualizer({
    count: skus.length,
    estimateSize: () => rowHeight,
    overscan: 6,
    scrollMargin,
    scrollPaddingStart: headsHeight,
    getItemKey: (index) => skus[index] ?? index,
  });
  const [active, setActive] = useState(0);
  const wantsFocus = useRef(false);
  const items = virtualizer.getVirtualItems();
  const inView = items.some(({ index }) => index === active);
  const tabStop = inView ? active : (items[0]?.index ?? 0);

  // The row a key leads to may come into view only after the page has scrolled.
  useEffect(() => {
    if (!wantsFocus.current || !inView) return;
    const row = list.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    row?.focus({ preventScroll: true });
    wantsFocus.current = row === null;
  });

  function onKeyDown(event: KeyboardEvent): void {
    const next = destinations[event.key]?.({ at: tabStop, last: skus.length - 1 });
    if (next === undefined) return;
    event.preventDefault();
    setActive(next);
    wantsFocus.current = true;
    virtualizer.scrollToIndex(next);
  }

  return (
    <div ref={list} role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }} onKeyDown={onKeyDown}>
      {items.map(({ key, index, start }) => (
        <ProductRow
          key={key}
          sku={skus[index] ?? ""}
          index={index}
          top={start - scrollMargin}
          isTabStop={index === tabStop}
          onOpen={onOpen}
        />
      ))}
    </div>
  );
}

const pageOfRows = 8;

type Move = (from: { readonly at: number; readonly last: number }) => number;

const destinations: Readonly<Record<string, Move>> = {
  ArrowDown: ({ at, last }) => Math.min(at + 1, last),
  ArrowUp: ({ at }) => Math.max(at - 1, 0),
  PageDown: ({ at, last }) => Math.min(at + pageOfRows, last),
  PageUp: ({ at }) => Math.max(at - pageOfRows, 0),
  Home: () => 0,
  End: ({ last }) => last,
};

/** How far below the top of the page an element begins, followed while what is above it grows or shrinks. */
function useOffsetTop(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  const measure = useCallback(() => {
    if (element.current) setTop(Math.round(element.current.getBoundingClientRect().top + window.scrollY));
  }, [element]);
  useLayoutEffect(() => {
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [measure]);
  return top;
}
