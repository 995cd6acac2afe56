import { createInventory, type Inventory, type StorageAdapter } from "@onhand/core";
import { manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { allowEverythingForDemos, createHttpHandler, type HttpHandler, type HttpHandlerOptions } from "../server";

/** An inventory with a handler in front of it, and what its logger heard. */
export interface Served {
  readonly inventory: Inventory;
  readonly handle: HttpHandler;
  readonly logged: { readonly message: string; readonly facts: Readonly<Record<string, unknown>> }[];
  readonly clock: ReturnType<typeof manualClock>;
  /** Sends a request in the name of `clerk`, with a body as JSON unless it is text. */
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

/** A shop with one product, 5 of them at `berlin`, and an empty store. */
export async function serve(
  options: Partial<HttpHandlerOptions> & { readonly empty?: boolean; readonly storage?: StorageAdapter } = {},
): Promise<Served> {
  const clock = manualClock();
  const logged: Served["logged"] = [];
  const inventory = await createInventory({ storage: options.storage ?? memoryStorage(), clock });
  if (!options.empty) {
    await inventory.stores.create({ id: "berlin", name: "Berlin" });
    await inventory.stores.create({ id: "hamburg", name: "Hamburg" });
    await inventory.products.create({ sku: "TEA-50", name: "Green tea", barcode: "4006381333931", cost: { amount: 210, currency: "EUR" } });
    await inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 5 });
  }
  const handle = createHttpHandler({
    inventory,
    clock,
    authenticate: (request) => (request.headers.get("authorization") === "Bearer clerk" ? { id: "clerk" } : undefined),
    authorize: allowEverythingForDemos,
    logger: {
      error: (facts, message) => void logged.push({ message, facts }),
      warn: (facts, message) => void logged.push({ message, facts }),
    },
    ...options,
  });
  return {
    inventory,
    handle,
    logged,
    clock,
    send: (method, path, body, headers = {}) =>
      handle(
        new Request(`http://shop.example${path}`, {
          method,
          headers: { authorization: "Bearer clerk", ...(body !== undefined && { "content-type": "application/json" }), ...headers },
          ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
        }),
      ),
  };
}

/** A promise that somebody else settles. */
export function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
