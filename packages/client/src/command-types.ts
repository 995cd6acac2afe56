import type {
  Adjust,
  AlertReceipt,
  Apply,
  ApproveCount,
  CancelCount,
  CancelPurchaseOrder,
  CancelTransfer,
  CommitReservation,
  CorrectCost,
  CorrectionReceipt,
  CostingReceipt,
  Count,
  CountApprovalReceipt,
  CountLinesReceipt,
  CountReceipt,
  CreateProduct,
  CreatePurchaseOrder,
  CreateStore,
  CreateSupplier,
  DraftedReceipt,
  DraftPurchaseOrders,
  ExtendReservation,
  Hold,
  LotReceipt,
  ProductReceipt,
  PurchaseOrderReceipt,
  Receive,
  ReceivePurchaseOrder,
  ReceiveTransfer,
  RecordCount,
  RecountLines,
  ReleaseReservation,
  ReservationReceipt,
  Return,
  Reverse,
  Sell,
  SetCosting,
  SetSupplierTerms,
  SetThreshold,
  ShipTransfer,
  StartCount,
  StockReceipt,
  StoreReceipt,
  SubmitPurchaseOrder,
  SupplierReceipt,
  SupplierTermsKey,
  SupplierTermsReceipt,
  ThresholdReceipt,
  ThresholdScope,
  Transfer,
  TransferReceipt,
  UpdateLot,
  UpdateProduct,
  UpdatePurchaseOrder,
  UpdateReservation,
  UpdateStore,
  UpdateSupplier,
} from "@onhand/core";

/** The commands a client knows by type, each with what it takes and what it answers. */
export interface Commands {
  readonly "stock.receive": readonly [Receive, StockReceipt];
  readonly "stock.sell": readonly [Sell, StockReceipt];
  readonly "stock.return": readonly [Return, StockReceipt];
  readonly "stock.adjust": readonly [Adjust, StockReceipt];
  readonly "stock.count": readonly [Count, StockReceipt];
  readonly "stock.transfer": readonly [Transfer, StockReceipt];
  readonly "stock.apply": readonly [Apply, StockReceipt];
  readonly "stock.reverse": readonly [Reverse, StockReceipt];
  readonly "reservations.hold": readonly [Hold, ReservationReceipt];
  readonly "reservations.commit": readonly [CommitReservation, ReservationReceipt];
  readonly "reservations.release": readonly [ReleaseReservation, ReservationReceipt];
  readonly "reservations.extend": readonly [ExtendReservation, ReservationReceipt];
  readonly "reservations.update": readonly [UpdateReservation, ReservationReceipt];
  readonly "transfers.ship": readonly [ShipTransfer, TransferReceipt];
  readonly "transfers.receive": readonly [ReceiveTransfer, TransferReceipt];
  readonly "transfers.cancel": readonly [CancelTransfer, TransferReceipt];
  readonly "counts.start": readonly [StartCount, CountReceipt];
  readonly "counts.record": readonly [RecordCount, CountLinesReceipt];
  readonly "counts.recount": readonly [RecountLines, CountLinesReceipt];
  readonly "counts.approve": readonly [ApproveCount, CountApprovalReceipt];
  readonly "counts.cancel": readonly [CancelCount, CountReceipt];
  readonly "costing.set": readonly [SetCosting, CostingReceipt];
  readonly "costing.correct": readonly [CorrectCost, CorrectionReceipt];
  readonly "lots.update": readonly [UpdateLot, LotReceipt];
  readonly "thresholds.set": readonly [SetThreshold, ThresholdReceipt];
  readonly "thresholds.remove": readonly [ThresholdScope, ThresholdReceipt];
  readonly "alerts.acknowledge": readonly [{ readonly id: string }, AlertReceipt];
  readonly "alerts.dismiss": readonly [{ readonly id: string }, AlertReceipt];
  readonly "alerts.assign": readonly [{ readonly id: string; readonly assignee: string | null }, AlertReceipt];
  readonly "suppliers.create": readonly [CreateSupplier, SupplierReceipt];
  readonly "suppliers.update": readonly [UpdateSupplier, SupplierReceipt];
  readonly "suppliers.archive": readonly [{ readonly id: string }, SupplierReceipt];
  readonly "suppliers.setTerms": readonly [SetSupplierTerms, SupplierTermsReceipt];
  readonly "suppliers.removeTerms": readonly [SupplierTermsKey, SupplierTermsReceipt];
  readonly "purchaseOrders.create": readonly [CreatePurchaseOrder, PurchaseOrderReceipt];
  readonly "purchaseOrders.update": readonly [UpdatePurchaseOrder, PurchaseOrderReceipt];
  readonly "purchaseOrders.submit": readonly [SubmitPurchaseOrder, PurchaseOrderReceipt];
  readonly "purchaseOrders.receive": readonly [ReceivePurchaseOrder, PurchaseOrderReceipt];
  readonly "purchaseOrders.cancel": readonly [CancelPurchaseOrder, PurchaseOrderReceipt];
  readonly "purchaseOrders.draftFrom": readonly [DraftPurchaseOrders, DraftedReceipt];
  readonly "products.create": readonly [CreateProduct, ProductReceipt];
  readonly "products.update": readonly [UpdateProduct, ProductReceipt];
  readonly "products.archive": readonly [{ readonly sku: string }, ProductReceipt];
  readonly "stores.create": readonly [CreateStore, StoreReceipt];
  readonly "stores.update": readonly [UpdateStore, StoreReceipt];
  readonly "stores.archive": readonly [{ readonly id: string }, StoreReceipt];
}

/** The name of a command. */
export type CommandType = keyof Commands;

/** What a command takes. */
export type CommandInput<Type extends CommandType> = Commands[Type][0];

/** What a command answers: what it made, and its number in the ledger. */
export type CommandResult<Type extends CommandType> = Commands[Type][1];
