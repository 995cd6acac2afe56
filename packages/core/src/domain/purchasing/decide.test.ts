import { beforeEach, describe, expect, it } from "vitest";
import { decider, rowsOf } from "../../../test/given";
import { archiveProduct, archiveStore } from "../catalog/decide";
import { products, stores } from "../catalog/tables";
import { reservationEvents, reservations } from "../reservations/tables";
import { receive as receiveStock, reverse, sell } from "../stock/decide";
import { foldLedger } from "../stock/fold";
import { incomingEvents, type LevelRow, levels, type MovementRow, movements } from "../stock/tables";
import { archiveSupplier, createSupplier, setTerms } from "../suppliers/decide";
import { suppliers, supplierTerms } from "../suppliers/tables";
import { cancel, create, draftFrom, receive, submit, update } from "./decide";
import { expectedOf, isOpen, orderedProducts, orderReceipts, type PurchaseOrderRow, purchaseOrders } from "./tables";

let rows: ReturnType<typeof rowsOf>;
let given: ReturnType<typeof decider>;
const eur = (amount: number) => ({ amount, currency: "EUR" });
const ofWeiss = { supplierId: "weiss", storeId: "s" };
const day = 86_400_000;

beforeEach(() => {
  const tables = [products, stores, levels, movements, incomingEvents, reservations, reservationEvents];
  rows = rowsOf([...tables, suppliers, supplierTerms, purchaseOrders, orderedProducts, orderReceipts]);
  given = decider(rows);
  given.product("A");
  given.product("B");
  given.product("KG", { decimals: 3 });
  given.store("s");
  given.store("t");
  given.done(createSupplier, { id: "weiss", name: "Weiß", currency: "EUR", leadTimeDays: 2 });
  given.done(createSupplier, { id: "any", name: "Anybody" });
});

const level = (sku: string, storeId = "s") => rows.get(levels, [sku, storeId]);
const drafted = (lines: readonly object[], fields: object = {}): string =>
  given.done(create, { ...ofWeiss, lines, ...fields }).purchaseOrder.id;
const ordered = (lines: readonly object[], fields: object = {}): string => {
  const id = drafted(lines, fields);
  given.done(submit, { id });
  return id;
};

