import type { Alert } from "../domain/alerts/tables";
import type { Product, Store } from "../domain/catalog/tables";
import type { StockCount, StockCountLine } from "../domain/counts/tables";
import type { PurchaseOrder } from "../domain/purchasing/tables";
import type { Reservation } from "../domain/reservations/tables";
import type { Movement, StockLevel } from "../domain/stock/tables";
import type { Supplier } from "../domain/suppliers/tables";
import type { StockTransfer } from "../domain/transfers/tables";
import type { Stop } from "../ports/storage";

/** What the feed tells of, by name. */
export interface Entities {
  readonly product: Product;
  readonly store: Store;
  readonly level: StockLevel;
  readonly movement: Movement;
  readonly reservation: Reservation;
  readonly alert: Alert;
  readonly transfer: StockTransfer;
  readonly count: StockCount;
  readonly countLine: StockCountLine;
  readonly supplier: Supplier;
  readonly purchaseOrder: PurchaseOrder;
}

/** The name of something the feed tells of. */
export type Entity = keyof Entities;

/**
 * An entity as it is after a command, never a difference: applying it twice is harmless, and of two images with the
 * same key the one with the greater `seq` holds.
 */
export type Change<E extends Entity = Entity> = {
  [Name in E]: {
    readonly seq: number;
    readonly entity: Name;
    /** Names the entity among its like: a SKU, the id of a store or supplier, a level's {@link levelKey}, the id of anything else. */
    readonly key: string;
    readonly value: Entities[Name];
  };
}[E];

/** Everything committed after `from` up to and including `to`. Batches follow one another without a gap. */
export interface FeedBatch {
  readonly from: number;
  readonly to: number;
  readonly changes: readonly Change[];
}

/** Which entities somebody wants to hear of. A list that is absent does not narrow. */
export interface FeedFilter {
  readonly entities: readonly Entity[];
  /** These stores, and what is about one of them. A reservation that moved is about each store it was at, a transfer about both of its stores. */
  readonly storeIds?: readonly string[];
  /** These products, and what is about one of them. Sheets to count by are about none, their lines are. */
  readonly skus?: readonly string[];
  /** Of reservations, alerts, transfers, counts and purchase orders only these; of lines of counts those of these sheets. */
  readonly ids?: readonly string[];
}

/** The ledger as a stream: where it stands, what changed since, and what changes now. */
export interface Feed {
  /** Names this ledger's life. Positions of another epoch mean nothing here. */
  readonly epoch: string;
  /** The number of the last committed command; 0 before the first. */
  head(): Promise<number>;
  /**
   * What changed after `seq`, in seq order, from one snapshot: movements all, other entities as they were last written.
   *
   * `head` is where the ledger stood; continue from `position`, which is `head` unless there is `more`. A page never
   * splits a command, so it may pass `limit` (default 1,000) by the rest of one. A filter thins a page out.
   */
  since(
    seq: number,
    options?: { limit?: number; filter?: FeedFilter },
  ): Promise<{
    items: readonly Change[];
    head: number;
    position: number;
    more: boolean;
  }>;
  /**
   * One page of the entities that match, in key order, as of `head`; of reservations those that are active, of alerts, transfers, counts and purchase orders those that are open,
   * unless the filter names `ids`. Join it to the stream by subscribing first,
   * then dropping what is not newer than the page.
   */
  snapshot<E extends Entity>(
    entity: E,
    options?: { filter?: Omit<FeedFilter, "entities">; limit?: number; cursor?: string; newestFirst?: boolean },
  ): Promise<{ items: readonly Change<E>[]; head: number; nextCursor?: string }>;
  /** Calls back after each commit, in order, without gaps, from the present head on. A listener that throws harms nobody else. */
  subscribe(listener: (batch: FeedBatch) => void): Stop;
}
