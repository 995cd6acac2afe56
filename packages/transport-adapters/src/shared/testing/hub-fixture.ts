import { type Authorize, createInventory, type Inventory, type Logger } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { allowEverythingForDemos } from "../authorization";
import { createHub, type Hub } from "../hub";
import type { HubLimits } from "../limits";
import type { HubOptions } from "../options";
import { type FakeLink, fakeLink } from "./fake-link";
import { type ManualTime, manualTime, settled } from "./manual-time";

/** A hub over a real inventory in memory, on a clock that stands still. */
export interface HubFixture {
  readonly inventory: Inventory;
  readonly hub: Hub;
  readonly time: ManualTime;
  readonly logged: { readonly message: string; readonly error?: unknown }[];
  /** Opens a link and says hello as the actor whose name is the token. */
  connect(options?: { readonly token?: string; readonly session?: string; readonly pong?: boolean }): Promise<FakeLink>;
  /** Receives one more of a product. */
  receive(sku?: string, storeId?: string): Promise<number>;
}

export async function hubFixture(
  options: {
    readonly authorize?: Authorize;
    readonly limits?: Partial<HubLimits>;
    readonly inventory?: (inventory: Inventory) => HubOptions["inventory"];
    readonly authenticate?: HubOptions["authenticate"];
  } = {},
): Promise<HubFixture> {
  const time = manualTime();
  const logged: HubFixture["logged"] = [];
  const log = (facts: { readonly error?: unknown }, message: string) => void logged.push({ message, error: facts.error });
  const logger: Logger = { error: log, warn: log };
  const inventory = await createInventory({ storage: memoryStorage(), clock: time.clock, logger });
  for (const id of ["berlin", "paris"]) await inventory.stores.create({ id, name: id });
  for (const sku of ["A", "B", "C"]) await inventory.products.create({ sku, name: `Product ${sku}` });
  const hub = createHub({
    inventory: options.inventory?.(inventory) ?? inventory,
    authenticate: options.authenticate ?? (({ token }) => (token === undefined ? undefined : { id: token })),
    authorize: options.authorize ?? allowEverythingForDemos,
    clock: time.clock,
    timers: time.timers,
    logger,
    random: () => 0.5,
    ...(options.limits && { limits: options.limits }),
  });
  return {
    inventory,
    hub,
    time,
    logged,
    async connect({ token = "ada", session, pong = true } = {}) {
      const link = fakeLink(hub, { pong });
      link.say({ t: "hello", v: 1, token, ...(session !== undefined && { session }) });
      await settled();
      return link;
    },
    async receive(sku = "A", storeId = "berlin") {
      const { seq } = await inventory.stock.receive({ sku, storeId, quantity: 1 });
      return seq;
    },
  };
}
