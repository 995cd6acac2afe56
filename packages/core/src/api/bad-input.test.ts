import { beforeAll, describe, expect, it } from "vitest";
import { berlin, exampleInventory, refusalOf } from "../../test/inventory";
import { checkCommand } from "../index";

type Open = Awaited<ReturnType<typeof exampleInventory>>;
type Fields = Record<string, unknown>;

let inventory: Open;
beforeAll(async () => {
  inventory = await exampleInventory();
  await inventory.stock.receive({ ...berlin, quantity: 10 });
});

const price = { amount: 1, currency: "EUR" };
const transferable = { sku: "TEA-50", from: "berlin", to: "hub", quantity: 1 };

/** A good input for every command. None of these is ever run: each is spoiled first. */
const good: Readonly<Record<string, Fields>> = {
  "products.create": { sku: "NEW", name: "New" },
  "products.update": { sku: "TEA-50", name: "Tea" },
  "products.archive": { sku: "CUP" },
  "stores.create": { id: "new", name: "New" },
  "stores.update": { id: "berlin", name: "Berlin" },
  "stores.archive": { id: "hamburg" },
  "stock.receive": { ...berlin, quantity: 1 },
  "stock.sell": { ...berlin, quantity: 1 },
  "stock.return": { ...berlin, quantity: 1 },
  "stock.adjust": { ...berlin, delta: 1, reason: "found" },
  "stock.count": { ...berlin, counted: 10 },
  "stock.transfer": transferable,
  "stock.apply": { lines: [{ type: "sell", ...berlin, quantity: 1 }] },
  "stock.reverse": { id: "m9-0" },
  "transfers.ship": { from: "berlin", to: "hub", lines: [{ sku: "TEA-50", quantity: 1 }] },
  "transfers.receive": { id: "t9" },
  "transfers.cancel": { id: "t9", remaining: "return" },
  "counts.start": { storeId: "berlin" },
  "counts.record": { id: "c9", lines: [{ sku: "TEA-50", counted: 1 }] },
  "counts.recount": { id: "c9", skus: ["TEA-50"] },
  "counts.approve": { id: "c9" },
  "counts.cancel": { id: "c9" },
};

const texts: readonly unknown[] = [
  "",
  "   ",
  "x".repeat(300),
  "bell\u0007",
  "line\nbreak",
  "\u0000",
  "\ud800",
  5,
  null,
  true,
  ["TEA-50"],
  {},
];
const quantities: readonly unknown[] = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "1", null, true, [1], {}, 1e-9];
const times: readonly unknown[] = [-1, 1.5, Number.NaN, "yesterday", "2026-01-01", "2026-01-01T00:00:00", new Date("x"), 1e18, {}, true];
const moneys: readonly unknown[] = [
  5,
  {},
  { amount: 1 },
  { amount: 1.5, currency: "EUR" },
  { amount: 1, currency: "euro" },
  { ...price, tax: 0 },
  { amount: 2 ** 53, currency: "EUR" },
];
const references: readonly unknown[] = [
  "order-1",
  {},
  { type: "order" },
  { type: "", id: "1" },
  { type: "order", id: "1", more: 1 },
  { type: "x".repeat(51), id: "1" },
];
const keys: readonly unknown[] = ["", " ", " padded ", "x".repeat(201), "ünï", "new\nline", 5, null, {}];

/** Bad values by the field they spoil. */
const bad: Readonly<Record<string, readonly unknown[]>> = {
  sku: texts,
  storeId: texts,
  from: texts,
  to: texts,
  name: texts,
  barcode: texts.filter((value) => value !== null),
  category: texts.filter((value) => value !== null),
  supplierId: texts.filter((value) => value !== null),
  unit: texts.filter((value) => value !== null),
  kind: ["shop", "", null, 5],
  decimals: [-1, 7, 1.5, "2", null, Number.NaN],
  backorderLimit: [-1, Number.NaN, 2 ** 53, "5", null, 0.5],
  price: [...moneys, { amount: -1, currency: "EUR" }],
  cost: moneys,
  attributes: [
    null,
    5,
    "x",
    [],
    new Map(),
    { f: () => 1 },
    { u: undefined },
    { n: Number.NaN },
    { d: new Date() },
    { big: "x".repeat(17_000) },
    JSON.parse('{"__proto__":{"admin":true}}'),
  ],
  quantity: quantities,
  delta: quantities.filter((value) => value !== -1),
  counted: quantities.filter((value) => value !== 0),
  unitCost: moneys,
  unitPrice: moneys,
  reason: texts,
  reference: references,
  occurredAt: times,
  actor: texts,
  idempotencyKey: keys,
  id: [5, null, {}],
  expectedAt: times,
  remaining: ["keep", "", null, 5],
  blind: ["yes", 1, null],
  skus: [null, "TEA-50", [], [""], [5], Array.from({ length: 5_001 }, (_, index) => `P${index}`)],
  lines: [
    undefined,
    null,
    "sell",
    {},
    [],
    [null],
    [{}],
    [{ type: "steal", ...berlin, quantity: 1 }],
    [{ ...berlin, quantity: 1 }],
    Array.from({ length: 10_001 }, () => ({ type: "sell", ...berlin, quantity: 1 })),
  ],
};

