export type { Change, Entities, Entity, Feed, FeedBatch, FeedFilter } from "./api/feed-types";
export { type Product, type Store, type StoreKind, storeKinds } from "./domain/catalog/tables";
export {
  type Column,
  type Json,
  type Key,
  keyOf,
  keyText,
  type Row,
  type TableDefinition,
  type TableSet,
  type Value,
  type Write,
} from "./domain/shared/rows";
export type { Money, Reference } from "./domain/shared/schemas";
export { adjustmentReasons, levelKey, type Movement, type MovementType, movementEffects, type StockLevel } from "./domain/stock/tables";
export {
  errorCodes,
  type InputIssue,
  InventoryError,
  type InventoryErrorCode,
  type InventoryErrorDetails,
  type InventoryErrorDetailsByCode,
  isInventoryError,
  type LineRefusal,
} from "./errors";
export type { Actor, Authorize } from "./ports/authorize";
export { type Clock, systemClock } from "./ports/clock";
export { consoleLogger, type Logger } from "./ports/logger";
export type {
  AggregateRow,
  Aggregation,
  Condition,
  Head,
  OrderBy,
  Page,
  Query,
  RowChange,
  Stop,
  StorageAdapter,
  StorageCapabilities,
  StorageTransaction,
  Where,
} from "./ports/storage";
