import type { Product, Store } from "@onhand/core";
import { useCommand, useConnection } from "@onhand/react";
import { useDesk } from "../desk";
import type { Amount } from "../model/lots";
import { type Mode, reportDone, reportRefusal } from "../model/report";
import { say } from "../say";

/** Goods that were scanned, and what becomes of them. */
export interface Booking extends Amount {
  readonly mode: Mode;
  readonly product: Product;
  readonly place: Store;
}

/** Sells or adds, and tells how that went. */
export function useBooking(): (booking: Booking) => Promise<void> {
  const { lowMark } = useDesk();
  const isLive = useConnection(({ status }) => status === "live");
  const sell = useCommand("stock.sell");
  const receive = useCommand("stock.receive");
  return async ({ mode, product, quantity, lots, place }) => {
    const at = { product, place: place.name };
    if (!isLive) say({ kind: "warning", text: "No connection right now", description: "This is sent as soon as the server is back." });
    try {
      const { run } = mode === "sell" ? sell : receive;
      const { levels } = await run({ sku: product.sku, storeId: place.id, quantity, ...(lots && { lots }) });
      say(reportDone({ ...at, mode, quantity, lowMark, available: levels[0]?.available ?? 0 }));
    } catch (error) {
      say(reportRefusal(error, at));
    }
  };
}
