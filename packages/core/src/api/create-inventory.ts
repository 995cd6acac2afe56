import type { AnyAttributes } from "../domain/catalog/tables";
import { slices } from "../domain/slices";
import { inventoryTables, ledgerTables } from "../domain/tables";
import { createEngine, type QueueLimits, type QueueLoad, type Submitter } from "../engine/engine";
import type { Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { Analytics } from "../ports/analytics";
import type { Actor, Authorize } from "../ports/authorize";
import { type Clock, systemClock } from "../ports/clock";
import { type ForecastProvider, movingAverageForecast } from "../ports/forecast";
import { consoleLogger, type Logger } from "../ports/logger";
import { type Observer, observeWith } from "../ports/observer";
import type { Reads, StorageAdapter, StorageCapabilities } from "../ports/storage";
import { type AlertsApi, createAlerts } from "./alerts";
import { type AttributesSchema, refineBy } from "./attributes";
import { type Rebuilding, rebuild, type Verification, verify } from "./audit";
import { commandNamed } from "./commands";
import { type CostingApi, createCosting } from "./costing";
import { type CountsApi, createCounts } from "./counts";
import { createEvents, type On } from "./events";
import { createFeed } from "./feed";
import type { Feed } from "./feed-types";
import type { ForecastsApi } from "./forecast-types";
import { createForecasts } from "./forecasts";
import { createLots, type LotsApi } from "./lots";
import { createProducts, type ImagesOf, type ProductsApi } from "./products";
import { createPurchaseOrders, type PurchaseOrdersApi } from "./purchase-orders";
import { exactSums } from "./reads";
import { createReports, type ReportsApi } from "./reports/create-reports";
import { createReservations, type ReservationsApi } from "./reservations";
import { createRunOuts } from "./run-outs";
import { createRunner, type Run } from "./runner";
import { createStock, type StockApi } from "./stock";
import { createStores, type StoresApi } from "./stores";
import { createSuppliers, type SuppliersApi } from "./suppliers";
import { createThresholds, type ThresholdsApi } from "./thresholds";
import { createTransfers, type TransfersApi } from "./transfers";

/** What an inventory is made of. Only `storage` is required. */
export interface InventoryOptions<Attributes = AnyAttributes, GivenAttributes = Attributes> {
  /** Where rows are kept. The inventory opens and closes it. */
  readonly storage: StorageAdapter;
  /** Where the time comes from; the machine's clock unless given. */
  readonly clock?: Clock;
  /** Asked before every command. Without it, whoever holds the inventory may do everything. */
  readonly authorize?: Authorize;
  /**
   * What the `attributes` of products look like, such as a `z.object({ … })`: then they are typed, and what does not fit is `INVALID_INPUT` with
   * its place under `attributes`. Products that were there before are given out as they are.
   */
  readonly attributes?: AttributesSchema<Attributes, GivenAttributes>;
  /** Where pictures of a product are that has none of its own; for {@link ProductsApi.images}. */
  readonly imagesOf?: ImagesOf<Attributes>;
  /** Who looks into the future; a moving average that knows no week and no trend unless given. */
  readonly forecast?: ForecastProvider;
  /** Where reports are worked out; the storage itself unless given. The inventory opens and closes it. */
  readonly analytics?: Analytics;
  /** How much may wait, and how much goes to the storage at once. */
  readonly queue?: QueueLimits;
  /** Hears of failures that have no caller, such as a listener's; the console unless given. */
  readonly logger?: Logger;
  /** Hear of every command and group, for metrics and traces. */
  readonly observers?: readonly Observer[];
}

/** An inventory inside a transaction of the host. */
export interface HostInventory<Attributes = AnyAttributes, GivenAttributes = Attributes> {
  readonly products: ProductsApi<Attributes, GivenAttributes>;
  readonly stores: StoresApi;
  readonly stock: Omit<StockApi, "asOf">;
  readonly reservations: ReservationsApi;
  readonly thresholds: ThresholdsApi;
  readonly alerts: Omit<AlertsApi, "counts" | "check">;
  readonly transfers: TransfersApi;
  readonly counts: CountsApi;
  readonly suppliers: SuppliersApi;
  readonly purchaseOrders: PurchaseOrdersApi;
  readonly costing: CostingApi;
  readonly lots: LotsApi;
  /** Runs a command by its name, as {@link Inventory.execute} does. */
  readonly execute: Inventory["execute"];
}

/** An inventory in the hands of one actor: whatever is done with it is done in their name, and nobody can say otherwise. */
export type ActingInventory<Attributes = AnyAttributes, GivenAttributes = Attributes> = Omit<
  Inventory<Attributes, GivenAttributes>,
  "as" | "rebuild" | "close"
>;

/** A stock ledger: commands, questions and a live feed over one storage. */
export interface Inventory<Attributes = AnyAttributes, GivenAttributes = Attributes> {
  readonly products: ProductsApi<Attributes, GivenAttributes>;
  readonly stores: StoresApi;
  readonly stock: StockApi;
  readonly forecasts: ForecastsApi;
  readonly reports: ReportsApi;
  readonly reservations: ReservationsApi;
  readonly thresholds: ThresholdsApi;
  readonly alerts: AlertsApi;
  readonly transfers: TransfersApi;
  readonly counts: CountsApi;
  readonly suppliers: SuppliersApi;
  readonly purchaseOrders: PurchaseOrdersApi;
  readonly costing: CostingApi;
  readonly lots: LotsApi;
  readonly feed: Feed;
  /** What the storage promises. */
  readonly capabilities: StorageCapabilities;
  /** Commands that wait for their group, by weight, and how many may: a server that is asked whether it is ready looks here. */
  readonly load: QueueLoad;
  /**
   * Listens to facts, after commit, in seq order. A listener that throws harms nobody else; it is logged.
   *
   * @example
   * const stop = inventory.on("stock.changed", ({ level }) => console.log(level.sku, level.available));
   */
  readonly on: On;
  /**
   * Runs a command by its name, such as `stock.sell`, on plain input: what transports and job queues need.
   *
   * @param actor - who gives it; then the same holds as of {@link Inventory.as}.
   * @throws {@link InventoryError} `INVALID_INPUT` when there is no such command, and whatever the command throws.
   */
  execute(command: string, input: Readonly<Record<string, unknown>>, actor?: Actor): Promise<Receipt & Readonly<Record<string, unknown>>>;
  /**
   * The same inventory in the hands of somebody: `authorize` is asked about them, with all the host knows of them, and every movement
   * has their id as its `actor`, whatever an input says.
   *
   * One whose `stores` is a list can't write anything of another store, also by an id that doesn't show where it belongs; that is
   * `FORBIDDEN`. Questions are not narrowed: what is shown to whom is for whoever shows it.
   *
   * @throws {@link TypeError} when `stores` is neither a list nor `"*"`.
   * @example
   * const mia = inventory.as({ id: "mia", roles: ["operator"], stores: ["berlin"] });
   * await mia.stock.sell({ sku: "TEA-50", storeId: "berlin", quantity: 1 });
   * @see docs/guides/roles.md
   */
  as(actor: Actor): ActingInventory<Attributes, GivenAttributes>;
  /**
   * The same commands inside a transaction of the host's own database: they are kept if the host commits and leave nothing
   * behind if it rolls back. Questions asked here see what the transaction has done so far.
   *
   * From the first command to the host's commit no other writer gets on, so it comes as late in the transaction as the
   * host can place it. Listeners hear of it after the commit. A command that fails for a reason of the storage leaves the
   * transaction to be rolled back.
   *
   * @param hostTransaction - what the storage's own database takes for one, such as a `Knex.Transaction`.
   * @throws {@link InventoryError} `UNSUPPORTED` where the storage has no host transactions (`capabilities.hostTransactions`).
   * @example
   * await knex.transaction(async (trx) => {
   *   await trx("orders").insert({ id: 1042, sku: "TEA-50" });
   *   await inventory.with(trx).stock.sell({ sku: "TEA-50", storeId: "berlin", quantity: 1, idempotencyKey: "order-1042" });
   * });
   * @see docs/guides/sql.md
   */
  with(hostTransaction: object): HostInventory<Attributes, GivenAttributes>;
  /**
   * Proves that every level is the sum of its movements, from the first on, of its active reservations and of what is on its way to it; that lots are what
   * movements say of them and add up to levels; and that what goods cost is what its entries add up to. Commands go on meanwhile, but for the last moment.
   *
   * It keeps one sum in memory for each level, each lot in stock and each product that is costed.
   */
  verify(): Promise<Verification>;
  /** Makes every level the sum of its movements, active reservations and what is on its way again, and tells how many were not. Each gets a movement of delta 0 with the reason `rebuilt`. Lots and costs that are wrong stay as they are. */
  rebuild(): Promise<Rebuilding>;
  /** Finishes the commands that wait, then closes the storage. Later commands are `STORAGE_CLOSED`. */
  close(): Promise<void>;
}

const known = {
  storage: true,
  clock: true,
  authorize: true,
  attributes: true,
  imagesOf: true,
  forecast: true,
  analytics: true,
  queue: true,
  logger: true,
  observers: true,
} satisfies Record<keyof InventoryOptions, true>;

/** What a compiler says of it. Without one, a misspelt `authorize` would let everybody do everything, without a word. */
function demandKnown(options: object = {}): void {
  const { storage, authorize } = options as Partial<InventoryOptions>;
  if (typeof storage?.open !== "function") throw new TypeError("storage is missing: createInventory({ storage: memoryStorage() })");
  const stray = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (stray !== undefined) throw new TypeError(`createInventory has no option ${stray}`);
  if (authorize !== undefined && typeof authorize !== "function") throw new TypeError("authorize must be a function");
}

const reactions = slices.flatMap((slice) => slice.reactions ?? []);

/**
 * Opens an inventory on a storage.
 *
 * @example
 * const inventory = await createInventory({ storage: csvStorage({ directory: "./stock" }) });
 * await inventory.products.create({ sku: "TEA-50", name: "Green tea 50 g" });
 * await inventory.stores.create({ id: "berlin", name: "Berlin" });
 * await inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 24 });
 * @throws {@link TypeError} when there is no storage, or an option that there is none of.
 * @throws {@link InventoryError} what the storage refuses to open with: `STORAGE_LOCKED`, `STORAGE_CORRUPT`, `STORAGE_UNAVAILABLE`, `UNSUPPORTED`.
 */
export async function createInventory<Attributes = AnyAttributes, GivenAttributes = Attributes>(
  options: InventoryOptions<Attributes, GivenAttributes>,
): Promise<Inventory<Attributes, GivenAttributes>> {
  demandKnown(options);
  const { storage, analytics, clock = systemClock, authorize, forecast = movingAverageForecast } = options;
  const { queue = {}, logger = consoleLogger } = options;
  const observer = observeWith(options.observers ?? [], logger);
  const engine = await createEngine({
    storage,
    tables: inventoryTables,
    reactions,
    clock,
    logger,
    observer,
    queue,
    newId: () => globalThis.crypto.randomUUID(),
  });
  await analytics?.open(storage, engine.epoch, ledgerTables).catch(async (error) => {
    await engine.close();
    throw error;
  });
  const gates = { authorize, observer, refine: refineBy(options.attributes as AttributesSchema<AnyAttributes, unknown> | undefined) };
  const forecasts = createForecasts({ storage, clock, provider: forecast });
  const shared = {
    forecasts: { ...forecasts, runOuts: createRunOuts({ storage, clock, demand: forecasts.demand }) },
    reports: createReports(exactSums(analytics ?? storage), clock),
    feed: createFeed(engine, storage),
    capabilities: storage.capabilities,
    on: createEvents(engine, logger),
    verify: () => verify(engine, storage),
  };

  type Hosted = HostInventory<Attributes, GivenAttributes> & Pick<Inventory, "stock" | "alerts">;
  const commandsBy = (submitter: Submitter, reads: Reads, acting?: Actor): Hosted => {
    const run = createRunner(submitter, gates, acting);
    return {
      products: createProducts<Attributes, GivenAttributes>(run, reads, options.imagesOf),
      stores: createStores(run, reads),
      stock: createStock(run, exactSums(reads), clock),
      reservations: createReservations(run, reads, clock),
      thresholds: createThresholds(run, reads),
      alerts: createAlerts(run, reads, clock),
      transfers: createTransfers(run, reads),
      counts: createCounts(run, reads),
      suppliers: createSuppliers(run, reads),
      purchaseOrders: createPurchaseOrders(run, reads),
      costing: createCosting(run, reads),
      lots: createLots(run, reads),
      execute: executeWith((actor) => (actor ? createRunner(submitter, gates, actor) : run)),
    };
  };

  const inHandsOf = (acting?: Actor): ActingInventory<Attributes, GivenAttributes> => ({
    ...shared,
    get load() {
      return engine.load;
    },
    ...commandsBy(engine, storage, acting),
    with(hostTransaction) {
      if (!storage.capabilities.hostTransactions)
        throw new InventoryError("UNSUPPORTED", { feature: `host transactions on ${storage.name}` });
      if (typeof hostTransaction !== "object" && typeof hostTransaction !== "function")
        throw new TypeError("with() takes a transaction of the host, such as a Knex.Transaction");
      return commandsBy(engine.join(hostTransaction), readsInside(storage, hostTransaction), acting);
    },
  });

  return {
    ...inHandsOf(),
    as: inHandsOf,
    rebuild: () => rebuild(engine, clock),
    async close() {
      await engine.close();
      await analytics?.close();
    },
  };
}

const executeWith =
  (runFor: (actor: Actor | undefined) => Run): Inventory["execute"] =>
  async (command, input, actor) =>
    runFor(actor)(commandNamed(command), input) as Promise<Receipt & Readonly<Record<string, unknown>>>;

/** What a host's transaction sees. */
const readsInside = (storage: StorageAdapter, host: object): Reads => ({
  find: (table, query) => storage.transaction((tx) => tx.find(table, query), { host }),
  aggregate: async () => {
    throw new InventoryError("UNSUPPORTED", { feature: "sums inside a host's transaction" });
  },
});
