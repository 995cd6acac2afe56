import { ArrowLeft } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { useKeys } from "./hooks/use-keys";
import { StockPage } from "./pages/stock";
import { buttonLook } from "./parts/button";
import { Header } from "./parts/header";
import { Help } from "./parts/help";
import { Navigation } from "./parts/navigation";
import { Nothing, Page } from "./parts/page";
import { SignIn } from "./parts/sign-in";
import { Toasts } from "./parts/toasts";

// Stock is what a till waits for; every other page comes when it is gone to.
const AlertsPage = lazy(async () => ({ default: (await import("./pages/alerts")).AlertsPage }));
const OrdersPage = lazy(async () => ({ default: (await import("./pages/orders")).OrdersPage }));
const NewOrderPage = lazy(async () => ({ default: (await import("./pages/new-order")).NewOrderPage }));
const OrderPage = lazy(async () => ({ default: (await import("./pages/order")).OrderPage }));
const ProductPage = lazy(async () => ({ default: (await import("./pages/product")).ProductPage }));
const ReportsPage = lazy(async () => ({ default: (await import("./pages/reports")).ReportsPage }));
const TransfersPage = lazy(async () => ({ default: (await import("./pages/transfers")).TransfersPage }));
const NewTransferPage = lazy(async () => ({ default: (await import("./pages/new-transfer")).NewTransferPage }));
const TransferPage = lazy(async () => ({ default: (await import("./pages/transfer")).TransferPage }));
const CountsPage = lazy(async () => ({ default: (await import("./pages/counts")).CountsPage }));
const NewCountPage = lazy(async () => ({ default: (await import("./pages/new-count")).NewCountPage }));
const CountPage = lazy(async () => ({ default: (await import("./pages/count")).CountPage }));
const ThresholdsPage = lazy(async () => ({ default: (await import("./pages/thresholds")).ThresholdsPage }));

export function App() {
  const [helping, setHelping] = useState(false);
  const help = useCallback(() => setHelping(true), []);
  useKeys({ onHelp: help });

  return (
    <div className="min-h-dvh font-sans text-[0.9375rem] text-ink antialiased">
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
    <main ref={main} tabIndex={-1} className="pb-16 focus-visible:outline-none sm:pb-0 sm:pl-20">
      <Suspense
        fallback={
          <div className="mx-auto max-w-[80rem] px-3 pt-4 sm:px-6">
            <Nothing status="loading">{null}</Nothing>
          </div>
        }
      >
        <Switch>
          <Route path="/" component={StockPage} />
          <Route path="/alerts" component={AlertsPage} />
          <Route path="/orders/new" component={NewOrderPage} />
          <Route path={/^\/orders(?:\/(?<part>received|cancelled|proposals|suppliers))?$/} component={OrdersPage} />
          <Route path="/orders/:id" component={OrderPage} />
          <Route path="/products/:sku" component={ProductPage} />
          <Route path="/reports/:name?" component={ReportsPage} />
          <Route path="/transfers/new" component={NewTransferPage} />
          <Route path={/^\/transfers(?:\/(?<part>received|cancelled))?$/} component={TransfersPage} />
          <Route path="/transfers/:id" component={TransferPage} />
          <Route path="/counts/new" component={NewCountPage} />
          <Route path={/^\/counts(?:\/(?<part>approved|cancelled))?$/} component={CountsPage} />
          <Route path="/counts/:id" component={CountPage} />
          <Route path="/thresholds" component={ThresholdsPage} />
          <Route>
            <Page title="Not found">
              <Nothing status="ready">There is no such page.</Nothing>
              <Link href="/" className={buttonLook()}>
                <ArrowLeft size={15} aria-hidden /> To the stock
              </Link>
            </Page>
          </Route>
        </Switch>
      </Suspense>
    </main>
  );
}
