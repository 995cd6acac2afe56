export type { AlertCheck, AlertCounts, AlertFilter, AlertReceipt, AlertsApi } from "./api/alerts";
export type { AttributesSchema } from "./api/attributes";
export type { Rebuilding, Verification } from "./api/audit";
export { checkCommand, commandRefusals } from "./api/commands";
export type { RowMismatch } from "./api/compare-storages";
export { type CopyOptions, type CopyProgress, type CopyReport, copyStorage } from "./api/copy-storage";
export type { CorrectionReceipt, CostingApi, CostingReceipt, CostLayer, MovementCost } from "./api/costing";
export type { CountApprovalReceipt, CountFilter, CountLinesReceipt, CountReceipt, CountsApi, StockCountSheet } from "./api/counts";
export { type ActingInventory, createInventory, type HostInventory, type Inventory, type InventoryOptions } from "./api/create-inventory";
export type { InventoryEvents, On } from "./api/events";
export type { Balance, Explained, ExplainRequest, Explanation } from "./api/explain";
export type { Change, Entities, Entity, Feed, FeedBatch, FeedFilter } from "./api/feed-types";
export { type FollowedBatch, type Following, type FollowOptions, followFeed } from "./api/follow-feed";
export type {
  DemandDay,
  DemandForecast,
  DemandReading,
  DemandRequest,
  ExpectedDay,
  ForecastsApi,
  ReorderRequest,
  ReorderSuggestion,
  RunOut,
  RunOutRequest,
  TermsFor,
} from "./api/forecast-types";
export type { ExpiringFilter, LotFilter, LotInTransit, LotReceipt, LotsApi, LotTrace } from "./api/lots";
export {
  createMonitor,
  type Monitor,
  type MonitorOptions,
  type MonitorRound,
  type MonitorStatus,
  type RunOutWatch,
} from "./api/monitor";
export type { List, PageRequest } from "./api/paging";
export type { CommandOptions, ImagesOf, ProductFilter, ProductReceipt, ProductsApi } from "./api/products";
export type { DraftedReceipt, PurchaseOrderFilter, PurchaseOrderReceipt, PurchaseOrdersApi } from "./api/purchase-orders";
export type { AbcOptions } from "./api/reports/abc";
export type { CostOfGoodsSoldOptions } from "./api/reports/cost-of-goods-sold";
export type { ReportsApi } from "./api/reports/create-reports";
export type { DaysOfCoverOptions } from "./api/reports/days-of-cover";
export type { DeadStockOptions } from "./api/reports/dead-stock";
export type { LowStockOptions } from "./api/reports/low-stock";
export type { MovementSummaryOptions } from "./api/reports/movement-summary";
export type { SalesOptions } from "./api/reports/sales";
export type { ShrinkageOptions } from "./api/reports/shrinkage";
export type { StockDimension, StockOnHandOptions } from "./api/reports/stock-on-hand";
export type { TurnoverOptions } from "./api/reports/turnover";
export {
  type AbcFigures,
  type CostOfGoodsSoldFigures,
  type CoverFigures,
  type DeadStockFigures,
  type LowStockFigures,
  type MovementFigures,
  type Report,
  type ReportColumn,
  type ReportDimension,
  type ReportFilter,
  type ReportGroup,
  type ReportGrouping,
  type ReportKind,
  type ReportPeriod,
  reportDimensions,
  type SalesFigures,
  type ShrinkageFigures,
  type StockFigures,
  type TurnoverFigures,
  type ValuationFigures,
} from "./api/reports/types";
export type { ValuationOptions } from "./api/reports/valuation";
export type { ExpiryReceipt, ReservationFilter, ReservationReceipt, ReservationsApi } from "./api/reservations";
export type { Instant, LevelFilter, MovementFilter, PastLevel, StockApi, StockReceipt } from "./api/stock";
export type { StoreFilter, StoreReceipt, StoresApi } from "./api/stores";
export type { SupplierFilter, SupplierReceipt, SuppliersApi, SupplierTermsFilter, SupplierTermsReceipt } from "./api/suppliers";
export type { ThresholdFilter, ThresholdReceipt, ThresholdsApi } from "./api/thresholds";
export type { TransferFilter, TransferReceipt, TransfersApi } from "./api/transfers";
export type { SetThreshold, ThresholdScope } from "./domain/alerts/commands";
export type { ThresholdResult } from "./domain/alerts/decide";
export { type Alert, type AlertStatus, type AlertType, alertStatuses, alertTypes, type Threshold } from "./domain/alerts/tables";
export type { CreateProduct, CreateStore, UpdateProduct, UpdateStore } from "./domain/catalog/commands";
export {
  type AnyAttributes,
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
export type { ApproveCount, CancelCount, RecordCount, RecountLines, StartCount } from "./domain/counts/commands";
export type { CountApproval, CountLinesResult, CountResult } from "./domain/counts/sheet";
export {
  type CountLineStatus,
  type CountStatus,
  countLineStatuses,
  countStatuses,
  type StockCount,
  type StockCountLine,
  type TalliedLot,
  type Tally,
} from "./domain/counts/tables";
export type { OrderUpTo, SupplyTerms } from "./domain/forecasts/reorder";
export type { UpdateLot } from "./domain/lots/commands";
export type { LotResult } from "./domain/lots/decide";
export type { Lot, LotLevel, LotMovement } from "./domain/lots/tables";
export type {
  CancelPurchaseOrder,
  CreatePurchaseOrder,
  DraftPurchaseOrders,
  ReceivePurchaseOrder,
  SubmitPurchaseOrder,
  UpdatePurchaseOrder,
} from "./domain/purchasing/commands";
export type { PurchaseOrderResult } from "./domain/purchasing/order";
export type { DraftedResult, LeftOut } from "./domain/purchasing/proposals";
export {
  type PurchaseOrder,
  type PurchaseOrderLine,
  type PurchaseOrderStatus,
  purchaseOrderStatuses,
} from "./domain/purchasing/tables";
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
export { levelKey } from "./domain/shared/level-key";
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
export type { Mismatch, MismatchField } from "./domain/stock/fold";
export type { StockResult } from "./domain/stock/ledger";
export { adjustmentReasons, type Movement, type MovementType, movementEffects, type StockLevel } from "./domain/stock/tables";
export type { CreateSupplier, SetSupplierTerms, SupplierTermsKey, UpdateSupplier } from "./domain/suppliers/commands";
export type { Supplier, SupplierTerms } from "./domain/suppliers/tables";
export { inventoryTables } from "./domain/tables";
export type { CancelTransfer, ReceiveTransfer, ShipTransfer } from "./domain/transfers/commands";
export type { TransferResult } from "./domain/transfers/decide";
export {
  type StockTransfer,
  type StockTransferLine,
  type StockTransferLot,
  type TransferStatus,
  transferStatuses,
} from "./domain/transfers/tables";
export type { QueueLimits, QueueLoad } from "./engine/engine";
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
export type { Analytics, Mirrored } from "./ports/analytics";
export type { Actor, Authorize } from "./ports/authorize";
export { type Clock, systemClock } from "./ports/clock";
export { type Forecast, type ForecastOptions, type ForecastProvider, type ForecastSubject, movingAverageForecast } from "./ports/forecast";
export { consoleLogger, type Logger } from "./ports/logger";
export type { Notification, NotificationSink } from "./ports/notification-sink";
export type { CommandObservation, GroupObservation, Observer, OutcomeCode } from "./ports/observer";
export { type RedactOptions, redact, redactingLogger } from "./ports/redact";
export type {
  AggregateRow,
  Aggregation,
  ChangeOptions,
  ChangePage,
  Condition,
  Grouping,
  Head,
  Measure,
  OrderBy,
  Page,
  Query,
  ReadOptions,
  Reads,
  RowChange,
  Stop,
  StorageAdapter,
  StorageCapabilities,
  StorageTransaction,
  TransactionOptions,
  Where,
} from "./ports/storage";
export type { Timers } from "./ports/timers";
export { type Principal, type RolePolicyOptions, rolePolicy } from "./roles/role-policy";
export { actionRoles, type Role, roles } from "./roles/role-table";
