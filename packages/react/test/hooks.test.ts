// @vitest-environment happy-dom
import type { ConnectionStatus, LevelKey } from "@onhand/client";
import { act, cleanup, render, renderHook, screen } from "@testing-library/react";
import { createElement, memo, type ReactElement, type ReactNode, StrictMode } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, describe, expect, it } from "vitest";
import {
  InventoryProvider,
  useAlert,
  useAlerts,
  useCommand,
  useConnection,
  useCount,
  useCountLines,
  useCounts,
  useLoading,
  useMovements,
  usePendingCommands,
  useProduct,
  useProducts,
  usePurchaseOrder,
  usePurchaseOrders,
  useReservation,
  useReservations,
  useStockLevel,
  useStockLevels,
  useStores,
  useSuppliers,
  useTransfer,
  useTransfers,
} from "../src/index";
import {
  alertChange,
  countChange,
  countLineChange,
  levelChange,
  movementChange,
  productChange,
  purchaseOrderChange,
  reservationChange,
  storeChange,
  supplierChange,
  transferChange,
} from "./support/rows";
import { settle, setUp } from "./support/set-up";

afterEach(cleanup);

const tea = { sku: "TEA", storeId: "berlin" };

const renders = new Map<string, number>();
const count = (name: string) => renders.set(name, (renders.get(name) ?? 0) + 1);

const Row = memo(({ stock }: { readonly stock: LevelKey }) => {
  count(stock.sku);
  return createElement(
    "li",
    null,
    useStockLevel(stock, (level) => level?.onHand),
  );
});

function Table(): ReactElement {
  count("table");
  const keys = useStockLevels({ storeId: "berlin" }, (list) => list.keys);
  return createElement(
    "ul",
    null,
    keys.map((key) => createElement(Row, { key: key.sku, stock: key })),
  );
}

const Level = () => createElement("p", null, useStockLevel(tea)?.onHand);

function Everything(): ReactElement {
  const { status } = useConnection();
  const list = useStockLevels();
  return createElement("p", null, `${status} ${list.status} ${useStockLevel(tea)?.onHand ?? "unknown"}`);
}

function shop() {
  const all = setUp();
  const wrapper = ({ children }: { readonly children: ReactNode }) => createElement(InventoryProvider, { client: all.client }, children);
  return { ...all, wrapper, settled: () => act(settle) };
}

describe("reservations and alerts", () => {
  it("one is followed by its id until it is settled and after; lists show what is active and open, in their order", async () => {
    const { server, wrapper, settled } = shop();
    server.commit([reservationChange(1, "r1"), reservationChange(1, "r2", { expiresAt: 500 }), alertChange(1, "a1-0")]);
    const { result } = renderHook(
      () => ({
        one: useReservation("r1", (reservation) => reservation?.status),
        held: useReservations({ storeId: "berlin" }, (list) => list.keys.join(" ")),
        first: useAlert("a1-0", (alert) => alert?.status),
        open: useAlerts({ storeId: "berlin" }, (list) => list.items.map(({ id, status }) => `${id} ${status}`).join(", ")),
      }),
      { wrapper },
    );
    await settled();
    expect(result.current).toEqual({ one: "active", held: "r2 r1", first: "active", open: "a1-0 active" });
    act(() => server.commit([reservationChange(2, "r1", { status: "committed", held: 0 }), alertChange(2, "a2-0")]));
    expect(result.current).toEqual({ one: "committed", held: "r2", first: "active", open: "a2-0 active, a1-0 active" });
    act(() =>
      server.commit([
        reservationChange(3, "r2", { storeId: "hub", movedFrom: ["berlin"] }),
        alertChange(3, "a1-0", { status: "resolved" }),
      ]),
    );
    expect(result.current).toEqual({ one: "committed", held: "", first: "resolved", open: "a2-0 active" });
  });
});

describe("a row that is missing", () => {
  it("is loading until the server has answered, then known to be missing, then there", async () => {
    const { server, wrapper, settled } = shop();
    const { result } = renderHook(
      () => ({
        order: usePurchaseOrder("po1-0", (order) => order?.status),
        loading: useLoading((client) => client.purchaseOrder("po1-0")).status,
      }),
      { wrapper },
    );
    expect(result.current).toEqual({ order: undefined, loading: "loading" });
    await settled();
    expect(result.current).toEqual({ order: undefined, loading: "ready" });
    act(() => server.commit([purchaseOrderChange(1, "po1-0")]));
    expect(result.current).toEqual({ order: "submitted", loading: "ready" });
  });
});

