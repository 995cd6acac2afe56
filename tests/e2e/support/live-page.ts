import { createInventoryClient, type InventoryClient } from "@onhand/client";
import { fallbackTransport } from "@onhand/transport-adapters/fallback";
import { sseTransport } from "@onhand/transport-adapters/sse/client";
import { wsTransport } from "@onhand/transport-adapters/ws/client";

declare global {
  interface Window {
    /** Opens a client that takes event streams where WebSockets are blocked. */
    openClient(): InventoryClient;
  }
}

window.openClient = () => {
  const ways = [wsTransport({ url: new URL("/live", location.href) }), sseTransport({ url: "/live/events" })];
  const client = createInventoryClient({ transport: fallbackTransport(ways, { returnAfterMs: 500 }) });
  client.start();
  return client;
};
