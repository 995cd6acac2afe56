import { createInventory, type Inventory, type Logger } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { type ManualTime, manualTime, settled } from "../../shared/testing/manual-time";
import type { WebhookBody } from "../delivery";
import type { WebhookEndpoint, WebhooksOptions } from "../options";
import type { WebhookAnswer, WebhookRequest } from "../post";
import type { WebhookRecord, WebhookStore } from "../store";
import { createWebhooks, type Webhooks } from "../webhooks";

export const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

/** A store in memory that outlives the webhooks that use it. */
export function memoryStore(): WebhookStore & { readonly records: Map<string, WebhookRecord> } {
  const records = new Map<string, WebhookRecord>();
  return {
    records,
    load: async (name) => structuredClone(records.get(name)),
    async save(name, record) {
      if ((records.get(name)?.version ?? 0) !== record.version - 1) return false;
      records.set(name, structuredClone(record));
      return true;
    },
  };
}

/** What a fake network does with a request. */
export type Fate = number | WebhookAnswer | "refused" | "silent";

/** A network that hands everything to one receiver, and does with it what a test says. */
export function fakeNetwork() {
  const attempts: WebhookRequest[] = [];
  const network = {
    attempts,
    fate: (_request: WebhookRequest): Fate => 204,
    bodies: () => attempts.map(({ body }) => JSON.parse(body) as WebhookBody),
    ids: () => attempts.map(({ headers }) => headers["webhook-id"]),
    async post(request: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer> {
      attempts.push(request);
      const fate = network.fate(request);
      if (fate === "refused") throw new Error("connect ECONNREFUSED");
      if (fate === "silent") return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      return typeof fate === "number" ? { status: fate } : fate;
    },
  };
  return network;
}

/** A shop whose changes are told to the endpoints of a test, on a clock that stands still. */
export interface WebhookFixture {
  readonly inventory: Inventory;
  readonly time: ManualTime;
  readonly network: ReturnType<typeof fakeNetwork>;
  readonly store: ReturnType<typeof memoryStore>;
  readonly logged: string[];
  open(endpoints?: readonly Partial<WebhookEndpoint>[], options?: Partial<WebhooksOptions>): Webhooks;
  /** One more of a product. */
  receive(sku?: string, storeId?: string): Promise<number>;
  /** Lets time pass in small steps, with everything that happens on the way. */
  pass(milliseconds: number): Promise<void>;
}

const stepMs = 100;

export async function webhookFixture(): Promise<WebhookFixture> {
  const time = manualTime();
  const network = fakeNetwork();
  const store = memoryStore();
  const logged: string[] = [];
  const logger: Logger = { error: (_facts, message) => void logged.push(message), warn: (_facts, message) => void logged.push(message) };
  const inventory = await createInventory({ storage: memoryStorage(), clock: time.clock });
  for (const id of ["berlin", "paris"]) await inventory.stores.create({ id, name: id });
  for (const sku of ["A", "B"]) await inventory.products.create({ sku, name: sku });
  return {
    inventory,
    time,
    network,
    store,
    logged,
    open(endpoints = [{}], options = {}) {
      const whole = endpoints.map((endpoint) => ({
        name: "erp",
        url: "https://erp.example/hook",
        secrets: [secret],
        from: 0,
        ...endpoint,
      }));
      const { clock, timers } = time;
      return createWebhooks({ inventory, store, post: network.post, clock, timers, logger, random: () => 1, endpoints: whole, ...options });
    },
    receive: async (sku = "A", storeId = "berlin") => (await inventory.stock.receive({ sku, storeId, quantity: 1 })).seq,
    async pass(milliseconds) {
      for (let left = milliseconds; left > 0; left -= stepMs) {
        time.advance(Math.min(stepMs, left));
        await settled();
      }
    },
  };
}
