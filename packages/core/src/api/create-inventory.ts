import * as alerts from "../domain/alerts/decide";
import * as catalog from "../domain/catalog/decide";
import * as costing from "../domain/costing/decide";
import * as lots from "../domain/lots/decide";
import * as reservations from "../domain/reservations/decide";
import type { CommandDefinition } from "../domain/shared/slice";
import { slices } from "../domain/slices";
import * as stock from "../domain/stock/decide";
import { inventoryTables } from "../domain/tables";
import { createEngine, type QueueLimits } from "../engine/engine";
import type { Receipt } from "../engine/job";
import { InventoryError, type InventoryErrorCode } from "../errors";
import type { Authorize } from "../ports/authorize";
import { type Clock, systemClock } from "../ports/clock";
import { type ForecastProvider, movingAverageForecast } from "../ports/forecast";
import { consoleLogger, type Logger } from "../ports/logger";
import type { Reads, StorageAdapter, StorageCapabilities } from "../ports/storage";
import { type AlertsApi, createAlerts } from "./alerts";
import { type Rebuilding, rebuild, type Verification, verify } from "./audit";
import { type CostingApi, createCosting } from "./costing";
import { createEvents, type On } from "./events";
import { createFeed } from "./feed";
import type { Feed } from "./feed-types";
import type { ForecastsApi } from "./forecast-types";
import { createForecasts } from "./forecasts";
import { createLots, type LotsApi } from "./lots";
import { createProducts, type ProductsApi } from "./products";
import { type CostReports, createValuation } from "./reports/valuation";
import { createReservations, type ReservationsApi } from "./reservations";
import { type CommandInput, createRunner, type Run } from "./runner";
import { createStock, type StockApi } from "./stock";
import { createStores, type StoresApi } from "./stores";
import { createThresholds, type ThresholdsApi } from "./thresholds";

/** What an inventory is made of. Only `storage` is required. */
export interface InventoryOptions {
  /** Where rows are kept. The inventory opens and closes it. */
  readonly storage: StorageAdapter;
  /** Where the time comes from; the machine's clock unless given. */
  readonly clock?: Clock;
  /** Asked before every command. Without it, whoever holds the inventory may do everything. */
  readonly authorize?: Authorize;
  /** Who looks into the future; a moving average that knows no week and no trend unless given. */
  readonly forecast?: ForecastProvider;
  /** How much may wait, and how much goes to the storage at once. */
  readonly queue?: QueueLimits;
  /** Hears of failures that have no caller, such as a listener's; the console unless given. */
  readonly logger?: Logger;
}

/** An inventory inside a transaction of the host. */
export interface HostInventory {
  readonly products: ProductsApi;
  readonly stores: StoresApi;
  readonly stock: Omit<StockApi, "asOf">;
  readonly reservations: ReservationsApi;
  readonly thresholds: ThresholdsApi;
  readonly alerts: Omit<AlertsApi, "counts" | "check">;
  readonly costing: CostingApi;
  readonly lots: LotsApi;
  /** Runs a command by its name, as {@link Inventory.execute} does. */
  readonly execute: Inventory["execute"];
}

/** A stock ledger: commands, questions and a live feed over one storage. */
export interface Inventory {
  readonly products: ProductsApi;
  readonly stores: StoresApi;
  readonly stock: StockApi;
  readonly forecasts: ForecastsApi;
  readonly reservations: ReservationsApi;
  readonly thresholds: ThresholdsApi;
  readonly alerts: AlertsApi;
  readonly costing: CostingApi;
  readonly lots: LotsApi;
  readonly reports: CostReports;
  readonly feed: Feed;
  /** What the storage promises. */
  readonly capabilities: StorageCapabilities;
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
   * @throws {@link InventoryError} `INVALID_INPUT` when there is no such command, and whatever the command throws.
   */
  execute(command: string, input: Readonly<Record<string, unknown>>): Promise<Receipt & Readonly<Record<string, unknown>>>;
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
  with(hostTransaction: object): HostInventory;
  /** Proves that every level is the sum of its movements, from the first on, and of its active reservations. Commands go on meanwhile, but for the last moment. */
  verify(): Promise<Verification>;
  /** Makes every level the sum of its movements and active reservations again, and tells how many were not. Each gets a movement of delta 0 with the reason `rebuilt`. */
  rebuild(): Promise<Rebuilding>;
  /** Finishes the commands that wait, then closes the storage. Later commands are `STORAGE_CLOSED`. */
  close(): Promise<void>;
}

