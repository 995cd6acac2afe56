import { createInventoryClient, type InventoryClientOptions, type Signal } from "@onhand/client";
import { notifyManager } from "@tanstack/query-core";
import { fakeServer } from "./fake-server";
import { manualTimers } from "./manual-timers";

// Listeners hear of a frame when it was taken up, not a timer later.
notifyManager.setScheduler((callback) => callback());

/** Lets everything that waits for promises happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** A client of a fake server, with time and chance in the test's hands. */
export function setUp(options: { server?: Parameters<typeof fakeServer>[0]; client?: Partial<InventoryClientOptions> } = {}) {
  const server = fakeServer(options.server);
  const timers = manualTimers();
  let ids = 0;
  let signal: (signal: Signal) => void = () => {};
  const client = createInventoryClient({
    transport: server.transport,
    timers,
    random: () => 0.5,
    newId: () => {
      ids += 1;
      return `op${ids}`;
    },
    signals: (listener) => {
      signal = listener;
      return () => {
        signal = () => {};
      };
    },
    ...options.client,
  });
  return {
    server,
    timers,
    client,
    signal: (name: Signal) => signal(name),
    status: () => client.connection.get().status,
    start: async () => {
      client.start();
      await settle();
    },
  };
}
