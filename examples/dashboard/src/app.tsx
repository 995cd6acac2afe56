import { ArrowLeft } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { useKeys } from "./hooks/use-keys";
import { StockPage } from "./pages/stock";
import { buttonLook } from "./parts/button";
import { Header } from "./parts/header";
import { Help } from "./parts/help";
import { type Later, LaterPage, useBringing } from "./parts/later";
import { Navigation } from "./parts/navigation";
import { Nothing, Page } from "./parts/page";
import { SignIn } from "./parts/sign-in";
import { Toasts } from "./parts/toasts";

// Stock is what a till waits for; every other page comes after it. The first that fits an address is shown.
const pages: readonly (Later & { readonly path: string | RegExp })[] = [
  { path: "/alerts", name: "Alerts", load: async () => (await import("./pages/alerts")).AlertsPage },
  { path: "/orders/new", name: "New order", load: async () => (await import("./pages/new-order")).NewOrderPage },
  {
    path: /^\/orders(?:\/(?<part>received|cancelled|proposals|suppliers))?$/,
    name: "Orders",
    load: async () => (await import("./pages/orders")).OrdersPage,
  },
  { path: "/orders/:id", name: "Order", load: async () => (await import("./pages/order")).OrderPage },
  { path: "/products/:sku", name: "Product", load: async () => (await import("./pages/product")).ProductPage },
  { path: "/reports/:name?", name: "Reports", load: async () => (await import("./pages/reports")).ReportsPage },
  { path: "/transfers/new", name: "Send goods", load: async () => (await import("./pages/new-transfer")).NewTransferPage },
  {
    path: /^\/transfers(?:\/(?<part>received|cancelled))?$/,
    name: "Transfers",
    load: async () => (await import("./pages/transfers")).TransfersPage,
  },
  { path: "/transfers/:id", name: "Transfer", load: async () => (await import("./pages/transfer")).TransferPage },
  { path: "/counts/new", name: "Start a count", load: async () => (await import("./pages/new-count")).NewCountPage },
  { path: /^\/counts(?:\/(?<part>approved|cancelled))?$/, name: "Counts", load: async () => (await import("./pages/counts")).CountsPage },
  { path: "/counts/:id", name: "Count", load: async () => (await import("./pages/count")).CountPage },
  { path: "/thresholds", name: "Limits", load: async () => (await import("./pages/thresholds")).ThresholdsPage },
];

export function App() {
  const [helping, setHelping] = useState(false);
  const help = useCallback(() => setHelping(true), []);
  useKeys({ onHelp: help });
  useBringing(pages);

  return (
    <div className="min-h-dvh font-sans text-[0.9375rem] text-ink antialiased">
      <a href="#page" className={`sr-only focus:not-sr-only focus:fixed focus:top-2.5 focus:left-3 focus:z-50 ${buttonLook("main")}`}>
        Skip to the page
      </a>
      <Header onHelp={help} />
      <Navigation />
      <Main />
      <Help open={helping} onClose={() => setHelping(false)} />
      <SignIn />
      <Toasts />
    </div>
  );
}

/** The page of this address. Whoever goes to another one begins at its top. */
function Main() {
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const last = useRef(location);
  useEffect(() => {
    if (last.current === location) return;
    last.current = location;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [location]);
  return (
    <main id="page" ref={main} tabIndex={-1} className="pb-16 focus-visible:outline-none sm:pb-0 sm:pl-20">
      <Switch>
        <Route path="/" component={StockPage} />
        {pages.map((page) => (
          <Route key={page.name} path={page.path}>
            <LaterPage page={page} />
          </Route>
        ))}
        <Route>
          <Page title="Not found">
            <Nothing status="ready">There is no such page.</Nothing>
            <Link href="/" className={buttonLook()}>
              <ArrowLeft size={15} aria-hidden /> To the stock
            </Link>
          </Page>
        </Route>
      </Switch>
    </main>
  );
}