// Each definition parses what it is given, so by name they can be run on anything.
const definitions = [catalog, stock, reservations, alerts, costing, lots].flatMap((slice) =>
  Object.values(slice),
) as unknown as readonly CommandDefinition<CommandInput, unknown>[];
const reactions = slices.flatMap((slice) => slice.reactions ?? []);
const commands = new Map(definitions.map((definition) => [definition.name, definition]));

/** Every command by its name, with the codes its rule may refuse with. */
export const commandRefusals: Readonly<Record<string, readonly InventoryErrorCode[]>> = Object.fromEntries(
  definitions.map(({ name, refusals }) => [name, refusals]),
);

/**
 * Opens an inventory on a storage.
 *
 * @example
 * const inventory = await createInventory({ storage: csvStorage({ directory: "./stock" }) });
 * await inventory.products.create({ sku: "TEA-50", name: "Green tea 50 g" });
 * await inventory.stores.create({ id: "berlin", name: "Berlin" });
 * await inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 24 });
 * @throws {@link InventoryError} what the storage refuses to open with: `STORAGE_LOCKED`, `STORAGE_CORRUPT`, `STORAGE_UNAVAILABLE`, `UNSUPPORTED`.
 */
export async function createInventory(options: InventoryOptions): Promise<Inventory> {
  const { storage, clock = systemClock, authorize, forecast = movingAverageForecast, queue = {}, logger = consoleLogger } = options;
  const engine = await createEngine({
    storage,
    tables: inventoryTables,
    reactions,
    clock,
    logger,
    queue,
    newId: () => globalThis.crypto.randomUUID(),
  });
  const run = createRunner(engine, authorize);
  return {
    products: createProducts(run, storage),
    stores: createStores(run, storage),
    stock: createStock(run, storage, clock),
    reservations: createReservations(run, storage, clock),
    thresholds: createThresholds(run, storage),
    alerts: createAlerts(run, storage, clock),
    costing: createCosting(run, storage),
    lots: createLots(run, storage),
    reports: createValuation(storage),
    forecasts: createForecasts({ storage, clock, provider: forecast }),
    feed: createFeed(engine, storage),
    capabilities: storage.capabilities,
    on: createEvents(engine, logger),
    execute: executeWith(run),
    with(hostTransaction) {
      if (!storage.capabilities.hostTransactions)
        throw new InventoryError("UNSUPPORTED", { feature: `host transactions on ${storage.name}` });
      if (typeof hostTransaction !== "object" && typeof hostTransaction !== "function")
        throw new TypeError("with() takes a transaction of the host, such as a Knex.Transaction");
      const inside = createRunner(engine.join(hostTransaction), authorize);
      const reads = readsInside(storage, hostTransaction);
      return {
        products: createProducts(inside, reads),
        stores: createStores(inside, reads),
        stock: createStock(inside, reads, clock),
        reservations: createReservations(inside, reads, clock),
        thresholds: createThresholds(inside, reads),
        alerts: createAlerts(inside, reads, clock),
        costing: createCosting(inside, reads),
        lots: createLots(inside, reads),
        execute: executeWith(inside),
      };
    },
    verify: () => verify(engine, storage),
    rebuild: () => rebuild(engine, clock),
    close: () => engine.close(),
  };
}

const executeWith =
  (run: Run): Inventory["execute"] =>
  (command, input) => {
    const definition = commands.get(command);
    if (definition) return run(definition, input) as Promise<Receipt & Readonly<Record<string, unknown>>>;
    return Promise.reject(unknownCommand(command));
  };

/**
 * Checks the input of a command without running it: what a form or a dry run asks first. Whether products and stores exist
 * and enough is there only the command itself can tell.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when there is no such command, or with an issue for each ill-formed field.
 * @example
 * checkCommand("products.create", { sku: "TEA-50", name: "Green tea 50 g" });
 */
export function checkCommand(command: string, input: Readonly<Record<string, unknown>>): void {
  const definition = commands.get(command);
  if (!definition) throw unknownCommand(command);
  definition.parse(input);
}

const unknownCommand = (command: string): InventoryError =>
  new InventoryError("INVALID_INPUT", { issues: [{ path: "command", message: `there is no command ${String(command).slice(0, 64)}` }] });

/** What a host's transaction sees. */
const readsInside = (storage: StorageAdapter, host: object): Reads => ({
  find: (table, query) => storage.transaction((tx) => tx.find(table, query), { host }),
  aggregate: async () => {
    throw new InventoryError("UNSUPPORTED", { feature: "sums inside a host's transaction" });
  },
});