describe("an order", () => {
  it("begins as a draft, of which nothing is on its way, with what was agreed with the supplier", () => {
    given.done(setTerms, { supplierId: "weiss", sku: "A", unitCost: eur(310), supplierSku: "W-1" });
    const { purchaseOrder, levels: touched } = given.done(create, {
      ...ofWeiss,
      lines: [
        { sku: "a", quantity: 4 },
        { sku: "KG", quantity: 0.25, unitCost: eur(900) },
      ],
      reference: { type: "order", id: "7" },
      note: "by lorry",
      actor: "mia",
    });
    expect(purchaseOrder).toMatchObject({ ...ofWeiss, status: "draft", currency: "EUR", note: "by lorry", actor: "mia" });
    expect(purchaseOrder.lines).toEqual([
      { sku: "A", quantity: 4, received: 0, incoming: 0, unitCost: eur(310), supplierSku: "W-1" },
      { sku: "KG", quantity: 0.25, received: 0, incoming: 0, unitCost: eur(900) },
    ]);
    expect(touched).toEqual([]);
    expect(level("A")).toBeUndefined();
  });

  it.each([
    ["an unknown supplier", { supplierId: "no" }, "UNKNOWN_SUPPLIER"],
    ["an unknown store", { storeId: "no" }, "UNKNOWN_STORE"],
    ["an unknown product", { lines: [{ sku: "NO", quantity: 1 }] }, "UNKNOWN_PRODUCT"],
    ["half a piece", { lines: [{ sku: "A", quantity: 0.5 }] }, "INVALID_INPUT"],
    ["another currency", { lines: [{ sku: "A", quantity: 1, unitCost: { amount: 1, currency: "USD" } }] }, "INVALID_INPUT"],
  ])("is refused for %s", (_name, fields, code) => {
    expect(given.refused(create, { ...ofWeiss, lines: [{ sku: "A", quantity: 1 }], ...fields }).code).toBe(code);
  });

  it("names every line that is wrong", () => {
    const lines = [
      { sku: "A", quantity: 1 },
      { sku: "NO", quantity: 1 },
      { sku: "a", quantity: 2 },
    ];
    expect(given.refused(create, { ...ofWeiss, lines })).toMatchObject({
      code: "UNKNOWN_PRODUCT",
      details: {
        lines: [
          { index: 1, code: "UNKNOWN_PRODUCT" },
          { index: 2, code: "INVALID_INPUT" },
        ],
      },
    });
  });

  it.each([
    ["too many lines", { lines: Array.from({ length: 1_001 }, (_, index) => ({ sku: `A${index}`, quantity: 1 })) }],
    ["nothing of a product", { lines: [{ sku: "A", quantity: 0 }] }],
    ["a cost below nothing", { lines: [{ sku: "A", quantity: 1, unitCost: eur(-1) }] }],
  ])("with %s is no order", (_name, fields) => {
    expect(() => create.parse({ ...ofWeiss, ...fields })).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });

  it("of somebody without a currency may be in any", () => {
    const lines = [{ sku: "A", quantity: 1, unitCost: { amount: 5, currency: "USD" } }];
    expect(given.done(create, { supplierId: "any", storeId: "s", lines }).purchaseOrder).not.toHaveProperty("currency");
  });

  it.each(["po999-0", "po1", "po0-0", "", "x".repeat(64)])("that does not exist (%j) is refused by that name", (id) => {
    for (const definition of [submit, receive, cancel, update] as const)
      expect(given.refused(definition as typeof submit, { id })).toEqual({ code: "UNKNOWN_PURCHASE_ORDER", details: { id } });
  });
});

describe("updating", () => {
  it("a draft changes everything but the supplier; lines take the place of all lines", () => {
    const id = drafted([{ sku: "A", quantity: 4 }]);
    const { purchaseOrder } = given.done(update, { id, storeId: "t", lines: [{ sku: "B", quantity: 2 }], note: "soon", expectedAt: 9 });
    expect(purchaseOrder).toMatchObject({ storeId: "t", note: "soon", expectedAt: 9, lines: [{ sku: "B", quantity: 2 }] });
    expect(given.done(update, { id, note: null }).purchaseOrder).not.toHaveProperty("note");
    expect(given.refused(update, { id, storeId: "no" }).code).toBe("UNKNOWN_STORE");
    expect(given.refused(update, { id, lines: [{ sku: "NO", quantity: 1 }] }).code).toBe("UNKNOWN_PRODUCT");
  });

  it("what was submitted changes when it is expected and what is noted, and no lines", () => {
    const id = ordered([{ sku: "A", quantity: 4 }]);
    expect(given.done(update, { id, expectedAt: 5 * day, reference: { type: "order", id: "9" } }).purchaseOrder).toMatchObject({
      expectedAt: 5 * day,
      reference: { type: "order", id: "9" },
    });
    const { purchaseOrder } = given.done(update, { id, reference: null });
    expect(purchaseOrder).not.toHaveProperty("reference");
    expect(purchaseOrder.expectedAt).toBe(5 * day);
    for (const patch of [{ lines: [{ sku: "A", quantity: 1 }] }, { storeId: "t" }])
      expect(given.refused(update, { id, ...patch })).toMatchObject({ code: "INVALID_STATE", details: { state: "submitted" } });
    given.done(cancel, { id });
    expect(given.refused(update, { id, note: "late" })).toMatchObject({ code: "INVALID_STATE", details: { state: "cancelled" } });
  });
});

