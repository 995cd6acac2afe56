import type {
  ConnectionState,
  InventoryClient,
  LevelKey,
  LevelQuery,
  LevelView,
  List,
  Loading,
  MovementQuery,
  Observed,
  PendingCommand,
  ProductQuery,
} from "@onhand/client";
import type {
  Alert,
  Movement,
  Product,
  PurchaseOrder,
  Reservation,
  StockCount,
  StockCountLine,
  StockTransfer,
  Store,
  Supplier,
} from "@onhand/core";
import { useMemo } from "react";
import { useInventoryClient } from "./provider";
import { type Select, useObserved } from "./use-observed";

/**
 * How much of a product is at a store: undefined until it is known, zero where nothing ever moved.
 *
 * @example
 * const available = useStockLevel({ sku: "P001", storeId: "berlin" }, (level) => level?.available);
 */
export function useStockLevel<S = LevelView | undefined>(key: LevelKey, select?: Select<LevelView | undefined, S>): S {
  return useObserved(useInventoryClient().level(key), select);
}

/**
 * Levels that match, by SKU, then store. Pick `keys` and let each row read its own level, and a change renders one row.
 *
 * @example
 * const keys = useStockLevels({ storeId: "berlin" }, (list) => list.keys);
 */
export function useStockLevels<S = List<LevelView, LevelKey>>(query?: LevelQuery, select?: Select<List<LevelView, LevelKey>, S>): S {
  return useObserved(useInventoryClient().levels(query), select);
}

/**
 * One product: undefined until it is known, and where there is none with this SKU.
 *
 * @example
 * const name = useProduct("P001", (product) => product?.name);
 */
export function useProduct<S = Product | undefined>(sku: string, select?: Select<Product | undefined, S>): S {
  return useObserved(useInventoryClient().product(sku), select);
}

/**
 * Products by SKU, archived ones included.
 *
 * @example
 * const count = useProducts({}, (list) => list.items.filter((product) => !product.archived).length);
 */
export function useProducts<S = List<Product, string>>(query?: ProductQuery, select?: Select<List<Product, string>, S>): S {
  return useObserved(useInventoryClient().products(query), select);
}

/**
 * Stores by id, archived ones included.
 *
 * @example
 * const stores = useStores((list) => list.items);
 */
export function useStores<S = List<Store, string>>(select?: Select<List<Store, string>, S>): S {
  return useObserved(useInventoryClient().stores(), select);
}

/**
 * Movements that match, newest first, as many as `limit` says.
 *
 * @example
 * const latest = useMovements({ sku: "P001", limit: 20 });
 */
export function useMovements<S = List<Movement, string>>(query?: MovementQuery, select?: Select<List<Movement, string>, S>): S {
  return useObserved(useInventoryClient().movements(query), select);
}

/**
 * One reservation, settled or not: undefined until it is known, and where there is none with this id.
 *
 * @example
 * const endsAt = useReservation("r1042", (reservation) => reservation?.expiresAt);
 */
export function useReservation<S = Reservation | undefined>(id: string, select?: Select<Reservation | undefined, S>): S {
  return useObserved(useInventoryClient().reservation(id), select);
}

/**
 * Active reservations that match, the first to end first.
 *
 * @example
 * const held = useReservations({ storeId: "berlin" }, (list) => list.items.length);
 */
export function useReservations<S = List<Reservation, string>>(query?: LevelQuery, select?: Select<List<Reservation, string>, S>): S {
  return useObserved(useInventoryClient().reservations(query), select);
}

/**
 * One alert, open or not: undefined until it is known, and where there is none with this id.
 *
 * @example
 * const assignee = useAlert("a1042-1", (alert) => alert?.assignee);
 */
export function useAlert<S = Alert | undefined>(id: string, select?: Select<Alert | undefined, S>): S {
  return useObserved(useInventoryClient().alert(id), select);
}

/**
 * Open alerts that match, newest first.
 *
 * @example
 * const urgent = useAlerts({ storeId: "berlin" }, (list) => list.items.filter(({ type }) => type === "out_of_stock").length);
 */
export function useAlerts<S = List<Alert, string>>(query?: LevelQuery, select?: Select<List<Alert, string>, S>): S {
  return useObserved(useInventoryClient().alerts(query), select);
}

/**
 * One transfer, over or not: undefined until it is known, and where there is none with this id.
 *
 * @example
 * const status = useTransfer("t1042", (transfer) => transfer?.status);
 */
