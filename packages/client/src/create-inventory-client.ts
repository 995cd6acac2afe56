import type {
  Alert,
  Movement,
  Product,
  PurchaseOrder,
  Reservation,
  StockCount,
  StockCountLine,
  StockTransfer,
  Store,
  Supplier,
} from "@onhand/core";
import type { ClientTransport } from "@onhand/core/protocol/client";
import { QueryClient } from "@tanstack/query-core";
import { createCache } from "./cache";
import type { CommandInput, CommandResult, CommandType } from "./command-types";
import { createCommands, type PendingCommand } from "./commands";
import { createConnection } from "./connection/connection";
import type { ConnectionState } from "./connection/state";
import type { LevelView } from "./level-views";
import { createLists, type LevelKey, type List, type Observed } from "./lists";
import type { Observable } from "./observable";
import { createOverlay } from "./pending";
import { createRows } from "./rows";
import { browserSignals, type Signals } from "./signals";
import { createSubscriptions } from "./subscriptions";
import { systemTimers, type Timers } from "./timers";
import { uuid } from "./uuid";
import type { Wanted } from "./wanted";

/** Which products a list shows; without a field, all. */
export interface ProductQuery {
  readonly skus?: readonly string[];
}

/** Which levels a list shows; without a field, all. */
export interface LevelQuery extends ProductQuery {
  readonly sku?: string;
  readonly storeId?: string;
  readonly storeIds?: readonly string[];
}

/** Which movements a list shows; without a field, all. */
export interface MovementQuery extends LevelQuery {
  /** At most so many, the newest; 100 unless told, 1,000 at most. */
  readonly limit?: number;
}

/** What {@link createInventoryClient} takes. */
export interface InventoryClientOptions {
  /** How the server is reached, such as `wsTransport({ url })`. */
  readonly transport: ClientTransport;
  /** Where rows are kept, under keys that begin with `"onhand"`. One of its own unless given. */
  readonly queryClient?: QueryClient;
  /** The machine's unless given. */
  readonly timers?: Timers;
  /** A number in [0, 1) that spreads retries. `Math.random` unless given. */
  readonly random?: () => number;
  /** Makes idempotency keys. Random UUIDs unless given. */
  readonly newId?: () => string;
  /** The device's news of network and visibility; a page's events unless given. */
  readonly signals?: Signals;
  /** How many commands may wait for an answer; 1,000 unless told. */
  readonly maxPendingCommands?: number;
}

/** A live copy of a part of an inventory, and a way to command it. */
export interface InventoryClient {
  /** Connects, and stays connected. Starting a started client does nothing. */
  start(): void;
  /** Disconnects. Commands without an answer are refused: `ABORTED` if they never left, else `OUTCOME_UNKNOWN`. Rows stay as they were. */
  stop(): void;
  /** Continues with the token that the transport gives now: after a login, or before a token ends. */
  authenticate(): void;
  /** How the client stands with its server. */
  readonly connection: Observable<ConnectionState>;
  /** How much of a product is at a store; zero where nothing ever moved. */
  level(key: LevelKey): Observed<LevelView>;
  /** Levels by SKU, then store. */
  levels(query?: LevelQuery): Observable<List<LevelView, LevelKey>>;
  /** A product by its SKU; undefined until it is known, and where there is none. */
  product(sku: string): Observed<Product>;
  /** Products by SKU. */
  products(query?: ProductQuery): Observable<List<Product, string>>;
  /** Stores by id. */
  stores(): Observable<List<Store, string>>;
  /** Movements, newest first. */
  movements(query?: MovementQuery): Observable<List<Movement, string>>;
  /** A reservation by its id, settled or not; undefined until it is known, and where there is none. */
  reservation(id: string): Observed<Reservation>;
  /** Active reservations, the first to end first. One whose end has passed goes when the server settles it. */
  reservations(query?: LevelQuery): Observable<List<Reservation, string>>;
  /** An alert by its id, open or not; undefined until it is known, and where there is none. */
  alert(id: string): Observed<Alert>;
  /** Open alerts, newest first. */
  alerts(query?: LevelQuery): Observable<List<Alert, string>>;
  /** A transfer by its id, open or not; undefined until it is known, and where there is none. */
  transfer(id: string): Observed<StockTransfer>;
  /** Transfers with anything on its way, from or to these stores; the first to be shipped first. */
  transfers(query?: LevelQuery): Observable<List<StockTransfer, string>>;
  /** A sheet to count by, by its id, open or not; undefined until it is known, and where there is none. */
  count(id: string): Observed<StockCount>;
  /** Open sheets, the first to be started first. */
  counts(query?: Pick<LevelQuery, "storeId" | "storeIds">): Observable<List<StockCount, string>>;
  /** The lines of a sheet, by SKU. */
  countLines(id: string): Observable<List<StockCountLine, string>>;
  /** Suppliers by id. */
  suppliers(): Observable<List<Supplier, string>>;
  /** A purchase order by its id, closed or not; undefined until it is known, and where there is none. */
  purchaseOrder(id: string): Observed<PurchaseOrder>;
  /** Purchase orders that are not closed, newest first. */
  purchaseOrders(query?: LevelQuery): Observable<List<PurchaseOrder, string>>;
  /**
   * Sends a command and shows at once what it is expected to do.
   *
   * It is sent again, under the same idempotency key, until the server answers, so it is applied once however often
   * the link breaks. Its effect on levels stays visible until the server's own figures include it, and goes at once
   * when it is refused.
   *
   * @param type - the command's name, such as `stock.sell`.
   * @param input - as the inventory takes it; with an `idempotencyKey` of its own, that is the key.
   * @returns what the server answers, with its number in the ledger.
   * @throws {@link InventoryError} with the server's code when it refuses; `QUEUE_FULL` when too many wait.
   * @example
   * await client.command("stock.sell", { sku: "P001", storeId: "berlin", quantity: 2 });
   */
  command<Type extends CommandType>(type: Type, input: CommandInput<Type>): Promise<CommandResult<Type>>;
  /** Commands without an answer, oldest first. */
  readonly pendingCommands: Observable<readonly PendingCommand[]>;
}