describe("submitting", () => {
  it("puts the goods on their way, expected after the supplier's lead time unless somebody knows better", () => {
    const id = drafted([{ sku: "A", quantity: 4 }]);
    const { purchaseOrder, levels: touched, movements: moved } = given.done(submit, { id });
    expect(purchaseOrder).toMatchObject({ status: "submitted", submittedAt: 1_000, expectedAt: 1_000 + 2 * day, lines: [{ incoming: 4 }] });
    expect(touched).toMatchObject([{ sku: "A", onHand: 0, incoming: 4 }]);
    expect(moved).toEqual([]);
    expect(given.done(submit, { id: drafted([{ sku: "A", quantity: 1 }], { expectedAt: 7 }) }).purchaseOrder.expectedAt).toBe(7);
    expect(given.done(submit, { id: drafted([{ sku: "A", quantity: 1 }]), expectedAt: 8 }).purchaseOrder.expectedAt).toBe(8);
    expect(given.refused(submit, { id })).toMatchObject({ code: "INVALID_STATE", details: { state: "submitted" } });
    expect(level("A")?.incoming).toBe(6);
  });

  it("is traced by what it did to each level, for whoever finds levels by what happened", () => {
    const id = ordered([
      { sku: "A", quantity: 4 },
      { sku: "B", quantity: 1 },
    ]);
    expect(
      rows.find(incomingEvents, {}).map(({ sku, delta, referenceType, referenceId }) => [sku, delta, referenceType, referenceId]),
    ).toEqual([
      ["A", 4, "purchase_order", id],
      ["B", 1, "purchase_order", id],
    ]);
  });

  it("needs something to order, which a draft does not", () => {
    const id = drafted([]);
    expect(given.refused(submit, { id })).toMatchObject({ code: "INVALID_STATE", details: { state: "empty" } });
    given.done(update, { id, lines: [{ sku: "A", quantity: 1 }] });
    given.done(submit, { id });
    expect(() => receive.parse({ id, lines: [] })).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });

  it("is refused where something was archived since, and changes nothing", () => {
    const id = drafted([
      { sku: "A", quantity: 4 },
      { sku: "B", quantity: 4 },
    ]);
    given.done(archiveProduct, { sku: "B" });
    expect(given.refused(submit, { id })).toMatchObject({ code: "INVALID_STATE", details: { lines: [{ index: 1, key: "B" }] } });
    expect(level("A")).toBeUndefined();
    const other = drafted([{ sku: "A", quantity: 4 }]);
    given.done(archiveSupplier, { id: "weiss" });
    expect(given.refused(submit, { id: other })).toMatchObject({ code: "INVALID_STATE", details: { entity: "supplier" } });
  });

  it("keeps its product and its store from the archive until the goods have come", () => {
    const id = ordered([{ sku: "A", quantity: 4 }]);
    expect(given.refused(archiveProduct, { sku: "A" }).code).toBe("HAS_STOCK");
    expect(given.refused(archiveStore, { id: "s" }).code).toBe("HAS_STOCK");
    given.done(cancel, { id });
    given.done(archiveProduct, { sku: "A" });
    given.done(archiveStore, { id: "s" });
  });
});

