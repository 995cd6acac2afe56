import type { ConnectionState, LevelKey, LevelQuery, LevelView, List, MovementQuery, PendingCommand, ProductQuery } from "@onhand/client";
import type { Alert, Movement, Product, Reservation, Store } from "@onhand/core";
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
 * Open alerts that match, newest first.
 *
 * @example
 * const urgent = useAlerts({ storeId: "berlin" }, (list) => list.items.filter(({ type }) => type === "out_of_stock").length);
 */
export function useAlerts<S = List<Alert, string>>(query?: LevelQuery, select?: Select<List<Alert, string>, S>): S {
  return useObserved(useInventoryClient().alerts(query), select);
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
