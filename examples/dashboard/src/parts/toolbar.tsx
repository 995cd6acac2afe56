import { Search, X } from "lucide-react";
import type { RefObject } from "react";
import { useDesk } from "../desk";
import { formatQuantity } from "../model/format";
import { type Status, statusNames } from "../model/status";

interface ToolbarProps {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly search: string;
  readonly onSearch: (search: string) => void;
  readonly status: Status | undefined;
  readonly onStatus: (status: Status | undefined) => void;
  readonly found: number;
}

/** What narrows the table, how many products are left, and what counts as low. */
export function Toolbar({ inputRef, search, onSearch, status, onStatus, found }: ToolbarProps) {
  return (
    <div className="flex h-[3.25rem] items-center gap-3 px-2 sm:px-4">
      <label className="relative min-w-0 flex-1 sm:max-w-80">
        <span className="sr-only">Search products</span>
        <Search size={16} aria-hidden className="-translate-y-1/2 absolute top-1/2 left-3 text-soft" />
        <input
          ref={inputRef}
          type="search"
          value={search}
          onChange={(event) => onSearch(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && onSearch("")}
          placeholder="Search name, SKU, barcode, category"
          className="field w-full pl-9"
        />
      </label>
      {status && (
        <button
          type="button"
          onClick={() => onStatus(undefined)}
          aria-label={`Show all, not only ${statusNames[status]}`}
          className="flex h-8 shrink-0 items-center gap-1.5 rounded-full bg-well px-3 text-sm hover:text-soft"
        >
          {statusNames[status]} <X size={14} aria-hidden />
        </button>
      )}
      <p className="hidden shrink-0 text-sm text-soft sm:block" aria-live="polite" data-testid="found">
        {formatQuantity(found)} {found === 1 ? "product" : "products"}
      </p>
      <LowMark />
    </div>
  );
}

function LowMark() {
  const { lowMark, setLowMark } = useDesk();
  return (
    <label className="ml-auto flex shrink-0 items-center gap-2 text-sm text-soft" title="A product with this much or less available is low">
      <span className="hidden sm:inline">Low at</span>
      <span className="sm:hidden">Low ≤</span>
      <input
        type="number"
        min="1"
        max="9999"
        value={lowMark}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        onChange={(event) => event.target.valueAsNumber >= 1 && setLowMark(Math.floor(event.target.valueAsNumber))}
        className="field h-8 w-16 px-2 text-right text-ink"
      />
    </label>
  );
}
