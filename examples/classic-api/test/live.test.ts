import { beforeEach, describe, expect, test, vi } from "vitest";
import type { ClassicLine } from "../src/classic-line";
import { type Fixture, next, startFixture } from "./fixture";

interface Update {
  readonly product_id: string;
  readonly action: string;
  readonly quantity: number;
  readonly new_quantity: number;
  readonly message: string;
  readonly inventory: readonly ClassicLine[];
}

let classic: Fixture;
beforeEach(async () => {
  classic = await startFixture();
});

const update = (product_id: string, quantity: number, action: string) =>
  classic.send("POST", "/api/update_stock", { product_id, quantity, action });

/** A screen that has joined the room, and what it has been told since. */
async function joined() {
  const socket = classic.screen();
  const updates: Update[] = [];
  socket.on("inventory_update", (told: Update) => updates.push(told));
  const initial = await next<{ inventory: readonly ClassicLine[]; timestamp: null }>(socket, "initial_inventory");
  const answer = next(socket, "joined_room");
  socket.emit("join_inventory_room");
  expect(await answer).toEqual({ room: "inventory" });
  return { socket, updates, initial };
}

describe("the classic events", () => {
  test("a screen is told everything on connect", async () => {
    const socket = classic.screen();
    const [greeting, initial] = await Promise.all([next(socket, "connection_response"), next(socket, "initial_inventory")]);
    expect(greeting).toEqual({ status: "connected", sid: socket.id });
    expect(initial).toEqual({
      inventory: [
        { ProductID: "P001", Quantity: 600 },
        { ProductID: "P002", Quantity: 450 },
      ],
      timestamp: null,
    });
  });

  test("a sale reaches every screen in the room with the new stock and its message", async () => {
    const [one, other] = await Promise.all([joined(), joined()]);
    const heard = [next<Update>(one.socket, "inventory_update"), next<Update>(other.socket, "inventory_update")];
    await update("P001", 5, "sell");
    for (const told of await Promise.all(heard)) {
      expect(told).toEqual({
        product_id: "P001",
        action: "sell",
        quantity: 5,
        new_quantity: 595,
        message: "Sold 5 units of P001",
        inventory: [
          { ProductID: "P001", Quantity: 595 },
          { ProductID: "P002", Quantity: 450 },
        ],
      });
    }
  });

  test("new products appear and removed ones disappear", async () => {
    const { updates } = await joined();
    await classic.send("POST", "/api/add_product", { product_id: "A-1", initial_quantity: 4 });
    await expect.poll(() => updates.at(-1)?.inventory[0]).toEqual({ ProductID: "A-1", Quantity: 4 });
    expect(updates.at(-1)).toMatchObject({ action: "add", new_quantity: 4, message: expect.stringContaining("Added 4 units to A-1") });
    await classic.send("DELETE", "/api/remove_product/A-1");
    await expect.poll(() => updates.at(-1)?.inventory.map(({ ProductID }) => ProductID)).toEqual(["P001", "P002"]);
    expect(updates.at(-1)).toMatchObject({ product_id: "A-1", action: "remove", new_quantity: 0 });
    expect(updates.at(-1)?.message).toContain("Product A-1 removed from inventory");
  });

  test("who has not joined, and who has left, is told nothing", async () => {
    const [stays, leaves] = await Promise.all([joined(), joined()]);
    const idle = classic.screen();
    const heardByIdle = vi.fn();
    idle.on("inventory_update", heardByIdle);
    await next(idle, "initial_inventory");
    const left = next(leaves.socket, "left_room");
    leaves.socket.emit("leave_inventory_room");
    expect(await left).toEqual({ room: "inventory" });
    await update("P001", 1, "sell");
    await expect.poll(() => stays.updates).toHaveLength(1);
    // Whatever was on its way to them would have arrived before the answer to this.
    const answered = Promise.all([next(idle, "joined_room"), next(leaves.socket, "joined_room")]);
    idle.emit("join_inventory_room");
    leaves.socket.emit("join_inventory_room");
    await answered;
    expect(heardByIdle).not.toHaveBeenCalled();
    expect(leaves.updates).toEqual([]);
  });

  test("a refused sale is told to nobody", async () => {
    const { updates } = await joined();
    await update("P001", 601, "sell");
    await update("P002", 1, "sell");
    await expect.poll(() => updates).toHaveLength(1);
    expect(updates[0]?.message).toBe("Sold 1 units of P002");
  });

  test("a hundred sales at once end in the right stock on the screen, in a few updates", async () => {
    const { updates } = await joined();
    await Promise.all(Array.from({ length: 100 }, () => update("P001", 2, "sell")));
    await expect.poll(() => updates.at(-1)?.inventory[0]).toEqual({ ProductID: "P001", Quantity: 400 });
    expect(updates.at(-1)?.new_quantity).toBe(400);
    expect(updates.at(-1)?.message).toBe("Sold 2 units of P001");
    expect(updates.length).toBeLessThan(100);
  });

  test("after a restart the screen comes back by itself and is told everything anew", async () => {
    const { socket } = await joined();
    await update("P001", 100, "sell");
    const port = new URL(classic.api.url).port;
    const back = next<{ inventory: readonly ClassicLine[] }>(socket, "initial_inventory");
    await classic.restart(Number(port));
    expect((await back).inventory[0]).toEqual({ ProductID: "P001", Quantity: 500 });
  });

  test("a page of another origin gets no socket", async () => {
    const stranger = classic.screen("https://evil.example");
    const error = await next<Error>(stranger, "connect_error");
    expect(error).toBeInstanceOf(Error);
    expect(stranger.connected).toBe(false);
  });

  test("what a screen sends to change things is not heard: the socket may only look", async () => {
    const { socket } = await joined();
    socket.emit("update_stock", { product_id: "P001", quantity: 1, action: "sell" });
    socket.emit("onhand", JSON.stringify({ t: "op", cid: "x", type: "stock.sell", input: { sku: "P001", storeId: "main", quantity: 1 } }));
    const answer = next(socket, "left_room");
    socket.emit("leave_inventory_room");
    await answer;
    expect((await classic.get("/api/inventory/P001")).body.quantity).toBe(600);
  });
});