describe("receiving", () => {
  it("books all that is on its way, at its cost and for the order", () => {
    const id = ordered([
      { sku: "A", quantity: 4, unitCost: eur(310) },
      { sku: "KG", quantity: 0.25 },
    ]);
    given.wait(5);
    const { purchaseOrder, movements: moved, levels: touched } = given.done(receive, { id, actor: "jo" });
    expect(moved).toMatchObject([
      { type: "received", sku: "A", delta: 4, unitCost: eur(310), reference: { type: "purchase_order", id }, actor: "jo" },
      { type: "received", sku: "KG", delta: 0.25, reference: { type: "purchase_order", id } },
    ]);
    expect(moved[1]).not.toHaveProperty("unitCost");
    expect(touched).toMatchObject([
      { sku: "A", onHand: 4, incoming: 0 },
      { sku: "KG", onHand: 0.25, incoming: 0 },
    ]);
    expect(purchaseOrder).toMatchObject({ status: "received", closedAt: 1_005, lines: [{ received: 4 }, { received: 0.25 }] });
    expect(given.refused(receive, { id })).toMatchObject({ code: "INVALID_STATE", details: { state: "received" } });
  });

  it("of a part leaves the rest on its way until it comes", () => {
    const id = ordered([
      { sku: "A", quantity: 4 },
      { sku: "B", quantity: 2 },
    ]);
    const part = given.done(receive, { id, lines: [{ sku: "a", quantity: 3, unitCost: eur(299) }] });
    expect(part.purchaseOrder).toMatchObject({ status: "partially_received", lines: [{ received: 3, incoming: 1 }, { incoming: 2 }] });
    expect(part.movements).toMatchObject([{ delta: 3, unitCost: eur(299) }]);
    expect(level("A")).toMatchObject({ onHand: 3, incoming: 1 });
    const rest = given.done(receive, { id });
    expect(rest.movements.map(({ sku, delta }) => [sku, delta])).toEqual([
      ["A", 1],
      ["B", 2],
    ]);
    expect(rest.purchaseOrder.status).toBe("received");
  });

  it("of more than was ordered is refused and every such line named, unless it is accepted", () => {
    const id = ordered([
      { sku: "A", quantity: 4 },
      { sku: "B", quantity: 2 },
    ]);
    const lines = [
      { sku: "A", quantity: 5 },
      { sku: "B", quantity: 2 },
      { sku: "KG", quantity: 1 },
      { sku: "B", quantity: 1 },
    ];
    expect(given.refused(receive, { id, lines })).toMatchObject({
      code: "INVALID_INPUT",
      details: { lines: [{ index: 0 }, { index: 2, issues: [{ path: "sku" }] }, { index: 3 }] },
    });
    expect(level("A")).toMatchObject({ onHand: 0, incoming: 4 });
    const { purchaseOrder } = given.done(receive, { id, lines: lines.slice(0, 2), overDelivery: "accept" });
    expect(purchaseOrder).toMatchObject({ status: "received", lines: [{ quantity: 4, received: 5, incoming: 0 }, { received: 2 }] });
    expect(level("A")).toMatchObject({ onHand: 5, incoming: 0 });
  });

  it("of a draft, or in another currency, is refused", () => {
    expect(given.refused(receive, { id: drafted([{ sku: "A", quantity: 4 }]) })).toMatchObject({ details: { state: "draft" } });
    const id = ordered([{ sku: "A", quantity: 4 }]);
    const lines = [{ sku: "A", quantity: 1, unitCost: { amount: 1, currency: "USD" } }];
    expect(given.refused(receive, { id, lines }).code).toBe("INVALID_INPUT");
    expect(given.refused(receive, { id, lines: [{ sku: "A", quantity: 0.5 }] }).code).toBe("INVALID_INPUT");
  });
});

describe("cancelling", () => {
  it("takes off what is on its way, and leaves what has come", () => {
    const id = ordered([
      { sku: "A", quantity: 4 },
      { sku: "B", quantity: 2 },
    ]);
    given.done(receive, { id, lines: [{ sku: "A", quantity: 3 }] });
    const { purchaseOrder, levels: touched, movements: moved } = given.done(cancel, { id });
    expect(purchaseOrder).toMatchObject({
      status: "cancelled",
      lines: [
        { received: 3, incoming: 0 },
        { received: 0, incoming: 0 },
      ],
    });
    expect(touched).toMatchObject([
      { sku: "A", onHand: 3, incoming: 0 },
      { sku: "B", incoming: 0 },
    ]);
    expect(moved).toEqual([]);
    for (const definition of [cancel, submit, receive] as const)
      expect(given.refused(definition as typeof cancel, { id })).toMatchObject({ code: "INVALID_STATE", details: { state: "cancelled" } });
  });

  it("a draft touches no level", () => {
    expect(given.done(cancel, { id: drafted([{ sku: "A", quantity: 4 }]) })).toMatchObject({
      purchaseOrder: { status: "cancelled" },
      levels: [],
    });
  });
});

