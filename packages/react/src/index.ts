export {
  useAlert,
  useAlerts,
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
} from "./hooks";
export { InventoryProvider, type InventoryProviderProps, useInventoryClient } from "./provider";
export { type CommandHandle, useCommand } from "./use-command";
export { type Select, useObserved } from "./use-observed";
