export type { AlertCheck, AlertCounts, AlertFilter, AlertReceipt, AlertsApi } from "./api/alerts";
export type { Rebuilding, Verification } from "./api/audit";
export type { RowMismatch } from "./api/compare-storages";
export { type CopyOptions, type CopyProgress, type CopyReport, copyStorage } from "./api/copy-storage";
export type { CorrectionReceipt, CostingApi, CostingReceipt, CostLayer, MovementCost } from "./api/costing";
export {
  checkCommand,
  commandRefusals,
  createInventory,
  type HostInventory,
  type Inventory,
  type InventoryOptions,
} from "./api/create-inventory";
export type { InventoryEvents, On } from "./api/events";
export type { Change, Entities, Entity, Feed, FeedBatch, FeedFilter } from "./api/feed-types";
export type {
  DemandDay,
  DemandForecast,
  DemandReading,
  DemandRequest,
  ExpectedDay,
  ForecastsApi,
  ReorderRequest,
  ReorderSuggestion,
  TermsFor,
} from "./api/forecast-types";
export type { ExpiringFilter, LotFilter, LotReceipt, LotsApi, LotTrace } from "./api/lots";
export { createMonitor, type Monitor, type MonitorOptions, type MonitorRound, type MonitorStatus, type MonitorTimers } from "./api/monitor";
export type { List, PageRequest } from "./api/paging";
export type { CommandOptions, ProductFilter, ProductReceipt, ProductsApi } from "./api/products";
export type { CostOfGoodsSold, CostOfGoodsSoldRequest, CostOfGoodsSoldRow } from "./api/reports/cost-of-goods-sold";
export type { CostReports, IncompleteValue, Valuation, ValuationRequest, ValuationRow } from "./api/reports/valuation";
export type { ExpiryReceipt, ReservationFilter, ReservationReceipt, ReservationsApi } from "./api/reservations";
export type { Instant, LevelFilter, MovementFilter, PastLevel, StockApi, StockReceipt } from "./api/stock";
export type { StoreFilter, StoreReceipt, StoresApi } from "./api/stores";
export type { ThresholdFilter, ThresholdReceipt, ThresholdsApi } from "./api/thresholds";
export type { SetThreshold, ThresholdScope } from "./domain/alerts/commands";
export type { ThresholdResult } from "./domain/alerts/decide";
export { type Alert, type AlertStatus, type AlertType, alertStatuses, alertTypes, type Threshold } from "./domain/alerts/tables";
export type { CreateProduct, CreateStore, UpdateProduct, UpdateStore } from "./domain/catalog/commands";
export {
  type Costing,
  type CostingMethod,
  costingMethods,
  type Product,
  type Store,
  type StoreKind,
  storeKinds,
  type Tracking,
  trackings,
} from "./domain/catalog/tables";
export type { CorrectCost, SetCosting } from "./domain/costing/commands";
export type { CorrectionResult, CostingResult } from "./domain/costing/decide";
export type { OrderUpTo, SupplyTerms } from "./domain/forecasts/reorder";
export type { UpdateLot } from "./domain/lots/commands";
export type { LotResult } from "./domain/lots/decide";
export type { Lot, LotLevel, LotMovement } from "./domain/lots/tables";
export type {
  CommitReservation,
  ExpireReservations,
  ExtendReservation,
  Hold,
  ReleaseReservation,
  UpdateReservation,
} from "./domain/reservations/commands";
export type { ExpiryResult } from "./domain/reservations/decide";
export type { ReservationResult } from "./domain/reservations/held";
export { type Reservation, type ReservationStatus, reservationStatuses } from "./domain/reservations/tables";
export {
  type Column,
  type Json,
  type Key,
  keyOf,
  keyText,
  type Row,
  rowKeyText,
  type TableDefinition,
  type TableSet,
  type Value,
  type Write,
} from "./domain/shared/rows";
export type { Money, Reference } from "./domain/shared/schemas";
export type { Adjust, Apply, Count, Receive, Return, Reverse, Sell, StockLine, Transfer } from "./domain/stock/commands";
export type { Mismatch } from "./domain/stock/fold";
export type { StockResult } from "./domain/stock/ledger";
export { adjustmentReasons, levelKey, type Movement, type MovementType, movementEffects, type StockLevel } from "./domain/stock/tables";
export { inventoryTables } from "./domain/tables";
export type { QueueLimits } from "./engine/engine";
export type { Receipt } from "./engine/job";
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
export { createNotifier, type Notifier, type NotifierOptions } from "./notifications/create-notifier";
export type { QuietHours } from "./notifications/quiet-hours";
export type { NotificationRoute, RoutePosition, RouteStatus } from "./notifications/route";
export { type MailSinkOptions, type MailTransport, mailSink, textSink, type WebhookSinkOptions, webhookSink } from "./notifications/sinks";
export type { Actor, Authorize } from "./ports/authorize";
export { type Clock, systemClock } from "./ports/clock";
export { type Forecast, type ForecastOptions, type ForecastProvider, type ForecastSubject, movingAverageForecast } from "./ports/forecast";
export { consoleLogger, type Logger } from "./ports/logger";
export type { Notification, NotificationSink } from "./ports/notification-sink";
export type {
  AggregateRow,
  Aggregation,
  ChangeOptions,
  ChangePage,
  Condition,
  Head,
  OrderBy,
  Page,
  Query,
  ReadOptions,
  RowChange,
  Stop,
  StorageAdapter,
  StorageCapabilities,
  StorageTransaction,
  TransactionOptions,
  Where,
} from "./ports/storage";
