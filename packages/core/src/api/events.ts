import mitt from "mitt";
import type { Alert, Threshold } from "../domain/alerts/tables";
import type { Product, Store } from "../domain/catalog/tables";
import type { StockCount, StockCountLine } from "../domain/counts/tables";
import type { PurchaseOrder } from "../domain/purchasing/tables";
import type { Reservation } from "../domain/reservations/tables";
import { slices } from "../domain/slices";
import type { Movement, StockLevel } from "../domain/stock/tables";
import type { Supplier, SupplierTerms } from "../domain/suppliers/tables";
import type { StockTransfer } from "../domain/transfers/tables";
import type { Engine } from "../engine/engine";
import type { CommitBatch } from "../engine/publisher";
import type { Logger } from "../ports/logger";
import type { Stop } from "../ports/storage";

/**
 * What listeners hear of, after commit and in seq order. Commits of other processes are told as their rows stand when
 * they are read, so of several changes of one level there may be a single `stock.changed`, with the latest image.
 */
export type InventoryEvents = {
  "product.created": { readonly seq: number; readonly product: Product };
  "product.updated": { readonly seq: number; readonly product: Product };
  "product.archived": { readonly seq: number; readonly product: Product };
  "store.created": { readonly seq: number; readonly store: Store };
  "store.updated": { readonly seq: number; readonly store: Store };
  "store.archived": { readonly seq: number; readonly store: Store };
  /** A level after a command, with the movements of that command that made it. */
  "stock.changed": { readonly seq: number; readonly level: StockLevel; readonly movements: readonly Movement[] };
  "movement.recorded": { readonly seq: number; readonly movement: Movement };
  "reservation.held": { readonly seq: number; readonly reservation: Reservation };
  "reservation.extended": { readonly seq: number; readonly reservation: Reservation };
  /** Another quantity, another store, or both. */
  "reservation.updated": { readonly seq: number; readonly reservation: Reservation };
  /** Sold, or a part of it: then it is still `active`. */
  "reservation.committed": { readonly seq: number; readonly reservation: Reservation };
  "reservation.released": { readonly seq: number; readonly reservation: Reservation };
  /** Somebody came upon a reservation past its end: a sweep, or the next command at its level. */
  "reservation.expired": { readonly seq: number; readonly reservation: Reservation };
  "transfer.shipped": { readonly seq: number; readonly transfer: StockTransfer };
  /** All of it, or a part: then it is `partially_received`. */
  "transfer.received": { readonly seq: number; readonly transfer: StockTransfer };
  "transfer.cancelled": { readonly seq: number; readonly transfer: StockTransfer };
  /** A sheet after a command, with the lines that the command changed. */
  "count.started": CountEvent;
  "count.recorded": CountEvent;
  "count.recount_requested": CountEvent;
  "count.approved": CountEvent;
  "count.cancelled": CountEvent;
  "threshold.set": { readonly seq: number; readonly threshold: Threshold };
  "threshold.removed": { readonly seq: number; readonly threshold: Threshold };
  "alert.raised": { readonly seq: number; readonly alert: Alert };
  "alert.acknowledged": { readonly seq: number; readonly alert: Alert };
  "alert.assigned": { readonly seq: number; readonly alert: Alert };
  "alert.dismissed": { readonly seq: number; readonly alert: Alert };
  /** Stock has recovered, or the threshold is gone. */
  "alert.resolved": { readonly seq: number; readonly alert: Alert };
  "supplier.created": { readonly seq: number; readonly supplier: Supplier };
  "supplier.updated": { readonly seq: number; readonly supplier: Supplier };
  "supplier.archived": { readonly seq: number; readonly supplier: Supplier };
  "supplierTerms.set": { readonly seq: number; readonly terms: SupplierTerms };
  "supplierTerms.removed": { readonly seq: number; readonly terms: SupplierTerms };
  "purchaseOrder.created": { readonly seq: number; readonly purchaseOrder: PurchaseOrder };
  "purchaseOrder.updated": { readonly seq: number; readonly purchaseOrder: PurchaseOrder };
  "purchaseOrder.submitted": { readonly seq: number; readonly purchaseOrder: PurchaseOrder };
  /** Goods have come, all or a part of them: then it is `partially_received`. */
  "purchaseOrder.received": { readonly seq: number; readonly purchaseOrder: PurchaseOrder };
  "purchaseOrder.cancelled": { readonly seq: number; readonly purchaseOrder: PurchaseOrder };
  /** A receipt was undone by `stock.reverse`. */
  "purchaseOrder.reversed": { readonly seq: number; readonly purchaseOrder: PurchaseOrder };
};