/** Levels are what movements and open orders add up to. */
function proveIncoming(): void {
  const fold = foldLedger();
  for (const row of rows.find(movements, {}) as MovementRow[]) fold.add(row);
  for (const row of rows.find(purchaseOrders, {}) as PurchaseOrderRow[])
    if (isOpen(row)) for (const goods of expectedOf(row)) fold.expect(goods);
  for (const row of rows.find(levels, {}) as LevelRow[]) expect(fold.check(row)).toEqual([]);
}

describe("undoing a receipt", () => {
  const order = (id: string) => rows.find(purchaseOrders, {}).find(({ createdSeq, place }) => `po${createdSeq}-${place}` === id);

  it("takes it back from its order, which waits for the goods again", () => {
    const id = ordered([{ sku: "A", quantity: 4 }]);
    const [movement] = given.done(receive, { id }).movements;
    const { levels: touched } = given.done(reverse, { id: movement?.id });
    expect(touched).toMatchObject([{ sku: "A", onHand: 0, incoming: 4 }]);
    expect(order(id)).toMatchObject({ status: "submitted", change: "reversed", closedAt: null, lines: [{ received: 0 }] });
    expect(given.done(receive, { id }).purchaseOrder).toMatchObject({ status: "received", lines: [{ received: 4 }] });
    proveIncoming();
  });

  it("and that in turn gives it back", () => {
    const id = ordered([{ sku: "A", quantity: 4 }]);
    const [movement] = given.done(receive, { id, lines: [{ sku: "A", quantity: 3 }] }).movements;
    const [undone] = given.done(reverse, { id: movement?.id }).movements;
    given.done(reverse, { id: undone?.id });
    expect(order(id)).toMatchObject({ status: "partially_received", lines: [{ received: 3 }] });
    expect(level("A")).toMatchObject({ onHand: 3, incoming: 1 });
    proveIncoming();
  });

  it("of what was delivered beyond the order takes nothing back that is still there", () => {
    const id = ordered([{ sku: "A", quantity: 4 }]);
    given.done(receive, { id, lines: [{ sku: "A", quantity: 3 }] });
    const [movement] = given.done(receive, { id, lines: [{ sku: "A", quantity: 3 }], overDelivery: "accept" }).movements;
    given.done(reverse, { id: movement?.id });
    expect(order(id)).toMatchObject({ status: "partially_received", lines: [{ received: 3 }] });
    expect(level("A")).toMatchObject({ onHand: 3, incoming: 1 });
    proveIncoming();
  });

  it("of a cancelled order brings nothing back on its way", () => {
    const id = ordered([{ sku: "A", quantity: 4 }]);
    const [movement] = given.done(receive, { id, lines: [{ sku: "A", quantity: 3 }] }).movements;
    given.done(cancel, { id });
    given.done(reverse, { id: movement?.id });
    expect(order(id)).toMatchObject({ status: "cancelled", lines: [{ received: 0 }] });
    expect(level("A")).toMatchObject({ onHand: 0, incoming: 0 });
    proveIncoming();
  });

  it("is refused where the goods are gone, and leaves the order alone", () => {
    const id = ordered([{ sku: "A", quantity: 4 }]);
    const [movement] = given.done(receive, { id }).movements;
    given.done(sell, { sku: "A", storeId: "s", quantity: 1 });
    expect(given.refused(reverse, { id: movement?.id }).code).toBe("INSUFFICIENT_STOCK");
    expect(order(id)).toMatchObject({ status: "received" });
  });

  it("of goods that only say they are of an order is no matter of the order", () => {
    const id = ordered([{ sku: "A", quantity: 4 }]);
    const [movement] = given.done(receiveStock, {
      sku: "A",
      storeId: "s",
      quantity: 2,
      reference: { type: "purchase_order", id },
    }).movements;
    given.done(reverse, { id: movement?.id });
    expect(order(id)).toMatchObject({ status: "submitted", change: "submitted" });
    expect(level("A")).toMatchObject({ onHand: 0, incoming: 4 });
  });
});

