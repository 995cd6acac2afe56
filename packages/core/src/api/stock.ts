import * as z from "zod";
import { parser } from "../domain/shared/parse";
import { fromScaled } from "../domain/shared/quantity";
import { instant, pageFields, type Reference, reference, sku, storeId } from "../domain/shared/schemas";
import type { Adjust, Apply, Count, Receive, Return, Reverse, Sell, StockLine, Transfer } from "../domain/stock/commands";
import { adjust, apply, count, giveBack, receive, reverse, sell, transfer } from "../domain/stock/decide";
import type { StockResult } from "../domain/stock/ledger";
import {
  type LevelRow,
  levels,
  type Movement,
  type MovementRow,
  type MovementType,
  movementEffects,
  movements,
  type StockLevel,
  toMovement,
  toStockLevel,
  untouchedLevel,
} from "../domain/stock/tables";
import type { Receipt } from "../engine/job";
import type { Clock } from "../ports/clock";
import type { ReadOptions, Reads, Where } from "../ports/storage";
import { createExplain, type ExplainRequest, type Explanation, parseExplain } from "./explain";
import { type LevelsRead, withoutExpiredHolds } from "./held";
import { decodeCursor, encodeCursor, type List, type PageRequest, readPage } from "./paging";
import { defined, findProduct } from "./products";
import { readsAt } from "./reads";
import { inputOf, type Run } from "./runner";
import { stockPageAt } from "./stock-at";
import { findStore } from "./stores";

/** What every stock command answers. */
export type StockReceipt = StockResult & Receipt;

/** A point in time, as epoch milliseconds, a Date, or an ISO 8601 text with its offset. */
export type Instant = number | Date | string;

/** Which levels to list. */
export interface LevelFilter extends PageRequest {
  readonly sku?: string;
  readonly storeId?: string;
}

/** Which movements to list. Everything given must hold. */
export interface MovementFilter extends LevelFilter {
  readonly type?: MovementType;
  readonly reference?: Reference;
  /** Those that occurred at this time or later. */
  readonly from?: Instant;
  /** Those that occurred before this time. */
  readonly to?: Instant;
  /** Oldest first (`asc`) unless said. The order is that of the ledger, whatever `occurredAt` says. */
  readonly order?: "asc" | "desc";
}

/** How much was where at some time. */
export interface PastLevel {
  readonly sku: string;
  readonly storeId: string;
  readonly onHand: number;
}

/**
 * Stock: commands that move it, and what is there.
 *
 * Every command happens wholly or not at all, and answers `{ seq, movements, levels, replayed }`. All may be refused with
 * `INVALID_INPUT`, `UNKNOWN_PRODUCT`, `UNKNOWN_STORE`, `INVALID_STATE` (archived), `IDEMPOTENCY_MISMATCH`, `QUEUE_FULL`,
 * or an error of the storage. A refused command changes nothing.
 */
