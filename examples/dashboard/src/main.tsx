import { createInventoryClient } from "@onhand/client";
import { InventoryProvider } from "@onhand/react";
import { wsTransport } from "@onhand/transport-adapters/ws/client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { DeskProvider } from "./desk";
import { freshToken, isSignedIn } from "./model/session";
import "./styles.css";

const client = createInventoryClient({
  transport: wsTransport({ url: new URL("/live", location.href), getToken: freshToken }),
});

const freshForMs = 15_000;
const questions = new QueryClient({ defaultOptions: { queries: { staleTime: freshForMs, retry: 1 } } });

const renewEveryMs = 8 * 60_000;
setInterval(() => {
  if (isSignedIn()) client.authenticate();
}, renewEveryMs);

const root = document.getElementById("app");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <InventoryProvider client={client}>
        <QueryClientProvider client={questions}>
          <DeskProvider>
            <App />
          </DeskProvider>
        </QueryClientProvider>
      </InventoryProvider>
    </StrictMode>,
  );
}