const optional: Readonly<Record<string, readonly string[]>> = {
  "products.create": ["barcode", "category", "supplierId", "unit", "decimals", "backorderLimit", "price", "cost", "attributes"],
  "products.update": ["barcode", "category", "supplierId", "unit", "backorderLimit", "price", "cost", "attributes"].filter(
    (field) => !["price", "cost"].includes(field),
  ),
  "stores.create": ["kind"],
  "stores.update": ["kind"],
  "stock.receive": ["unitCost", "reason", "reference", "occurredAt"],
  "stock.sell": ["unitPrice", "reason", "reference", "occurredAt"],
  "stock.return": ["unitCost", "unitPrice", "reason", "reference", "occurredAt"],
  "stock.adjust": ["unitCost", "reference", "occurredAt"],
  "stock.count": ["reason", "reference", "occurredAt"],
  "stock.transfer": ["reason", "reference", "occurredAt"],
  "stock.apply": ["reference", "occurredAt"],
  "stock.reverse": ["reason", "occurredAt"],
  "transfers.ship": ["reference", "expectedAt", "occurredAt"],
  "transfers.receive": ["occurredAt"],
  "transfers.cancel": ["reason", "occurredAt"],
  "counts.start": ["category", "skus", "blind", "reference"],
  "counts.approve": ["reason", "occurredAt"],
  "counts.cancel": ["reason"],
};

const show = (value: unknown): string => {
  const text = value instanceof Date ? "an invalid Date" : (JSON.stringify(value) ?? String(value));
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};

describe.each(Object.entries(good))("bad input: %s", (command, input) => {
  const fields = [...Object.keys(input), ...(optional[command] ?? []), "actor", "idempotencyKey"];

  it.each(fields)("refuses bad values of %s with INVALID_INPUT naming the field, and changes nothing", async (field) => {
    const head = await inventory.feed.head();
    for (const value of bad[field] ?? []) {
      const refusal = await refusalOf(inventory.execute(command, { ...input, [field]: value }));
      expect(refusal, show(value)).toMatchObject({ code: "INVALID_INPUT" });
      const { issues } = refusal as unknown as { issues: { path: string }[] };
      expect(issues[0]?.path, show(value)).toMatch(new RegExp(`^${field}`));
    }
    expect(await inventory.feed.head()).toBe(head);
  });

  it("refuses unknown fields, `__proto__` among them", async () => {
    for (const extra of [{ extra: 1 }, { Sku: "TEA-50" }, { constructor: 1 }, { type: "sell" }, JSON.parse('{"__proto__":{"sku":"X"}}')]) {
      // Spread would call the setter of __proto__; an own property is what JSON from a wire has.
      const spoiled = Object.defineProperties({ ...input }, Object.getOwnPropertyDescriptors(extra));
      expect(await refusalOf(inventory.execute(command, spoiled)), show(extra)).toMatchObject({ code: "INVALID_INPUT" });
    }
    expect(({} as Fields).sku).toBeUndefined();
  });

  it("refuses what is no object", async () => {
    for (const value of [undefined, null, 5, "TEA-50", [], true]) {
      expect(await refusalOf(inventory.execute(command, value as never)), show(value)).toMatchObject({ code: "INVALID_INPUT" });
    }
  });

  it("refuses a missing field", async () => {
    for (const field of Object.keys(input).filter((name) => !(command.endsWith(".update") && name === "name"))) {
      const { [field]: _left, ...rest } = input;
      expect(await refusalOf(inventory.execute(command, rest)), field).toMatchObject({ code: "INVALID_INPUT" });
    }
  });
});

