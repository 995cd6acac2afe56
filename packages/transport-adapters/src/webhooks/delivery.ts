import type { Change } from "@onhand/core";
import { Webhook } from "standardwebhooks";
import type { WebhookEndpoint } from "./options";
import type { WebhookRequest } from "./post";

/** The body of every delivery, as JSON. */
export interface WebhookBody {
  readonly type: "inventory.changed";
  /** When it was put together, as ISO 8601. */
  readonly timestamp: string;
  readonly data: {
    /** Names the ledger's life. When it changes, `from` begins at 0 again. */
    readonly epoch: string;
    /** Everything after this number of the ledger, up to and including `to`, that the endpoint asked for. */
    readonly from: number;
    readonly to: number;
    /** In the order of the ledger; absolute images, so applying one twice is harmless. */
    readonly changes: readonly Change[];
  };
}

/** A delivery on its way. It stays the same however often it is tried. */
export interface Delivery {
  /** Names it; the same when it is repeated. Has no full stop: signatures are over parts that one separates. */
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly body: string;
}

/** What a delivery is put together from. */
export interface DeliveryParts {
  readonly endpoint: string;
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
  readonly changes: readonly Change[];
  readonly replays: number;
  readonly now: number;
}

/** Puts a delivery together. After a replay deliveries have other names, or receivers would take them for repetitions. */
export function deliveryOf({ endpoint, epoch, from, to, changes, replays, now }: DeliveryParts): Delivery {
  const body: WebhookBody = { type: "inventory.changed", timestamp: new Date(now).toISOString(), data: { epoch, from, to, changes } };
  const again = replays > 0 ? `_r${replays}` : "";
  return { id: `${epoch}_${endpoint}_${from}-${to}${again}`, from, to, body: JSON.stringify(body) };
}

/** One attempt at a delivery: signed anew each time, by the Standard Webhooks convention. */
export function requestOf({ url, headers = {}, secrets }: WebhookEndpoint, { id, body }: Delivery, now: number): WebhookRequest {
  const at = new Date(now);
  return {
    url,
    body,
    headers: {
      ...headers,
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(now / 1_000)),
      "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(" "),
    },
  };
}
