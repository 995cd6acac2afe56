import { once } from "node:events";
import { createServer } from "node:http";
import { createInventory } from "@onhand/core";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import { allowEverythingForDemos, createWsServer } from "@onhand/transport-adapters/ws/server";
import createKnex from "knex";
import { Server as SocketIoServer } from "socket.io";
import { errand, serveTasks } from "../child";

/** What one node is told at its start. Without a database it is Socket.IO with its own recovery. */
export interface NodeErrand {
  readonly url?: string;
  readonly port: number;
}

const { url, port } = errand<NodeErrand>();
const server = createServer();
const storeId = "store-0";
const sku = "SKU-0";

async function onhand(connection: string) {
  const knex = createKnex({ client: "pg", connection, pool: { min: 0, max: 10 } });
  const inventory = await createInventory({ storage: sqlStorage({ knex }) });
  createWsServer({ inventory, server, authenticate: () => ({ id: "screen" }), authorize: allowEverythingForDemos });
  return {
    prepare: async () => {
      await inventory.stores.create({ id: storeId, name: storeId });
      await inventory.products.create({ sku, name: sku });
    },
    tell: async () => (await inventory.stock.receive({ sku, storeId, quantity: 1 })).seq,
  };
}

function socketIo() {
  const io = new SocketIoServer(server, {
    transports: ["websocket"],
    connectionStateRecovery: { maxDisconnectionDuration: 120_000, skipMiddlewares: true },
  });
  return { prepare: () => undefined, tell: ({ n }: Readonly<Record<string, number>>) => void io.emit("d", n) };
}

const tasks = url === undefined ? socketIo() : await onhand(url);
server.listen(port, "127.0.0.1");
await once(server, "listening");
serveTasks({ ready: () => true, ...tasks });