export interface StockApi {
  /**
   * Takes goods in: `onHand` goes up by `quantity`.
   *
   * @example
   * await inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 24, unitCost: { amount: 210, currency: "EUR" } });
   */
  receive(input: Receive): Promise<StockReceipt>;
  /**
   * Hands goods to a customer: `onHand` goes down by `quantity`, never further than what is available and may be backordered.
   *
   * @throws {@link InventoryError} `INSUFFICIENT_STOCK` naming `requested` and `available`.
   * @example
   * await inventory.stock.sell({ sku: "TEA-50", storeId: "berlin", quantity: 1, reference: { type: "order", id: "1042" }, idempotencyKey: "order-1042" });
   */
  sell(input: Sell): Promise<StockReceipt>;
  /** Takes goods back from a customer: `onHand` goes up by `quantity`. */
  return(input: Return): Promise<StockReceipt>;
  /**
   * Sets the books right by `delta`, for a `reason` (one of {@link adjustmentReasons} or the host's own).
   *
   * @throws {@link InventoryError} `INSUFFICIENT_STOCK` when more would go than is available.
   */
  adjust(input: Adjust): Promise<StockReceipt>;
  /**
   * Sets `onHand` to what was counted. The difference at the time of the command becomes the movement's `delta`, also when it is 0.
   *
   * @throws {@link InventoryError} `INSUFFICIENT_STOCK` when less was counted than is promised to others.
   */
  count(input: Count): Promise<StockReceipt>;
  /**
   * Moves goods from one store to another in one step: two movements, one command.
   *
   * @throws {@link InventoryError} `INSUFFICIENT_STOCK` at `from`.
   */
  transfer(input: Transfer): Promise<StockReceipt>;
  /**
   * Undoes a movement by a new one that `reverses` it; of a transfer, both. A movement can be undone once.
   *
   * @throws {@link InventoryError} `UNKNOWN_MOVEMENT`; `INVALID_STATE` when it is undone already; `INSUFFICIENT_STOCK` when what came in is gone.
   */
  reverse(id: string, options?: Omit<Reverse, "id">): Promise<StockReceipt>;
  /**
   * Does all lines, in their order, or none. Demand of several lines for one level adds up.
   *
   * @throws {@link InventoryError} with the code of the first line that failed; `details.lines` names every one: `[{ index, code, … }]`.
   * @example
   * await inventory.stock.apply([
   *   { type: "sell", sku: "TEA-50", storeId: "berlin", quantity: 2 },
   *   { type: "sell", sku: "CUP", storeId: "berlin", quantity: 1 },
   * ], { idempotencyKey: "order-1043" });
   */
  apply(lines: readonly StockLine[], options?: Omit<Apply, "lines">): Promise<StockReceipt>;
  /**
   * How much is there now; all zero when it never moved.
   *
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT` or `UNKNOWN_STORE`: a typing error is not an empty shelf.
   */
  level(key: { readonly sku: string; readonly storeId: string }, options?: ReadOptions): Promise<StockLevel>;
  /** Levels that ever moved, by SKU and store, a page at a time. */
  levels(filter?: LevelFilter, options?: ReadOptions): Promise<List<StockLevel>>;
  /** The ledger, a page at a time. */
  movements(filter?: MovementFilter, options?: ReadOptions): Promise<List<Movement>>;
  /**
   * How much was there at a time: the sum of all movements that had occurred by then, those written down later included.
   *
   * @example
   * const { items } = await inventory.stock.asOf("2026-01-01T00:00:00Z", { storeId: "berlin" });
   */
  asOf(time: Instant, filter?: LevelFilter, options?: ReadOptions): Promise<List<PastLevel>>;
  /**
   * Why a level is what it is: the movements and holds that made it, newest first, a page at a time, each with who did it. On every page
   * `opening` and the items add up to `closing`, and the first page's `closing` is the level.
   *
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`, `UNKNOWN_STORE`.
   * @example
   * const { closing, items } = await inventory.stock.explain({ sku: "TEA-50", storeId: "berlin", limit: 20 });
   */
  explain(request: ExplainRequest, options?: ReadOptions): Promise<Explanation>;
}

const levelFields = { sku: sku.optional(), storeId: storeId.optional(), ...pageFields };
const parseLevelKey = parser(z.strictObject({ sku, storeId }));
const parseLevelFilter = parser(z.strictObject(levelFields));
const parseAsOf = parser(z.strictObject({ time: instant, ...levelFields }));
const parseMovementFilter = parser(
  z.strictObject({
    ...levelFields,
    type: z.enum(Object.keys(movementEffects) as [MovementType, ...MovementType[]]).optional(),
    reference: reference.optional(),
    from: instant.optional(),
    to: instant.optional(),
    order: z.enum(["asc", "desc"]).default("asc"),
  }),
);

/** What every question here takes, by its name. */
export const stockQueries = {
  level: parseLevelKey,
  levels: parseLevelFilter,
  movements: parseMovementFilter,
  asOf: parseAsOf,
  explain: parseExplain,
};