describe("bad input", () => {
  it("names every field at fault, up to 20", async () => {
    const refusal = await refusalOf(inventory.stock.sell({ sku: "", storeId: 5, quantity: -1, more: true } as never));
    const { issues } = refusal as unknown as { issues: { path: string }[] };
    expect(issues.map(({ path }) => path).sort()).toEqual(["more", "quantity", "sku", "storeId"]);
    const priced = { sku: "NEW", name: "New", price: { ...price, vat: 19, net: true }, prize: 1 };
    expect(await refusalOf(inventory.products.create(priced as never))).toMatchObject({
      issues: ["price.vat", "price.net", "prize"].map((path) => ({ path, message: "is no field of this" })),
    });
    const lines = Array.from({ length: 50 }, () => ({ type: "sell", ...berlin, quantity: 0 }));
    const { issues: many } = (await refusalOf(inventory.stock.apply(lines as never))) as unknown as { issues: { path: string }[] };
    expect(many).toHaveLength(20);
    expect(many[3]?.path).toBe("lines.3.quantity");
  });

  it.each(["stock.receive", "stock.sell", "stock.return", "stock.adjust", "stock.count"])(
    "%s of an unknown product or store says which",
    async (command) => {
      expect(await refusalOf(inventory.execute(command, { ...good[command], sku: "GHOST" }))).toEqual({
        code: "UNKNOWN_PRODUCT",
        sku: "GHOST",
      });
      expect(await refusalOf(inventory.execute(command, { ...good[command], storeId: "atlantis" }))).toEqual({
        code: "UNKNOWN_STORE",
        storeId: "atlantis",
      });
    },
  );

  it("a transfer from or to an unknown store, or to the same, is refused", async () => {
    const transfer = (fields: Fields) => refusalOf(inventory.stock.transfer({ ...transferable, ...fields } as never));
    expect(await transfer({ from: "atlantis" })).toEqual({ code: "UNKNOWN_STORE", storeId: "atlantis" });
    expect(await transfer({ to: "atlantis" })).toEqual({ code: "UNKNOWN_STORE", storeId: "atlantis" });
    expect(await transfer({ sku: "GHOST" })).toEqual({ code: "UNKNOWN_PRODUCT", sku: "GHOST" });
    expect(await transfer({ to: "berlin" })).toMatchObject({ code: "INVALID_INPUT", issues: [{ path: "to" }] });
  });

  it("a change of an unknown product or store is refused by its name", async () => {
    expect(await refusalOf(inventory.products.update("GHOST", { name: "Boo" }))).toEqual({ code: "UNKNOWN_PRODUCT", sku: "GHOST" });
    expect(await refusalOf(inventory.products.archive("GHOST"))).toEqual({ code: "UNKNOWN_PRODUCT", sku: "GHOST" });
    expect(await refusalOf(inventory.products.get("GHOST"))).toEqual({ code: "UNKNOWN_PRODUCT", sku: "GHOST" });
    expect(await refusalOf(inventory.stores.update("atlantis", { name: "Sunk" }))).toEqual({ code: "UNKNOWN_STORE", storeId: "atlantis" });
    expect(await refusalOf(inventory.stores.archive("atlantis"))).toEqual({ code: "UNKNOWN_STORE", storeId: "atlantis" });
    expect(await refusalOf(inventory.stores.get("atlantis"))).toEqual({ code: "UNKNOWN_STORE", storeId: "atlantis" });
    expect(await refusalOf(inventory.stock.level({ sku: "GHOST", storeId: "berlin" }))).toEqual({ code: "UNKNOWN_PRODUCT", sku: "GHOST" });
    expect(await refusalOf(inventory.stock.level({ sku: "TEA-50", storeId: "atlantis" }))).toEqual({
      code: "UNKNOWN_STORE",
      storeId: "atlantis",
    });
  });

  it("a patch can't rename a product or give it other decimals", async () => {
    for (const patch of [{ sku: "OTHER" }, { decimals: 2 }]) {
      expect(await refusalOf(inventory.products.update("TEA-50", patch as never)), show(patch)).toMatchObject({ code: "INVALID_INPUT" });
    }
    expect(await refusalOf(inventory.stores.update("berlin", { id: "other" } as never))).toMatchObject({ code: "INVALID_INPUT" });
  });

  it("reads refuse bad filters too", async () => {
    const reads: readonly (() => Promise<unknown>)[] = [
      () => inventory.products.list({ limit: 0 }),
      () => inventory.products.list({ limit: 1_001 }),
      () => inventory.products.list({ limit: 1.5 }),
      () => inventory.products.list({ extra: 1 } as never),
      () => inventory.products.list({ orderBy: "price" as never }),
      () => inventory.products.list({ search: "x".repeat(201) }),
      () => inventory.stores.list({ kind: "shop" as never }),
      () => inventory.stock.levels({ sku: "" }),
      () => inventory.stock.level({ ...berlin, extra: 1 } as never),
      () => inventory.stock.movements({ type: "stolen" as never }),
      () => inventory.stock.movements({ order: "up" as never }),
      () => inventory.stock.movements({ from: "yesterday" }),
      () => inventory.stock.asOf("yesterday"),
      () => inventory.stock.asOf(Number.NaN),
      () => inventory.feed.since(-1),
      () => inventory.feed.since(1.5),
      () => inventory.feed.since(0, { limit: 0 }),
      () => inventory.feed.since(0, { filter: { entities: ["ghost" as never] } }),
      () => inventory.feed.snapshot("ghost" as never),
      () => inventory.feed.snapshot("level", { limit: 0 }),
      () => inventory.feed.snapshot("level", { limit: 1e9 }),
      () => inventory.feed.snapshot("level", { limit: Number.NaN }),
    ];
    for (const [index, read] of reads.entries()) expect(await refusalOf(read()), `read ${index}`).toMatchObject({ code: "INVALID_INPUT" });
  });

  it("the cursor of another list, or of another order, is INVALID_INPUT", async () => {
    for (const sku of ["CURSOR-1", "CURSOR-2"]) {
      await inventory.products.create({ sku, name: sku });
      await inventory.stock.receive({ sku, storeId: "berlin", quantity: 1 });
    }
    const { nextCursor: ofLevels = "" } = await inventory.stock.levels({ limit: 1 });
    const { nextCursor: ofMovements = "" } = await inventory.stock.movements({ limit: 1 });
    expect(await refusalOf(inventory.stock.asOf(0, { cursor: ofLevels }))).toMatchObject({ code: "INVALID_INPUT" });
    expect(await refusalOf(inventory.stock.movements({ cursor: ofMovements, order: "desc" }))).toMatchObject({ code: "INVALID_INPUT" });
    expect((await inventory.stock.movements({ cursor: ofMovements, limit: 1 })).items).toHaveLength(1);
  });

  it("a tampered cursor is INVALID_INPUT, whatever it says", async () => {
    const cursor = (values: unknown) => btoa(encodeURIComponent(JSON.stringify(values)));
    expect(await inventory.stock.levels({ cursor: cursor(["levels", "~", "~"]) })).toEqual({ items: [] });
    const cursors = [
      "",
      "x",
      "%%%",
      "e30=",
      btoa("%"),
      cursor({}),
      cursor([]),
      cursor(["levels", 1, 2, 3, 4]),
      cursor("levels"),
      cursor(["levels", ["a"], "b"]),
      cursor(["levels", "a"]),
      cursor(["a", "b"]),
      cursor(null),
      "x".repeat(2_001),
    ];
    for (const each of cursors) {
      expect(await refusalOf(inventory.stock.levels({ cursor: each })), each).toMatchObject({ code: "INVALID_INPUT" });
      expect(await refusalOf(inventory.stock.asOf(0, { cursor: each })), each).toMatchObject({ code: "INVALID_INPUT" });
      expect(await refusalOf(inventory.feed.snapshot("level", { cursor: each })), each).toMatchObject({ code: "INVALID_INPUT" });
    }
    expect(await refusalOf(inventory.stock.levels({ cursor: cursor(["levels", 1, 2]) }))).toMatchObject({ code: "INVALID_INPUT" });
    expect(await refusalOf(inventory.stock.asOf(0, { cursor: cursor(["asOf", 1, null]) }))).toMatchObject({ code: "INVALID_INPUT" });
    expect(await refusalOf(inventory.stock.movements({ cursor: cursor(["movements seq", "9", 0]) }))).toMatchObject({
      code: "INVALID_INPUT",
    });
    expect(await refusalOf(inventory.products.list({ cursor: cursor(["products", null]) }))).toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("checking an input without running it", () => {
  it("refuses what the command would refuse as ill-formed, and nothing else", () => {
    expect(() => checkCommand("products.create", { sku: "A", name: "A" })).not.toThrow();
    expect(() => checkCommand("stock.sell", { sku: "nobody knows it", storeId: "nowhere", quantity: 1 })).not.toThrow();
    expect(() => checkCommand("stock.sell", { sku: "A", storeId: "s", quantity: -1 })).toThrow(/INVALID_INPUT.*quantity/);
    expect(() => checkCommand("toString", {})).toThrow(/there is no command toString/);
  });
});
