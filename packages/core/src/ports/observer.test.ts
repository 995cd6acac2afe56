import { InventoryError, type Observer } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { describe, expect, it } from "vitest";
import { hostMemory } from "../../test/host-memory";
import { berlin, exampleInventory, examplesEnd } from "../../test/inventory";

/** Writes down everything it hears, in order. */
function recorder() {
  const heard: string[] = [];
  const names = new WeakMap<object, string>();
  const observer: Observer = {
    command(name) {
      const command = {
        settled: ({ code, seq }: { code: string; seq?: number }) => void heard.push(`${name}: ${code} ${seq ?? ""}`.trim()),
      };
      names.set(command, name);
      return command;
    },
    group(commands, hosted) {
      heard.push(`group of ${commands.map((command) => names.get(command)).join(", ")}${hosted ? " for a host" : ""}`);
      return {
        transaction() {
          heard.push("transaction");
          return (code) => void heard.push(`transaction: ${code}`);
        },
        ended: ({ code, from, to }) => void heard.push(`group: ${code}${from === undefined ? "" : ` ${from}-${to}`}`),
      };
    },
  };
  return { heard, observer };
}

describe("an observer", () => {
  it("hears of each command, the group it went with, and its transaction", async () => {
    const { heard, observer } = recorder();
    const inventory = await exampleInventory({ observers: [observer] });
    heard.length = 0;
    const answers = [
      inventory.stock.receive({ ...berlin, quantity: 5, idempotencyKey: "k" }),
      inventory.stock.sell({ ...berlin, quantity: 9 }),
      inventory.stock.receive({ ...berlin, quantity: 5, idempotencyKey: "k" }),
    ];
    await Promise.allSettled(answers);
    const seq = examplesEnd + 1;
    expect(heard).toEqual([
      "group of stock.receive, stock.sell, stock.receive",
      "transaction",
      "transaction: OK",
      `group: OK ${examplesEnd}-${seq}`,
      `stock.receive: OK ${seq}`,
      "stock.sell: INSUFFICIENT_STOCK",
      `stock.receive: REPLAYED ${seq}`,
    ]);
  });

  it("hears of commands that never reach a group: ill-formed, forbidden, too late", async () => {
    const { heard, observer } = recorder();
    const inventory = await exampleInventory({ observers: [observer], authorize: (_actor, action) => action !== "stock.sell" });
    heard.length = 0;
    await inventory.stock.receive({ ...berlin, quantity: -1 }).catch(() => undefined);
    await inventory.stock.sell({ ...berlin, quantity: 1 }).catch(() => undefined);
    await inventory.close();
    await inventory.stock.receive({ ...berlin, quantity: 1 }).catch(() => undefined);
    expect(heard).toEqual(["stock.receive: INVALID_INPUT", "stock.sell: FORBIDDEN", "stock.receive: STORAGE_CLOSED"]);
  });

  it("hears of commands in a transaction of the host as groups of their own", async () => {
    const { heard, observer } = recorder();
    const storage = hostMemory();
    const inventory = await exampleInventory({ observers: [observer], storage });
    heard.length = 0;
    const host = await storage.begin();
    const inside = inventory.with(host);
    await inside.stock.receive({ ...berlin, quantity: 1 });
    await inside.stock.sell({ ...berlin, quantity: 9 }).catch(() => undefined);
    await host.commit();
    const seq = examplesEnd + 1;
    expect(heard).toEqual([
      "group of stock.receive for a host",
      "transaction",
      "transaction: OK",
      `group: OK ${examplesEnd}-${seq}`,
      `stock.receive: OK ${seq}`,
      "group of stock.sell for a host",
      "transaction",
      "transaction: OK",
      `group: OK ${seq}-${seq}`,
      "stock.sell: INSUFFICIENT_STOCK",
    ]);
  });

  it("hears of every try at a transaction, and how a group failed", async () => {
    const { heard, observer } = recorder();
    const memory = memoryStorage();
    const fates: string[] = [];
    const inventory = await exampleInventory({
      observers: [observer],
      storage: {
        ...memory,
        capabilities: { ...memory.capabilities, settlesUnknownOutcomes: true },
        async transaction(work, options) {
          const fate = fates.shift();
          if (fate === "driver") throw new Error("a driver's words");
          const done = await memory.transaction(work, options);
          if (fate === "unknown") throw new InventoryError("OUTCOME_UNKNOWN", {});
          return done;
        },
      },
    });
    heard.length = 0;
    fates.push("unknown");
    await inventory.stock.receive({ ...berlin, quantity: 1 });
    fates.push("driver");
    await inventory.stock.receive({ ...berlin, quantity: 1 }).catch(() => undefined);
    expect(heard.filter((line) => !line.startsWith("group of"))).toEqual([
      "transaction",
      "transaction: OUTCOME_UNKNOWN",
      "transaction",
      "transaction: OK",
      `group: OK ${examplesEnd}-${examplesEnd + 1}`,
      `stock.receive: OK ${examplesEnd + 1}`,
      "transaction",
      "transaction: UNEXPECTED",
      "group: UNEXPECTED",
      "stock.receive: UNEXPECTED",
    ]);
  });

  it("that throws harms neither the command nor another observer; the logger is told", async () => {
    const { heard, observer } = recorder();
    const errors: string[] = [];
    const fail = (): never => {
      throw new Error("broken");
    };
    const broken: Observer[] = [
      { command: fail, group: fail },
      { command: () => ({ settled: fail }), group: () => ({ transaction: fail, ended: fail }) },
      { command: () => ({ settled: fail }), group: () => ({ transaction: () => fail, ended: fail }) },
    ];
    const logger = { error: (_facts: unknown, message: string) => errors.push(message), warn: () => undefined };
    const inventory = await exampleInventory({ observers: [...broken, observer], logger });
    heard.length = 0;
    errors.length = 0;
    const { seq } = await inventory.stock.receive({ ...berlin, quantity: 1 });
    await Promise.resolve();
    expect(heard.at(-1)).toBe(`stock.receive: OK ${seq}`);
    expect(heard).toHaveLength(5);
    expect(new Set(errors)).toEqual(new Set(["an observer failed"]));
    expect(errors).toHaveLength(8);
  });
});
