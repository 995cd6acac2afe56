import type { Server } from "node:http";
import { createInventory } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { allowEverythingForDemos, createWsServer } from "@onhand/transport-adapters/ws/server";
import { Server as SocketIoServer } from "socket.io";
import { type WebSocket, WebSocketServer } from "ws";

/** How changes are told to everybody who listens. */
export type Kind = "onhand" | "ws, a buffer for all" | "ws, written for each" | "Socket.IO, a room";

/** Something that tells a change to everybody. */
export type Publish = (sku: number) => unknown;

const skuName = (number: number): string => `SKU-${String(number).padStart(7, "0")}`;
const storeId = "store-0";

/** A level as a `d` frame of ours has it: 200 bytes of JSON. */
const change = (seq: number, sku: string) => ({
  seq,
  entity: "level",
  key: `${sku}/${storeId}`,
  value: { sku, storeId, onHand: 1_000, reserved: 0, available: 1_000, incoming: 0, updatedAt: 1_795_000_000_000, seq },
});

/** Puts each contender on an HTTP server. */
export const contenders: Readonly<Record<Kind, (server: Server, skus: number) => Promise<Publish>>> = {
  onhand: async (server, skus) => {
    const inventory = await createInventory({ storage: memoryStorage() });
    await inventory.stores.create({ id: storeId, name: storeId });
    for (let number = 0; number < skus; number += 1) {
      const sku = skuName(number);
      void inventory.products.create({ sku, name: sku });
      if (number % 1_000 === 999) await inventory.feed.head();
    }
    createWsServer({
      inventory,
      server,
      authenticate: () => ({ id: "screen" }),
      authorize: allowEverythingForDemos,
      limits: { maxConnections: 20_000 },
    });
    return (number) => inventory.stock.receive({ sku: skuName(number), storeId, quantity: 1 });
  },
  "ws, a buffer for all": async (server) => {
    const { clients, next } = bare(server);
    return (number) => {
      const frame = Buffer.from(JSON.stringify(next(number)));
      for (const client of clients) client.send(frame, { binary: false });
    };
  },
  "ws, written for each": async (server) => {
    const { clients, next } = bare(server);
    return (number) => {
      const told = next(number);
      for (const client of clients) client.send(JSON.stringify(told));
    };
  },
  "Socket.IO, a room": async (server) => {
    const io = new SocketIoServer(server, { transports: ["websocket"], perMessageDeflate: false });
    io.on("connection", (socket) => void socket.join("inventory"));
    let seq = 0;
    return (number) => void io.to("inventory").emit("d", change(++seq, skuName(number)));
  },
};

function bare(server: Server): { readonly clients: ReadonlySet<WebSocket>; next(sku: number): object } {
  const { clients } = new WebSocketServer({ server, perMessageDeflate: false });
  let seq = 0;
  return { clients, next: (number) => change(++seq, skuName(number)) };
}