export function createStock(run: Run, storage: Reads, clock: Clock): StockApi {
  /** Conditions on the level; the SKU as the product spells it. */
  async function levelWhere(reads: Reads, filter: { sku?: string | undefined; storeId?: string | undefined }): Promise<Where> {
    return {
      ...(filter.sku !== undefined && { sku: (await findProduct(reads, filter.sku)).sku }),
      ...(filter.storeId !== undefined && { storeId: (await findStore(reads, filter.storeId)).id }),
    };
  }

  /** Levels as they stand now. What a promise that ran out frees is read from answers no older than the levels. */
  async function asOfNow(read: LevelsRead, options: ReadOptions | undefined): Promise<readonly StockLevel[]> {
    const reads = readsAt(storage, options && { ...options, minSeq: Math.max(options.minSeq ?? 0, read.head) });
    return (await withoutExpiredHolds(reads, read, clock.now())).map(toStockLevel);
  }

  async function level(key: { readonly sku: string; readonly storeId: string }, options?: ReadOptions): Promise<StockLevel> {
    const wanted = parseLevelKey(key);
    const reads = readsAt(storage, options);
    const direct = await reads.find(levels.name, { where: wanted, limit: 1 });
    const found = await asOfNow(direct, options);
    if (found[0]) return found[0];
    const product = await findProduct(reads, wanted.sku);
    await findStore(reads, wanted.storeId);
    const where = { sku: product.sku, storeId: wanted.storeId };
    const [row] = await asOfNow(await reads.find(levels.name, { where, limit: 1 }), options);
    return row ?? toStockLevel(untouchedLevel(where, product.decimals));
  }

  return {
    receive: (input) => run(receive, input),
    sell: (input) => run(sell, input),
    return: (input) => run(giveBack, input),
    adjust: (input) => run(adjust, input),
    count: (input) => run(count, input),
    transfer: (input) => run(transfer, input),
    reverse: async (id, options) => run(reverse, inputOf(options, { id })),
    apply: async (lines, options) => run(apply, inputOf(options, { lines })),
    level,
    explain: createExplain(storage, clock),

    async levels(filter = {}, options) {
      const reads = readsAt(storage, options);
      const { limit, cursor, ...key } = parseLevelFilter(filter);
      const where = await levelWhere(reads, key);
      const { items, head, nextCursor } = await readPage(reads, levels, { where, limit, cursor }, (row) => row as LevelRow);
      return { items: await asOfNow({ rows: items, head }, options), ...(nextCursor !== undefined && { nextCursor }) };
    },

    async movements(filter = {}, options) {
      const reads = readsAt(storage, options);
      const { limit, cursor, order, type, reference: cause, from, to, ...key } = parseMovementFilter(filter);
      const where = {
        ...(await levelWhere(reads, key)),
        ...defined({ type, referenceType: cause?.type, referenceId: cause?.id }),
        ...((from !== undefined || to !== undefined) && { occurredAt: defined({ gte: from, lt: to }) }),
      } as Where;
      const orderBy = [{ column: "seq", descending: order === "desc" }];
      return list(await readPage(reads, movements, { where, orderBy, limit, cursor }, (row) => toMovement(row as MovementRow)));
    },

    async asOf(time, filter = {}, options) {
      const reads = readsAt(storage, options);
      const { time: until, limit, cursor, ...key } = parseAsOf({ ...filter, time });
      const after =
        cursor === undefined
          ? undefined
          : (decodeCursor("asOf", cursor, [{ type: "text" }, { type: "text" }]) as readonly [string, string]);
      const found = await stockPageAt(storage, options, await levelWhere(reads, key), until, { after, limit });
      const items = found
        .slice(0, limit)
        .map(({ sku, storeId, onHand, decimals }) => ({ sku, storeId, onHand: fromScaled(onHand, decimals) }));
      const last = items.at(-1);
      return { items, ...(last && found.length > limit && { nextCursor: encodeCursor("asOf", [last.sku, last.storeId]) }) };
    },
  };
}

const list = <Item>({ items, nextCursor }: List<Item>): List<Item> => ({ items, ...(nextCursor !== undefined && { nextCursor }) });