interface CountEvent {
  readonly seq: number;
  readonly count: StockCount;
  readonly lines: readonly StockCountLine[];
}

/**
 * Listens to one kind of event, or with `"*"` to all, which are then told with their name first. A kind that there is none of is a
 * TypeError.
 */
export interface On {
  <Type extends keyof InventoryEvents>(type: Type, listener: (event: InventoryEvents[Type]) => void): Stop;
  (type: "*", listener: (type: keyof InventoryEvents, event: InventoryEvents[keyof InventoryEvents]) => void): Stop;
}

/** Every kind at run time. A compiler sees to it that none is missing. */
const kinds: { readonly [Type in keyof InventoryEvents]: true } = {
  "product.created": true,
  "product.updated": true,
  "product.archived": true,
  "store.created": true,
  "store.updated": true,
  "store.archived": true,
  "stock.changed": true,
  "movement.recorded": true,
  "reservation.held": true,
  "reservation.extended": true,
  "reservation.updated": true,
  "reservation.committed": true,
  "reservation.released": true,
  "reservation.expired": true,
  "transfer.shipped": true,
  "transfer.received": true,
  "transfer.cancelled": true,
  "count.started": true,
  "count.recorded": true,
  "count.recount_requested": true,
  "count.approved": true,
  "count.cancelled": true,
  "threshold.set": true,
  "threshold.removed": true,
  "alert.raised": true,
  "alert.acknowledged": true,
  "alert.assigned": true,
  "alert.dismissed": true,
  "alert.resolved": true,
  "supplier.created": true,
  "supplier.updated": true,
  "supplier.archived": true,
  "supplierTerms.set": true,
  "supplierTerms.removed": true,
  "purchaseOrder.created": true,
  "purchaseOrder.updated": true,
  "purchaseOrder.submitted": true,
  "purchaseOrder.received": true,
  "purchaseOrder.cancelled": true,
  "purchaseOrder.reversed": true,
};

export function createEvents(engine: Engine, logger: Logger): On {
  const emitter = mitt<InventoryEvents>();
  let listening = 0;
  let stopTelling: Stop | undefined;

  function tell({ writes }: CommitBatch): void {
    const events = slices.flatMap((slice) => slice.events(writes)).sort((a, b) => a.event.seq - b.event.seq);
    for (const { type, event } of events) emitter.emit(type as keyof InventoryEvents, event as never);
  }

  return ((type: "*", listener: (...told: readonly unknown[]) => unknown): Stop => {
    // A compiler says so too. Without one, a listener of a misspelt kind would wait for ever.
    if (type !== "*" && !Object.hasOwn(kinds, type)) throw new TypeError(`there is no event ${String(type)}`);
    // One listener's failure is nobody else's, so it is caught here and not in the emitter, which would stop at it.
    let stopped = false;
    const safe = (...told: readonly unknown[]) => {
      if (stopped) return;
      const failed = (error: unknown) => logger.error({ error, event: type }, "an event listener failed");
      try {
        const answer = listener(...told);
        if (answer instanceof Promise) answer.catch(failed);
      } catch (error) {
        failed(error);
      }
    };
    emitter.on(type, safe);
    if (listening++ === 0) stopTelling = engine.subscribe(tell);
    return () => {
      if (stopped) return;
      stopped = true;
      if (--listening === 0) stopTelling?.();
      emitter.off(type, safe);
    };
  }) as On;
}