const mostPending = 1_000;
const defaultHistory = 100;

/**
 * Makes a client that keeps what is looked at up to date and comes back by itself when the link breaks.
 *
 * Rows are asked of the server while somebody listens, one subscription for all that a wider one covers. Nothing
 * is sent before `start`.
 *
 * @example
 * const client = createInventoryClient({ transport: wsTransport({ url: "ws://localhost:3000/live" }) });
 * client.start();
 * const level = client.level({ sku: "P001", storeId: "berlin" });
 * level.subscribe(() => console.log(level.get()?.available));
 * @throws {@link TypeError} when there is no transport.
 * @see docs/guides/react.md
 */
export function createInventoryClient(options: InventoryClientOptions): InventoryClient {
  const {
    transport,
    queryClient = new QueryClient(),
    timers = systemTimers,
    random = Math.random,
    newId = uuid,
    signals = browserSignals,
  } = options;
  if (typeof transport?.connect !== "function")
    throw new TypeError("transport is missing: createInventoryClient({ transport: wsTransport({ url }) })");
  const cache = createCache(queryClient);
  const overlay = createOverlay();
  const rows = createRows({ cache, overlay, coverage: (level) => subscriptions.coverage(level) });

  const connection = createConnection({
    transport,
    timers,
    random,
    signals,
    events: {
      // Commands go first, so that what is then read includes them.
      onWelcome: (welcome) => {
        commands.welcomed(welcome);
        subscriptions.welcomed(welcome);
      },
      onFrame: (frame) =>
        rows.batch(() => {
          commands.hear(frame);
          subscriptions.hear(frame);
          if (frame.t === "authed") subscriptions.authed();
        }),
      onDown: () => {
        commands.down();
        subscriptions.down();
      },
      onState: ({ status }) => {
        if (status === "failed" || status === "closed") commands.abandon();
      },
    },
  });

  const subscriptions = createSubscriptions({
    rows,
    timers,
    link: {
      send: connection.send,
      onSynced: () => connection.dispatch({ type: "synced" }),
      onBehind: (reason) => connection.dispatch({ type: "behind", reason }),
      onStuck: (reason) => connection.dispatch({ type: "lost", reason }),
    },
  });
  const commands = createCommands({
    rows,
    overlay,
    timers,
    newId,
    limit: options.maxPendingCommands ?? mostPending,
    send: connection.send,
  });
  const lists = createLists({ rows, cache, subscriptions });

  return {
    start() {
      subscriptions.rest(false);
      connection.start();
    },
    stop() {
      connection.stop();
      subscriptions.rest(true);
    },
    authenticate: connection.authenticate,
    connection: connection.state,
    level: lists.level,
    levels: (query = {}) => lists.list({ entity: "level", ...narrowed(query) }),
    product: lists.product,
    products: ({ skus } = {}) => lists.list({ entity: "product", ...(skus && { skus }) }),
    stores: () => lists.list({ entity: "store" }),
    movements: ({ limit = defaultHistory, ...query } = {}) => lists.list({ entity: "movement", ...narrowed(query), history: limit }),
    reservation: lists.reservation,
    reservations: (query = {}) => lists.list({ entity: "reservation", ...narrowed(query) }),
    alert: lists.alert,
    transfer: lists.transfer,
    transfers: (query = {}) => lists.list({ entity: "transfer", ...narrowed(query) }),
    count: lists.count,
    counts: (query = {}) => lists.list({ entity: "count", ...narrowed(query) }),
    countLines: (id) => lists.list({ entity: "countLine", ids: [id] }),
    alerts: (query = {}) => lists.list({ entity: "alert", ...narrowed(query) }),
    suppliers: () => lists.list({ entity: "supplier" }),
    purchaseOrder: lists.purchaseOrder,
    purchaseOrders: (query = {}) => lists.list({ entity: "purchaseOrder", ...narrowed(query) }),
    command: <Type extends CommandType>(type: Type, input: CommandInput<Type>) =>
      commands.run(type, { ...input }) as Promise<unknown> as Promise<CommandResult<Type>>,
    pendingCommands: commands.waiting,
  };
}

function narrowed({ sku, skus, storeId, storeIds }: LevelQuery): Pick<Wanted, "skus" | "storeIds"> {
  const products = sku === undefined ? skus : [sku];
  const stores = storeId === undefined ? storeIds : [storeId];
  return { ...(products && { skus: products }), ...(stores && { storeIds: stores }) };
}
