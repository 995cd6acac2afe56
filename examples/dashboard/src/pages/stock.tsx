import { useRef, useState } from "react";
import { useKeys } from "../hooks/use-keys";
import type { Status } from "../model/status";
import { Activity } from "../parts/activity";
import { Cards } from "../parts/cards";
import { useTitle } from "../parts/page";
import { ProductDetails } from "../parts/product-details";
import { ProductTable } from "../parts/product-table";
import { ScanPanel } from "../parts/scan-panel";
import { StaleNotice } from "../parts/stale-notice";

/** All products, live, and a field to scan into. */
export function StockPage() {
  const scan = useRef<HTMLInputElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const [status, setStatus] = useState<Status>();
  const [opened, setOpened] = useState<string>();
  useKeys({ scan, search });
  useTitle("Stock");
  return (
    <div className="mx-auto grid max-w-[100rem] gap-4 px-3 pt-4 pb-10 sm:px-6 lg:grid-cols-[minmax(0,1fr)_21rem] lg:items-start">
      <h1 className="sr-only">Stock</h1>
      <div className="contents lg:block lg:space-y-4">
        <div className="space-y-4">
          <StaleNotice />
          <Cards status={status} onStatus={setStatus} />
        </div>
        <div className="order-last min-w-0">
          <ProductTable searchRef={search} status={status} onStatus={setStatus} onOpen={setOpened} />
        </div>
      </div>
      <aside className="grid grid-cols-[minmax(0,1fr)] gap-4 lg:sticky lg:top-[4.5rem]" aria-label="Scan and latest movements">
        <ScanPanel inputRef={scan} />
        <Activity />
      </aside>
      <ProductDetails sku={opened} onClose={() => setOpened(undefined)} />
    </div>
  );
}
