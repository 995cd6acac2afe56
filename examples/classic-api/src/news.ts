import type { Change, Feed, Movement, MovementType, Stop } from "@onhand/core";

/** What a screen is told beside the new stock. */
export interface NewsItem {
  readonly product_id: string;
  readonly action: "add" | "sell" | "remove";
  readonly quantity: number;
  readonly new_quantity: number;
  readonly message: string;
}

/** What commands did, for as long as screens may still be told of them. */
export interface News {
  /** What these changes came from, in order. */
  about(changes: readonly Change[]): readonly NewsItem[];
  readonly stop: Stop;
}

const kept = 1_000;

const told = {
  received: (quantity, sku) => `Added ${quantity} units to ${sku}`,
  sold: (quantity, sku) => `Sold ${quantity} units of ${sku}`,
  returned: (quantity, sku) => `${quantity} units of ${sku} came back`,
  adjusted: (quantity, sku) => `${sku} was corrected by ${quantity} units`,
  transferred_in: (quantity, sku) => `${quantity} units of ${sku} came in`,
  transferred_out: (quantity, sku) => `${quantity} units of ${sku} went out`,
  counted: (_, sku, onHand) => `${sku} was counted: ${onHand} units`,
} as const satisfies Record<MovementType, (quantity: number, sku: string, onHand: number) => string>;

function ofMovement({ type, sku, delta, onHandAfter }: Movement): NewsItem {
  const quantity = Math.abs(delta);
  return {
    product_id: sku,
    action: delta < 0 ? "sell" : "add",
    quantity,
    new_quantity: onHandAfter,
    message: told[type](quantity, sku, onHandAfter),
  };
}

const removed = (sku: string): NewsItem => ({
  product_id: sku,
  action: "remove",
  quantity: 0,
  new_quantity: 0,
  message: `Product ${sku} removed from inventory`,
});

const opened = (sku: string): NewsItem => ({ ...removed(sku), action: "add", message: `Added 0 units to ${sku}` });

/**
 * Keeps what the latest commands did, by their number. Levels are told as they stand, so what brought them there must
 * be remembered; movements themselves are not sent, since a screen would keep them all.
 */
export function createNews(feed: Pick<Feed, "subscribe">): News {
  const bySeq = new Map<number, NewsItem[]>();

  function remember(seq: number, item: NewsItem): void {
    const items = bySeq.get(seq);
    if (items) items.push(item);
    else bySeq.set(seq, [item]);
    for (const oldest of bySeq.keys()) {
      if (bySeq.size <= kept) return;
      bySeq.delete(oldest);
    }
  }

  const stop = feed.subscribe(({ changes }) => {
    for (const { seq, entity, value } of changes) {
      if (entity === "movement") remember(seq, ofMovement(value));
      else if (entity === "product") remember(seq, value.archived ? removed(value.sku) : opened(value.sku));
    }
  });

  return {
    about: (changes) => [...new Set(changes.map(({ seq }) => seq))].sort((a, b) => a - b).flatMap((seq) => bySeq.get(seq) ?? []),
    stop,
  };
}