export function useTransfer<S = StockTransfer | undefined>(id: string, select?: Select<StockTransfer | undefined, S>): S {
  return useObserved(useInventoryClient().transfer(id), select);
}

/**
 * Transfers with goods on their way, from or to the stores that match; the first to be shipped first.
 *
 * @example
 * const arriving = useTransfers({ storeId: "berlin" }, (list) => list.items.filter(({ to }) => to === "berlin").length);
 */
export function useTransfers<S = List<StockTransfer, string>>(query?: LevelQuery, select?: Select<List<StockTransfer, string>, S>): S {
  return useObserved(useInventoryClient().transfers(query), select);
}

/**
 * One sheet to count by, over or not: undefined until it is known, and where there is none with this id.
 *
 * @example
 * const left = useCount("c1042", (count) => count && count.lineCount - count.countedCount);
 */
export function useCount<S = StockCount | undefined>(id: string, select?: Select<StockCount | undefined, S>): S {
  return useObserved(useInventoryClient().count(id), select);
}

/**
 * Open sheets, the first to be started first.
 *
 * @example
 * const open = useCounts({ storeId: "berlin" });
 */
export function useCounts<S = List<StockCount, string>>(
  query?: Pick<LevelQuery, "storeId" | "storeIds">,
  select?: Select<List<StockCount, string>, S>,
): S {
  return useObserved(useInventoryClient().counts(query), select);
}

/**
 * The lines of a sheet, by SKU.
 *
 * @example
 * const off = useCountLines("c1042", (list) => list.items.filter(({ variance = 0 }) => variance !== 0));
 */
export function useCountLines<S = List<StockCountLine, string>>(id: string, select?: Select<List<StockCountLine, string>, S>): S {
  return useObserved(useInventoryClient().countLines(id), select);
}

/**
 * Suppliers by id, archived ones included.
 *
 * @example
 * const suppliers = useSuppliers((list) => list.items.filter(({ archived }) => !archived));
 */
export function useSuppliers<S = List<Supplier, string>>(select?: Select<List<Supplier, string>, S>): S {
  return useObserved(useInventoryClient().suppliers(), select);
}

/**
 * One purchase order, closed or not: undefined until it is known, and where there is none with this id.
 *
 * @example
 * const expectedAt = usePurchaseOrder("po1042-0", (order) => order?.expectedAt);
 */
export function usePurchaseOrder<S = PurchaseOrder | undefined>(id: string, select?: Select<PurchaseOrder | undefined, S>): S {
  return useObserved(useInventoryClient().purchaseOrder(id), select);
}

/**
 * Purchase orders that are not closed, drafts included, newest first.
 *
 * @example
 * const drafts = usePurchaseOrders({ storeId: "berlin" }, (list) => list.items.filter(({ status }) => status === "draft"));
 */
export function usePurchaseOrders<S = List<PurchaseOrder, string>>(query?: LevelQuery, select?: Select<List<PurchaseOrder, string>, S>): S {
  return useObserved(useInventoryClient().purchaseOrders(query), select);
}

const unknown: Loading = { status: "loading" };

/**
 * Whether the server has answered about one row: what is missing once it is `ready` does not exist, and what is `refused` may not be seen.
 *
 * The hook of the row itself says `undefined` in all three cases.
 *
 * @param pick - the row, as the client follows it.
 * @example
 * const order = usePurchaseOrder(id);
 * const { status } = useLoading((client) => client.purchaseOrder(id));
 * if (!order) return status === "ready" ? "There is no such order." : "Loading…";
 */
export function useLoading(pick: (client: InventoryClient) => Observed<unknown>): Loading {
  const row = pick(useInventoryClient());
  return useObserved(useMemo(() => ({ get: row.loading, subscribe: row.subscribe, initial: unknown }), [row]));
}

/**
 * How the client stands with its server, why, and when it tries again.
 *
 * @example
 * const { status, reason } = useConnection();
 */
export function useConnection<S = ConnectionState>(select?: Select<ConnectionState, S>): S {
  return useObserved(useInventoryClient().connection, select);
}

/**
 * Commands without an answer, oldest first.
 *
 * @example
 * const unsaved = usePendingCommands((commands) => commands.length);
 */
export function usePendingCommands<S = readonly PendingCommand[]>(select?: Select<readonly PendingCommand[], S>): S {
  return useObserved(useInventoryClient().pendingCommands, select);
}