describe("drafting proposals", () => {
  const proposal = { supplierId: "weiss", storeId: "s", sku: "A", quantity: 24, available: 0, incoming: 0, minimum: 0, multiple: 12 };
  const draft = (...proposals: readonly object[]) =>
    given.done(draftFrom, { proposals: proposals.map((each) => ({ ...proposal, ...each })) });

  it("makes one order for each supplier and store", () => {
    const { purchaseOrders: made, leftOut } = draft({}, { sku: "B" }, { storeId: "t" }, { supplierId: "any" });
    expect(made.map(({ supplierId, storeId, lines }) => [supplierId, storeId, lines.map(({ sku }) => sku)])).toEqual([
      ["weiss", "s", ["A", "B"]],
      ["weiss", "t", ["A"]],
      ["any", "s", ["A"]],
    ]);
    expect(new Set(made.map(({ id }) => id)).size).toBe(3);
    expect(leftOut).toEqual([]);
  });

  it("names what has no supplier and leaves it out", () => {
    given.done(createSupplier, { id: "gone", name: "Gone" });
    given.done(archiveSupplier, { id: "gone" });
    const { purchaseOrders: made, leftOut } = draft({ supplierId: undefined }, { supplierId: "no" }, { supplierId: "gone" });
    expect(made).toEqual([]);
    expect(leftOut.map(({ because }) => because)).toEqual(["no_supplier", "unknown_supplier", "archived_supplier"]);
  });

  it("twice drafts nothing twice, also in one call, and after the draft was sent off or the goods have come", () => {
    const [first] = draft({}, {}).purchaseOrders;
    expect(first?.lines).toMatchObject([{ sku: "A", quantity: 24 }]);
    const covered = { purchaseOrders: [], leftOut: [{ sku: "A", storeId: "s", because: "covered" }] };
    expect(draft({})).toEqual(covered);
    given.done(submit, { id: first?.id });
    expect(draft({})).toEqual(covered);
    given.done(receive, { id: first?.id });
    expect(draft({})).toEqual(covered);
  });

  it("brings a draft up to what is needed by now, in whole multiples, and never by more than was proposed", () => {
    const id = drafted([{ sku: "A", quantity: 5 }]);
    expect(draft({}).purchaseOrders).toMatchObject([{ id, lines: [{ sku: "A", quantity: 29 }] }]);
    given.done(cancel, { id });
    given.done(receiveStock, { sku: "A", storeId: "s", quantity: 13 });
    expect(draft({}).purchaseOrders).toMatchObject([{ lines: [{ sku: "A", quantity: 12 }] }]);
  });

  it("orders what a person made of the proposal", () => {
    expect(draft({ quantity: 7 }).purchaseOrders).toMatchObject([{ lines: [{ quantity: 7 }] }]);
  });

  it("does not go below a minimum", () => {
    given.done(receiveStock, { sku: "A", storeId: "s", quantity: 20 });
    expect(draft({ minimum: 18, multiple: 1 }).purchaseOrders).toMatchObject([{ lines: [{ quantity: 18 }] }]);
  });

  it("is refused as a whole where a product or a store is none", () => {
    expect(given.refused(draftFrom, { proposals: [proposal, { ...proposal, sku: "NO" }, { ...proposal, storeId: "no" }] })).toMatchObject({
      code: "UNKNOWN_PRODUCT",
      details: {
        lines: [
          { index: 1, code: "UNKNOWN_PRODUCT" },
          { index: 2, code: "UNKNOWN_STORE" },
        ],
      },
    });
    expect(rows.find(purchaseOrders, {})).toEqual([]);
  });
});