describe("suppliers and purchase orders", () => {
  it("one is followed by its id to its end and after; the list shows what is not closed, the newest first", async () => {
    const { server, wrapper, settled } = shop();
    server.commit([
      supplierChange(1, "weiss"),
      supplierChange(1, "adler"),
      purchaseOrderChange(1, "po1-0"),
      purchaseOrderChange(2, "po2-0", { status: "draft", createdAt: 2 }),
      purchaseOrderChange(3, "po3-0", { storeId: "hub", createdAt: 3 }),
    ]);
    const { result } = renderHook(
      () => ({
        suppliers: useSuppliers((list) => list.keys.join(" ")),
        one: usePurchaseOrder("po1-0", (order) => order?.status),
        open: usePurchaseOrders({ storeId: "berlin" }, (list) => list.keys.join(" ")),
      }),
      { wrapper },
    );
    await settled();
    expect(result.current).toEqual({ suppliers: "adler weiss", one: "submitted", open: "po2-0 po1-0" });
    act(() => server.commit([purchaseOrderChange(4, "po1-0", { status: "received" })]));
    expect(result.current).toEqual({ suppliers: "adler weiss", one: "received", open: "po2-0" });
  });
});

describe("transfers and counts", () => {
  it("one is followed by its id to its end and after; lists show what is open, for both stores of a transfer", async () => {
    const { server, wrapper, settled } = shop();
    server.commit([
      transferChange(1, "t1"),
      transferChange(1, "t2", { to: "hamburg", createdAt: 0 }),
      countChange(1, "c1"),
      countChange(1, "c2", { storeId: "hub" }),
      countLineChange(1, "c1", "TEA"),
      countLineChange(1, "c1", "CUP"),
      countLineChange(1, "c2", "TEA"),
    ]);
    const { result } = renderHook(
      () => ({
        sent: useTransfer("t1", (transfer) => transfer?.status),
        from: useTransfers({ storeId: "hub" }, (list) => list.keys.join(" ")),
        to: useTransfers({ storeId: "berlin", sku: "tea" }, (list) => list.keys.join(" ")),
        sheet: useCount("c1", (count) => count?.status),
        sheets: useCounts({ storeId: "berlin" }, (list) => list.keys.join(" ")),
        lines: useCountLines("c1", (list) => list.items.map(({ sku, status }) => `${sku} ${status}`).join(", ")),
      }),
      { wrapper },
    );
    await settled();
    expect(result.current).toEqual({
      sent: "in_transit",
      from: "t2 t1",
      to: "t1",
      sheet: "open",
      sheets: "c1",
      lines: "CUP open, TEA open",
    });
    act(() =>
      server.commit([
        transferChange(2, "t1", { status: "received" }),
        countChange(2, "c1", { status: "approved" }),
        countLineChange(2, "c1", "TEA", { status: "approved" }),
      ]),
    );
    expect(result.current).toEqual({
      sent: "received",
      from: "t2",
      to: "",
      sheet: "approved",
      sheets: "",
      lines: "CUP open, TEA approved",
    });
  });
});

