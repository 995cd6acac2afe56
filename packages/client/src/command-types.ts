import type {
  Adjust,
  AlertReceipt,
  Apply,
  CommitReservation,
  CorrectCost,
  CorrectionReceipt,
  CostingReceipt,
  Count,
  CreateProduct,
  CreateStore,
  ExtendReservation,
  Hold,
  LotReceipt,
  ProductReceipt,
  Receive,
  ReleaseReservation,
  ReservationReceipt,
  Return,
  Reverse,
  Sell,
  SetCosting,
  SetThreshold,
  StockReceipt,
  StoreReceipt,
  ThresholdReceipt,
  ThresholdScope,
  Transfer,
  UpdateLot,
  UpdateProduct,
  UpdateReservation,
  UpdateStore,
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
  readonly "costing.set": readonly [SetCosting, CostingReceipt];
  readonly "costing.correct": readonly [CorrectCost, CorrectionReceipt];
  readonly "lots.update": readonly [UpdateLot, LotReceipt];
  readonly "thresholds.set": readonly [SetThreshold, ThresholdReceipt];
  readonly "thresholds.remove": readonly [ThresholdScope, ThresholdReceipt];
  readonly "alerts.acknowledge": readonly [{ readonly id: string }, AlertReceipt];
  readonly "alerts.dismiss": readonly [{ readonly id: string }, AlertReceipt];
  readonly "alerts.assign": readonly [{ readonly id: string; readonly assignee: string | null }, AlertReceipt];
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
