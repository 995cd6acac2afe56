import { type Actor, actionRoles, commandRefusals, createInventory, type Principal, type Role, rolePolicy, roles } from "@onhand/core";
import { manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { describe, expect, it } from "vitest";

const may = rolePolicy();
const of = (role: Role, stores: Principal["stores"] = "*"): Principal => ({ id: role, roles: [role], stores });
const berlin = { sku: "TEA-50", storeId: "berlin" };

describe("the table", () => {
  it("places every command there is, so that a new one is somebody's by decision and not by default", () => {
    const placed = Object.keys(actionRoles);
    expect(Object.keys(commandRefusals).filter((command) => !placed.includes(command))).toEqual([]);
    expect(placed).toEqual(expect.arrayContaining(["read", "subscribe"]));
  });

  it("lets nobody do less than who stands below them", () => {
    for (const [action, some] of Object.entries(actionRoles)) {
      const allowed = roles.map((role) => (some as readonly Role[]).includes(role));
      expect(`${action} ${allowed.lastIndexOf(true)}`).toBe(`${action} ${allowed.filter(Boolean).length - 1}`);
    }
  });

  it("is what the policy answers, for every role and action", () => {
    for (const [action, some] of Object.entries(actionRoles)) {
      for (const role of roles)
        expect([action, role, may(of(role), action, berlin)]).toEqual([action, role, (some as readonly Role[]).includes(role)]);
    }
  });
});

describe("whoever is not known to be allowed", () => {
  it.each<[string, Actor | undefined]>([
    ["nobody", undefined],
    ["somebody without roles", { id: "x" }],
    ["somebody without stores", { id: "x", roles: ["admin"] }],
    ["roles that are no list", { id: "x", roles: "admin", stores: "*" }],
    ["a role there is none of", { id: "x", roles: ["root"], stores: "*" }],
    ["stores that are a text", { id: "x", roles: ["admin"], stores: "berlin" }],
    ["stores that are an object", { id: "x", roles: ["admin"], stores: { includes: () => true } }],
  ])("may not: %s", (_, actor) => {
    for (const action of ["read", "stock.sell"]) expect(may(actor, action, { ...berlin, entity: "level" })).toBe(false);
  });

  it.each(["stock.steal", "", "constructor", "__proto__", "toString"])("an action that nobody has placed is nobody's: %j", (action) => {
    expect(may(of("admin"), action, {})).toBe(false);
  });
});

describe("a batch", () => {
  const lines = (...types: string[]) => ({ lines: types.map((type) => ({ type, ...berlin, quantity: 1 })) });

  it("needs what each of its lines needs by itself", () => {
    expect(may(of("operator"), "stock.apply", lines("sell", "receive"))).toBe(true);
    expect(may(of("operator"), "stock.apply", lines("sell", "adjust"))).toBe(false);
    expect(may(of("operator"), "stock.apply", lines("count"))).toBe(false);
    expect(may(of("manager"), "stock.apply", lines("sell", "adjust"))).toBe(true);
    expect(may(of("manager"), "stock.apply", lines("steal"))).toBe(false);
  });
});

describe("stores", () => {
  const mia = of("manager", ["berlin", "hamburg"]);

  it.each<[boolean, string, object]>([
    [true, "stock.sell", berlin],
    [false, "stock.sell", { ...berlin, storeId: "hub" }],
    [true, "stock.transfer", { sku: "A", from: "berlin", to: "hamburg" }],
    [false, "stock.transfer", { sku: "A", from: "berlin", to: "hub" }],
    [false, "stock.transfer", { sku: "A", from: "hub", to: "berlin" }],
    [true, "transfers.ship", { from: "berlin", to: "hub", lines: [] }],
    [false, "transfers.ship", { from: "hub", to: "berlin", lines: [] }],
    [true, "stock.apply", { lines: [{ type: "sell", ...berlin }] }],
    [
      false,
      "stock.apply",
      {
        lines: [
          { type: "sell", ...berlin },
          { type: "transfer", sku: "A", from: "berlin", to: "hub" },
        ],
      },
    ],
    [false, "alerts.check", { levels: [berlin, { ...berlin, storeId: "hub" }] }],
    [true, "products.update", { sku: "TEA-50" }],
    [true, "subscribe", { entities: ["level"] }],
    [true, "subscribe", { entities: ["level"], storeIds: ["berlin"] }],
    [false, "subscribe", { entities: ["level"], storeIds: ["berlin", "hub"] }],
    [true, "read", { entity: "level", key: "k", ...berlin }],
    [false, "read", { entity: "level", key: "k", ...berlin, storeId: "hub" }],
    [true, "read", { entity: "product", key: "k", sku: "TEA-50" }],
    [false, "read", { entity: "alert", key: "k" }],
    [true, "read", { entity: "transfer", key: "t1", from: "hub", to: "berlin" }],
    [false, "read", { entity: "transfer", key: "t1", from: "hub", to: "paris" }],
    [false, "read", { entity: "secret", key: "k" }],
    [true, "read", { entity: "reservation", key: "r1", ...berlin, storeId: "hub", formerStoreIds: ["hamburg"] }],
    [false, "read", { entity: "reservation", key: "r1", ...berlin, storeId: "hub", formerStoreIds: ["paris"] }],
  ])("%s: %s %j", (expected, action, resource) => {
    expect(may(mia, action, resource as Record<string, unknown>)).toBe(expected);
  });

  it("bind an admin as well", () => {
    expect(may(of("admin", ["berlin"]), "stores.update", { id: "berlin" })).toBe(true);
    expect(may(of("admin", ["berlin"]), "stores.update", { id: "hub" })).toBe(false);
    expect(may(of("admin", ["berlin"]), "stores.create", { id: "new" })).toBe(false);
    expect(may(of("admin"), "stores.create", { id: "new" })).toBe(true);
  });

  it("none means none", () => {
    expect(may(of("admin", []), "stock.sell", berlin)).toBe(false);
    expect(may(of("admin", []), "read", { entity: "level", ...berlin })).toBe(false);
  });
});

describe("a host's own say", () => {
  it("replaces the table's, forbids with an empty list, and adds actions of its own", () => {
    const own = rolePolicy({ actions: { "stock.adjust": ["operator"], "stock.sell": [], "reports.sales": ["viewer"] } });
    expect(own(of("operator"), "stock.adjust", berlin)).toBe(true);
    expect(own(of("manager"), "stock.adjust", berlin)).toBe(false);
    expect(own(of("admin"), "stock.sell", berlin)).toBe(false);
    expect(own(of("viewer"), "reports.sales", {})).toBe(true);
  });

  it("with a role that there is none of is a mistake of the program", () => {
    expect(() => rolePolicy({ actions: { "stock.sell": ["cashier" as Role] } })).toThrow(TypeError);
  });
});

describe("an inventory with the policy", () => {
  it("is closed to whoever only says a name", async () => {
    const inventory = await createInventory({ storage: memoryStorage(), clock: manualClock(), authorize: rolePolicy() });
    await expect(inventory.products.create({ sku: "A", name: "A" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(inventory.products.create({ sku: "A", name: "A", actor: "admin" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect((await inventory.as(of("manager")).products.create({ sku: "A", name: "A" })).seq).toBe(1);
  });
});