describe("rendering", () => {
  it("of a thousand rows only the changed one renders, and the list does not", async () => {
    const { server, wrapper, settled } = shop();
    server.commit(Array.from({ length: 1_000 }, (_, n) => levelChange(1, { sku: `P${n}`, storeId: "berlin" }, n)));
    const { container } = render(createElement(Table), { wrapper });
    await settled();
    expect(container.querySelectorAll("li")).toHaveLength(1_000);
    renders.clear();
    act(() => server.commit([levelChange(2, { sku: "P500", storeId: "berlin" }, 77_777)]));
    expect([...renders]).toEqual([["P500", 1]]);
    expect(screen.getByText("77777")).toBeDefined();
    renders.clear();
    act(() => server.commit(["P1", "P2", "P3"].map((sku) => levelChange(3, { sku, storeId: "berlin" }, 9_999))));
    expect([...renders].sort()).toEqual([
      ["P1", 1],
      ["P2", 1],
      ["P3", 1],
    ]);
  });

  it("a selector that picks the same renders nothing, even written in place and making new objects", async () => {
    const { server, wrapper, settled } = shop();
    server.commit([levelChange(1, tea, 5)]);
    let renders = 0;
    const { result } = renderHook(
      () => {
        renders += 1;
        return useStockLevels({}, (list) => ({ rows: list.items.length, ready: list.status === "ready" }));
      },
      { wrapper },
    );
    await settled();
    expect(result.current).toEqual({ rows: 1, ready: true });
    const [before, shown] = [renders, result.current];
    act(() => server.commit([levelChange(2, tea, 4)]));
    expect(renders).toBe(before);
    act(() => server.commit([levelChange(3, { sku: "MUG", storeId: "berlin" }, 4)]));
    expect(result.current).toEqual({ rows: 2, ready: true });
    expect(result.current).not.toBe(shown);
  });

  it("a component that changes its question shows the answer to the new one", async () => {
    const { server, wrapper, settled } = shop();
    server.commit([productChange(1, "A", "Apple"), productChange(1, "B", "Banana")]);
    const { result, rerender } = renderHook(({ sku }) => useProduct(sku, (product) => product?.name), {
      wrapper,
      initialProps: { sku: "A" },
    });
    await settled();
    expect(result.current).toBe("Apple");
    rerender({ sku: "B" });
    await settled();
    expect(result.current).toBe("Banana");
  });

  it("survives StrictMode's double effects with one link and one subscription", async () => {
    const { client, server, settled } = shop();
    server.commit([levelChange(1, tea, 5)]);
    render(createElement(StrictMode, null, createElement(InventoryProvider, { client }, createElement(Level))));
    await settled();
    expect(screen.getByText("5")).toBeDefined();
    expect(server.links).toHaveLength(1);
    expect(server.link().received.filter(({ t }) => t === "sub")).toHaveLength(1);
  });

  it("a server renders the state before anything is known, and connects nowhere", () => {
    const { client, server } = shop();
    expect(renderToString(createElement(InventoryProvider, { client }, createElement(Everything)))).toBe("<p>idle loading unknown</p>");
    expect(server.links).toHaveLength(0);
  });

  it("a hook without a provider says what is missing", () => {
    expect(() => renderToString(createElement(Everything))).toThrow(/InventoryProvider/);
  });
});

describe("hooks", () => {
  it("products, stores and movements come in order", async () => {
    const { server, wrapper, settled } = shop();
    server.commit([productChange(1, "B"), productChange(1, "A"), storeChange(1, "berlin"), movementChange(1, tea, 3)]);
    server.commit([movementChange(2, tea, -1)]);
    const { result } = renderHook(
      () => [useProducts().keys, useStores((list) => list.keys), useMovements({ sku: "TEA", limit: 10 }).items.map(({ delta }) => delta)],
      { wrapper },
    );
    await settled();
    expect(result.current).toEqual([["A", "B"], ["berlin"], [-1, 3]]);
  });

  it("the connection tells its status as it changes", async () => {
    const { server, wrapper, settled } = shop();
    const seen: ConnectionStatus[] = [];
    renderHook(() => seen.push(useConnection(({ status }) => status)), { wrapper });
    await settled();
    act(() => server.link().drop());
    expect(seen.filter((status, at) => status !== seen[at - 1])).toEqual(["idle", "connecting", "live", "backoff"]);
  });

  it("a command shows at once, counts as pending until it is answered, and keeps its error until the next run", async () => {
    const { server, wrapper, settled } = shop();
    server.commit([levelChange(1, tea, 5)]);
    const { result } = renderHook(
      () => ({ sell: useCommand("stock.sell"), level: useStockLevel(tea), waiting: usePendingCommands().length }),
      { wrapper },
    );
    await settled();
    const release: (() => void)[] = [];
    server.onOp((op) => void release.push(() => server.execute(op)));
    act(() => void result.current.sell.run({ ...tea, quantity: 9 }));
    expect(result.current).toMatchObject({ sell: { pending: 1 }, level: { onHand: -4, pending: 1 }, waiting: 1 });
    await act(async () => release.pop()?.());
    expect(result.current).toMatchObject({ level: { onHand: 5, pending: 0 }, waiting: 0 });
    expect(result.current.sell).toMatchObject({ pending: 0, error: { code: "INSUFFICIENT_STOCK" } });
    act(() => void result.current.sell.run({ ...tea, quantity: 1 }));
    expect(result.current.sell).toMatchObject({ pending: 1, error: undefined });
    await act(async () => release.pop()?.());
    expect(result.current).toMatchObject({ sell: { pending: 0, error: undefined }, level: { onHand: 4, pending: 0 } });
  });
});
