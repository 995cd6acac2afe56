import type { Server as HttpServer } from "node:http";
import type { Authorize, Change, Inventory, Logger } from "@onhand/core";
import { allowOrigins, createSocketIoServer } from "@onhand/transport-adapters/socket.io/server";
import { Server } from "socket.io";
import { type ClassicLine, classicLine } from "./classic-line";
import { createNews, type NewsItem } from "./news";
import { classicStore } from "./shop";

const room = "inventory";
const join = "join_inventory_room";
const leave = "leave_inventory_room";
const toldAtOnce = 5;

/** The classic front end knows no passwords: sockets may look, and change nothing. */
const mayLook: Authorize = (_, action) => action === "subscribe" || action === "read";

/** Serves the classic events: everything on connect, every change to whoever joined the room. */
export function serveLive(options: {
  readonly inventory: Inventory;
  readonly server: HttpServer;
  readonly origins: readonly string[];
  readonly logger: Logger;
}): { close(): Promise<void> } {
  const { inventory, server, origins, logger } = options;
  const io = new Server(server, { allowRequest: allowOrigins(origins), cors: { origin: [...origins] } });
  // Before the live server subscribes, so that what a command did is known before anybody is told of it.
  const news = createNews(inventory.feed);
  const live = createSocketIoServer({
    inventory,
    io,
    authenticate: () => ({ id: "classic" }),
    authorize: mayLook,
    allowedOrigins: origins,
    logger,
    plainEvents: {
      filter: { entities: ["product", "level"] },
      initial: "initial_inventory",
      update: "inventory_update",
      room,
      join,
      leave,
      describeAll: (rows) => ({ inventory: stockOf(rows), timestamp: null }),
      describeUpdate: (changes, rows) => ({ ...headline(news.about(changes)), inventory: stockOf(rows()) }),
    },
  });
  io.on("connection", (socket) => {
    socket.emit("connection_response", { status: "connected", sid: socket.id });
    socket.on(join, () => socket.emit("joined_room", { room }));
    socket.on(leave, () => socket.emit("left_room", { room }));
  });
  return {
    async close() {
      news.stop();
      await live.close();
      await io.close();
    },
  };
}

/** The products in use, by id, with what the classic store has of each. */
function stockOf(rows: readonly Change[]): readonly ClassicLine[] {
  const quantities = new Map<string, number>();
  const skus: string[] = [];
  for (const { entity, value } of rows) {
    if (entity === "level" && value.storeId === classicStore) quantities.set(value.sku, value.onHand);
    else if (entity === "product" && !value.archived) skus.push(value.sku);
  }
  return skus.sort(bySku).map((sku) => classicLine(sku, quantities.get(sku)));
}

/** By their folded form, as the inventory lists them. */
const bySku = (a: string, b: string): number => compare(a.toLowerCase(), b.toLowerCase());
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** An update may be about several products: the last one's numbers, and what was done last to each. */
function headline(items: readonly NewsItem[]): Partial<NewsItem> {
  const last = items.at(-1);
  if (!last) return { message: "Inventory updated" };
  const messages = items.slice(-toldAtOnce).map(({ message }) => message);
  const more = items.length > toldAtOnce ? [`and ${items.length - toldAtOnce} more`] : [];
  return { ...last, message: [...messages, ...more].join("; ") };
}
