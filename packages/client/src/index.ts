export { type InventoryError, isInventoryError } from "@onhand/core/protocol/client";
export type { CommandInput, CommandResult, Commands, CommandType } from "./command-types";
export type { PendingCommand } from "./commands";
export { type ConnectionState, type ConnectionStatus, connectionStatuses } from "./connection/state";
export {
  createInventoryClient,
  type InventoryClient,
  type InventoryClientOptions,
  type LevelQuery,
  type MovementQuery,
  type ProductQuery,
} from "./create-inventory-client";
export type { LevelView } from "./level-views";
export type { LevelKey, List, Observed } from "./lists";
export type { Observable } from "./observable";
export { browserSignals, type Signal, type Signals } from "./signals";
export type { Loading } from "./subscription";
export { systemTimers, type Timers } from "./timers";
