import { createInventoryClient, type InventoryClient } from "@onhand/client";
import type { ClientTransport } from "@onhand/core/protocol";
import { wsTransport } from "@onhand/transport-adapters/ws/client";
import { startChild } from "../child";
import type { Line } from "../result";
import { fanoutLine } from "./line";

const products = 10_000;
const changes = 100_000;

/** A client that was live goes away for so many changes, and comes back: how long until it is live, and how many rows it is sent. */
export async function* measureOffline(): AsyncIterable<Line> {
  const server = startChild(new URL("server.ts", import.meta.url), { kind: "onhand", skus: products });
  try {
    const port = await server.ask<number>({ do: "listen" });
    await server.ask({ do: "fill", changes: products });
    const counted = counting(wsTransport({ url: `ws://127.0.0.1:${port}/live` }));
    const client = createInventoryClient({ transport: counted.transport });
    const levels = client.levels();
    levels.subscribe(() => undefined);
    client.start();
    await live(client);
    client.stop();
    await server.ask({ do: "fill", changes });
    const sentBefore = counted.rows();
    const began = performance.now();
    client.start();
    await live(client);
    const seconds = (performance.now() - began) / 1_000;
    const quantity = levels.get().items.reduce((sum, { onHand }) => sum + onHand, 0);
    client.stop();
    if (quantity !== products + changes) throw new Error(`the client shows ${quantity} pieces, the ledger has ${products + changes}`);
    const named = { case: `back after ${changes} changes of ${products} products`, clients: 1, against: "the target" };
    yield fanoutLine({ ...named, unit: "s until live" }, seconds, 1);
    yield fanoutLine({ ...named, unit: "rows sent" }, counted.rows() - sentBefore, products);
  } finally {
    await server.end();
  }
}

function counting(inner: ClientTransport): { readonly transport: ClientTransport; rows(): number } {
  let rows = 0;
  return {
    rows: () => rows,
    transport: {
      token: inner.token,
      connect: (events) =>
        inner.connect({
          ...events,
          onFrame(frame) {
            if (frame.t === "d" || frame.t === "snap") rows += frame.changes.length;
            events.onFrame(frame);
          },
        }),
    },
  };
}

function live({ connection }: InventoryClient): Promise<void> {
  return new Promise((resolve) => {
    const stop = connection.subscribe(() => {
      if (connection.get().status !== "live") return;
      stop();
      resolve();
    });
  });
}
