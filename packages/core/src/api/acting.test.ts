import type { Actor, Inventory, Principal } from "@onhand/core";
import { minutes } from "@onhand/core/testing";
import { describe, expect, it } from "vitest";
import { hostedHandle } from "../../test/hosted-memory";
import { berlin, exampleInventory, examplesEnd, refusalOf } from "../../test/inventory";

const hamburg = { ...berlin, storeId: "hamburg" };
const mia: Principal = { id: "mia", roles: ["operator"], stores: ["berlin"] };
const boss: Principal = { id: "boss", roles: ["admin"], stores: "*" };

/** Something of another store to lay hands on, by an id that does not say where it is. */
async function elsewhere(inventory: Inventory) {
  await inventory.stock.receive({ ...hamburg, quantity: 9 });
  const { movements } = await inventory.stock.sell({ ...hamburg, quantity: 1 });
  const { reservation } = await inventory.reservations.hold({ ...hamburg, quantity: 2, expiresInMs: minutes(5) });
  await inventory.thresholds.set({ ...hamburg, reorderPoint: 100 });
  const { items } = await inventory.alerts.list({ storeId: "hamburg" });
  return { movement: movements[0]?.id as string, hold: reservation.id, alert: items[0]?.id as string };
}

describe("who acts", () => {
  it("stands on every movement and hold, whatever the input says", async () => {
    const inventory = await exampleInventory();
    const hers = inventory.as(mia);
    const { movements } = await hers.stock.receive({ ...berlin, quantity: 9, actor: "tom" });
    expect(movements[0]?.actor).toBe("mia");
    const batch = await hers.stock.apply([{ type: "sell", ...berlin, quantity: 1 }], { actor: "tom" });
    expect(batch.movements[0]?.actor).toBe("mia");
    const { reservation } = await hers.reservations.hold({ ...berlin, quantity: 1, expiresInMs: minutes(5) });
    expect(reservation.actor).toBe("mia");
    const { movements: byName } = (await inventory.execute("stock.sell", { ...berlin, quantity: 1, actor: "tom" }, mia)) as never as {
      movements: { actor: string }[];
    };
    expect(byName[0]?.actor).toBe("mia");
    expect((await inventory.stock.sell({ ...berlin, quantity: 1, actor: "tom" })).movements[0]?.actor).toBe("tom");
  });

  it("is told whole to authorize", async () => {
    const asked: (Actor | undefined)[] = [];
    const inventory = await exampleInventory({
      authorize(actor) {
        asked.push(actor);
        return true;
      },
    });
    asked.length = 0;
    await inventory.as(mia).stock.receive({ ...berlin, quantity: 1, actor: "boss" });
    await inventory.execute("stock.receive", { ...berlin, quantity: 1, actor: "boss" }, mia);
    expect(asked).toEqual([mia, mia]);
  });

  it("can't be two at once: the same key from another is another request", async () => {
    const inventory = await exampleInventory();
    await inventory.as(boss).stock.receive({ ...berlin, quantity: 1, idempotencyKey: "k" });
    expect((await inventory.as(boss).stock.receive({ ...berlin, quantity: 1, idempotencyKey: "k" })).replayed).toBe(true);
    expect(await refusalOf(inventory.as(mia).stock.receive({ ...berlin, quantity: 1, idempotencyKey: "k" }))).toMatchObject({
      code: "IDEMPOTENCY_MISMATCH",
    });
  });

  it("also inside a transaction of the host", async () => {
    const { storage, host: begin } = hostedHandle();
    const inventory = await exampleInventory({ storage });
    const host = await begin?.();
    if (!host) throw new Error("the double has host transactions");
    const { stock } = inventory.as(mia).with(host.handle as object);
    expect((await stock.receive({ ...berlin, quantity: 1 })).movements[0]?.actor).toBe("mia");
    expect(await refusalOf(stock.receive({ ...hamburg, quantity: 1 }))).toMatchObject({ code: "FORBIDDEN" });
    await host.commit();
  });
});

describe("somebody with stores of their own", () => {
  it("can't write elsewhere, by whichever id; nothing changes, and no number is told", async () => {
    const inventory = await exampleInventory();
    const { movement, hold, alert } = await elsewhere(inventory);
    await inventory.stock.receive({ ...berlin, quantity: 9 });
    const head = await inventory.feed.head();
    const { stock, reservations, alerts, thresholds, products, stores } = inventory.as(mia);
    const tries: Record<string, () => Promise<unknown>> = {
      sell: () => stock.sell({ ...hamburg, quantity: 1 }),
      sellTooMuch: () => stock.sell({ ...hamburg, quantity: 1_000 }),
      batch: () =>
        stock.apply([
          { type: "receive", ...berlin, quantity: 1 },
          { type: "sell", ...hamburg, quantity: 1_000 },
        ]),
      fromElsewhere: () => stock.transfer({ sku: "TEA-50", from: "hamburg", to: "berlin", quantity: 1 }),
      reverse: () => stock.reverse(movement),
      commit: () => reservations.commit(hold),
      release: () => reservations.release(hold),
      extend: () => reservations.extend(hold, { expiresInMs: minutes(9) }),
      more: () => reservations.update(hold, { quantity: 1_000 }),
      fetch: () => reservations.update(hold, { storeId: "berlin" }),
      acknowledge: () => alerts.acknowledge(alert),
      dismiss: () => alerts.dismiss(alert),
      threshold: () => thresholds.set({ ...hamburg, reorderPoint: 1 }),
      everyStore: () => thresholds.set({ reorderPoint: 1 }),
      archive: () => products.archive("TEA-50"),
      store: () => stores.update("hamburg", { name: "Mine" }),
    };
    for (const [name, attempt] of Object.entries(tries)) {
      expect([name, await refusalOf(attempt())]).toEqual([name, { code: "FORBIDDEN", action: expect.any(String) }]);
    }
    expect(await inventory.feed.head()).toBe(head);
  });

  it("is not held to a no once the store is theirs: the key remembers nothing", async () => {
    const inventory = await exampleInventory();
    const { hold } = await elsewhere(inventory);
    const release = (stores: readonly string[]) => inventory.as({ ...mia, stores }).reservations.release(hold, { idempotencyKey: "k" });
    expect((await refusalOf(release(["berlin"]))).code).toBe("FORBIDDEN");
    expect((await release(["berlin", "hamburg"])).reservation.status).toBe("released");
  });

  it("goes on as usual at home, and one with every store everywhere", async () => {
    const inventory = await exampleInventory();
    await inventory.as(mia).stock.receive({ ...berlin, quantity: 2 });
    expect(await refusalOf(inventory.as(mia).stock.sell({ ...berlin, quantity: 3 }))).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      available: 2,
    });
    await inventory.as(boss).stock.receive({ ...hamburg, quantity: 1 });
    expect(await inventory.feed.head()).toBe(examplesEnd + 2);
    expect(() => inventory.as({ id: "x", stores: "berlin" })).toThrow(TypeError);
  });

  it("does not get around it in a group with others' commands", async () => {
    const open = await exampleInventory();
    const all = await Promise.allSettled([
      open.as(boss).stock.receive({ ...hamburg, quantity: 5 }),
      open.as(mia).stock.receive({ ...hamburg, quantity: 5 }),
      open.as(boss).stock.receive({ ...hamburg, quantity: 5 }),
    ]);
    expect(all.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await open.stock.level(hamburg)).onHand).toBe(10);
  });
});
