import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { type Clock, createInventory, type Inventory, isInventoryError, type Logger, type StorageAdapter } from "@onhand/core";
import { createForecaster } from "@onhand/forecasting";
import { importClassicCsv } from "@onhand/storage-adapters/csv";
import { createApp } from "./http/app";
import { serveLive } from "./live";
import { classicStore } from "./shop";

/** What the server is made of. */
export interface ClassicApiOptions {
  readonly storage: StorageAdapter;
  readonly port: number;
  readonly host: string;
  /** Pages that may call, such as `http://localhost:3000`. */
  readonly origins: readonly string[];
  /** A `ProductID,Quantity` file. The same content is taken in once; other content is a new count. */
  readonly seed?: string;
  /** The machine's unless given. */
  readonly clock?: Clock;
  readonly logger: Logger;
}

/** A server that listens. */
export interface ClassicApi {
  readonly url: string;
  readonly inventory: Inventory;
  close(): Promise<void>;
}

/** Opens the ledger, takes in the seed and serves routes and events on one port. When a step fails, those before it are undone. */
export async function startClassicApi(options: ClassicApiOptions): Promise<ClassicApi> {
  const { storage, origins, seed, clock, logger } = options;
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  // First: a file that is not there leaves no ledger behind.
  const seeded = seed === undefined ? undefined : await readFile(seed);
  try {
    const inventory = await createInventory({ storage, forecast: createForecaster(), ...(clock && { clock }), logger });
    closing.push(() => inventory.close());
    await openStore(inventory);
    if (seeded) await importClassicCsv(inventory, seeded, { storeId: classicStore });
    const server = createServer(getRequestListener(createApp({ inventory, origins, logger }).fetch));
    const live = serveLive({ inventory, server, origins, logger });
    closing.push(() => live.close());
    const url = await listen(server, options);
    return { url, inventory, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openStore({ stores }: Inventory): Promise<void> {
  try {
    await stores.create({ id: classicStore, name: classicStore });
  } catch (error) {
    if (!isInventoryError(error, "ALREADY_EXISTS")) throw error;
  }
}

async function listen(server: Server, { port, host }: ClassicApiOptions): Promise<string> {
  server.listen(port, host);
  await once(server, "listening");
  return `http://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
}
