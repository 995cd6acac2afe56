// biome-ignore-all lint/a11y/useSemanticElements: rows out of view are not there and the others are placed by hand, which a table element can't do.
// biome-ignore-all lint/a11y/useFocusableInteractive: the buttons within take the focus.
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import type { Sort, SortColumn } from "../model/order";
import { columns } from "./product-row";

interface ColumnHeadsProps {
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

/** The table's head. A click sorts; another one the other way round. */
export function ColumnHeads(props: ColumnHeadsProps) {
  return (
    <div role="rowgroup" className="sticky top-[6.75rem] z-10 border-line border-b bg-card">
      <div
        role="row"
        aria-rowindex={1}
        className={`${columns} max-sm:grid-cols-[minmax(0,1fr)_auto_auto] h-9 items-center px-4 text-soft text-xs`}
      >
        <Head {...props} column="product" name="Product" />
        <span role="columnheader" className="hidden desk:block">
          Category
        </span>
        <span role="columnheader" className="hidden text-right desk:block">
          Price
        </span>
        <Head {...props} column="quantity" name="Available" className="flex justify-end" />
        <Head {...props} column="status" name="Status" className="flex justify-end sm:justify-start" />
      </div>
    </div>
  );
}

function Head({
  sort,
  onSort,
  column,
  name,
  className = "flex",
}: ColumnHeadsProps & { readonly column: SortColumn; readonly name: string; readonly className?: string }) {
  const isSorted = sort.column === column;
  const Icon = !isSorted ? ChevronsUpDown : sort.descending ? ArrowDown : ArrowUp;
  return (
    <div role="columnheader" aria-sort={!isSorted ? "none" : sort.descending ? "descending" : "ascending"} className={className}>
      <button
        type="button"
        onClick={() => onSort({ column, descending: isSorted && !sort.descending })}
        className={`-mx-1.5 flex h-7 items-center gap-1 rounded-md px-1.5 hover:text-ink ${isSorted ? "font-semibold text-ink" : ""}`}
      >
        {name}
        <Icon size={13} aria-hidden className={isSorted ? "text-accent" : "opacity-60"} />
      </button>
    </div>
  );
}
