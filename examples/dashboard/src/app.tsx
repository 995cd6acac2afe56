import { useCallback, useRef, useState } from "react";
import { useKeys } from "./hooks/use-keys";
import type { Status } from "./model/status";
import { Activity } from "./parts/activity";
import { Cards } from "./parts/cards";
import { Header } from "./parts/header";
import { Help } from "./parts/help";
import { ProductDetails } from "./parts/product-details";
import { ProductTable } from "./parts/product-table";
import { ScanPanel } from "./parts/scan-panel";
import { SignIn } from "./parts/sign-in";
import { StaleNotice } from "./parts/stale-notice";
import { Toasts } from "./parts/toasts";

export function App() {
  const scan = useRef<HTMLInputElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const [status, setStatus] = useState<Status>();
  const [opened, setOpened] = useState<string>();
  const [helping, setHelping] = useState(false);
  const help = useCallback(() => setHelping(true), []);
  useKeys({ scan, search, onHelp: help });

  return (
    <div className="min-h-dvh font-sans text-[0.9375rem] text-ink antialiased">
      <Header onHelp={help} />
      <main className="mx-auto grid max-w-[100rem] gap-4 px-3 pt-4 pb-10 sm:px-6 lg:grid-cols-[minmax(0,1fr)_21rem] lg:items-start">
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
      </main>
      <ProductDetails sku={opened} onClose={() => setOpened(undefined)} />
      <Help open={helping} onClose={() => setHelping(false)} />
      <SignIn />
      <Toasts />
    </div>
  );
}
