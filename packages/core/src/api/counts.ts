import * as z from "zod";
import {
  type ApproveCount,
  type CancelCount,
  maximumSheet,
  type RecordCount,
  type RecountLines,
  type StartCount,
} from "../domain/counts/commands";
import { approve, cancel, record, recount, start } from "../domain/counts/decide";
import type { CountApproval, CountLinesResult, CountResult } from "../domain/counts/sheet";
import {
  type CountLineRow,
  type CountRow,
  type CountStatus,
  countKey,
  countLines,
  countStatuses,
  counts,
  type StockCount,
  type StockCountLine,
  toCountLine,
  toStockCount,
} from "../domain/counts/tables";
import { parser } from "../domain/shared/parse";
import { pageFields, storeId } from "../domain/shared/schemas";
import type { Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { ReadOptions, Reads, Where } from "../ports/storage";
import { type List, type PageRequest, readPage } from "./paging";
import { defined } from "./products";
import { readsAt } from "./reads";
import { inputOf, type Run } from "./runner";
import { findStore } from "./stores";

/** What a command about a whole sheet answers. */
export type CountReceipt = CountResult & Receipt;

/** What a command about lines of a sheet answers. */
export type CountLinesReceipt = CountLinesResult & Receipt;

/** What approval answers. */
export type CountApprovalReceipt = CountApproval & Receipt;

/** A sheet with its lines, by SKU. */
export interface StockCountSheet extends StockCount {
  readonly lines: readonly StockCountLine[];
}

/** Which sheets to list. Everything given must hold. */
export interface CountFilter extends PageRequest {
  readonly status?: CountStatus;
  readonly storeId?: string;
  /** Oldest first (`asc`) unless said. */
  readonly order?: "asc" | "desc";
}

/**
 * Counting stock by sheets: somebody counts, somebody approves, and the shop stays open meanwhile.
 *
 * A line is judged by what its level said at the moment it was counted. Approval adds that difference to the level as it is
 * then, so goods sold, received or transferred in between are not counted twice. To set one level at once there is
 * {@link StockApi.count}.
 *
 * All commands may be refused with `INVALID_INPUT`, `FORBIDDEN`, `IDEMPOTENCY_MISMATCH`, `QUEUE_FULL` or an error of the storage.
 *
 * @see docs/guides/counts.md
 */
export interface CountsApi {
  /**
   * Makes a sheet for a store: of a `category`, of some `skus`, or of everything that should be there by the books. It moves nothing.
   *
   * @param input - `blind` keeps `expected` and the variances from everybody until the sheet is approved.
   * @throws {@link InventoryError} `UNKNOWN_STORE`; `INVALID_STATE` when it is archived; `INVALID_INPUT` when there is nothing to count, or more than 5,000 products.
   * @example
   * const { count } = await inventory.counts.start({ storeId: "berlin", category: "Tea", blind: true });
   */
  start(input: StartCount): Promise<CountReceipt>;
  /**
   * Notes what is on the shelf, each product beside what its level says at this moment; so record when you count. Answers the lines.
   *
   * Of a tracked product `lots` says what was found of each lot, or which serial numbers; what it does not name was not there. Nothing
   * need be named only where nothing was found.
   *
   * @param options.lines - up to 500 products, each once; `counted` in the product's unit, 0 or more, up to 1,000 `lots` each.
   * @throws {@link InventoryError} `UNKNOWN_COUNT`; `INVALID_STATE` when the sheet is over or a line is counted already (ask for a
   * recount); `INVALID_INPUT` for a product that is not on it, unless it is for the whole store, or lots that don't add up to `counted`. `details.lines` names every line that failed.
   * @example
   * await inventory.counts.record("c1042", { lines: [{ sku: "TEA-50", counted: 22 }], actor: "kim" });
   */
  record(id: string, options: Omit<RecordCount, "id">): Promise<CountLinesReceipt>;
  /**
   * Asks for lines to be counted again. What was counted stays in their `tallies`; a line can be counted 20 times. Answers the lines it changed.
   *
   * @throws {@link InventoryError} `UNKNOWN_COUNT`; `INVALID_STATE` when the sheet is over; `INVALID_INPUT` for a product that is not on it.
   */
  recount(id: string, options: Omit<RecountLines, "id">): Promise<CountLinesReceipt>;
  /**
   * Books the differences: one `counted` movement for each line that was counted, also where the difference is 0, with
   * `reference: { type: "count", id }`; of a tracked product with the difference of each lot. What nobody counted is left as it is.
   *
   * @throws {@link InventoryError} `INVALID_STATE` when nothing is counted, or lines are to be counted again: because somebody asked for it, or because
   * the product was counted or adjusted since, so that the difference may be booked already.
   * @throws {@link InventoryError} `INSUFFICIENT_STOCK` when less would be left than is promised, or less than nothing of a lot. In both cases `details.lines` names
   * every line, nothing is booked and the sheet stays open: recount those lines, release what is held, or cancel.
   */
  approve(id: string, options?: Omit<ApproveCount, "id">): Promise<CountApprovalReceipt>;
  /** Gives a sheet up and books nothing. @throws {@link InventoryError} `UNKNOWN_COUNT`; `INVALID_STATE` when it is over. */
  cancel(id: string, options?: Omit<CancelCount, "id">): Promise<CountReceipt>;
  /** A sheet with all its lines, as it stands. @throws {@link InventoryError} `UNKNOWN_COUNT`. */
  get(id: string, options?: ReadOptions): Promise<StockCountSheet>;
  /** Sheets in the order they were started, a page at a time, without their lines. */
  list(filter?: CountFilter, options?: ReadOptions): Promise<List<StockCount>>;
}

const parseFilter = parser(
  z.strictObject({
    status: z.enum(countStatuses).optional(),
    storeId: storeId.optional(),
    order: z.enum(["asc", "desc"]).default("asc"),
    ...pageFields,
  }),
);
const parseId = parser(z.strictObject({ id: z.string().max(64) }));
/** What every question here takes, by its name. */
export const countQueries = { get: parseId, list: parseFilter };

export function createCounts(run: Run, storage: Reads): CountsApi {
  return {
    start: (input) => run(start, input),
    record: async (id, options) => run(record, inputOf(options, { id })),
    recount: async (id, options) => run(recount, inputOf(options, { id })),
    approve: async (id, options) => run(approve, inputOf(options, { id })),
    cancel: async (id, options) => run(cancel, inputOf(options, { id })),

    async get(given, options) {
      const { id } = parseId({ id: given });
      const key = countKey(id);
      const reads = readsAt(storage, options);
      const found = key && (await reads.find(counts.name, { where: { createdSeq: key[0] }, limit: 1 }));
      const row = found?.rows[0];
      if (!key || !row) throw new InventoryError("UNKNOWN_COUNT", { id });
      const lines = await reads.find(countLines.name, { where: { sheet: key[0] }, limit: maximumSheet });
      return { ...toStockCount(row as CountRow), lines: lines.rows.map((line) => toCountLine(line as CountLineRow)) };
    },

    async list(filter = {}, options) {
      const reads = readsAt(storage, options);
      const { status, order, limit, cursor, storeId: at } = parseFilter(filter);
      const where = { ...defined({ status }), ...(at !== undefined && { storeId: (await findStore(reads, at)).id }) } as Where;
      const orderBy = [{ column: "createdSeq", descending: order === "desc" }];
      const { items, nextCursor } = await readPage(reads, counts, { where, orderBy, limit, cursor }, (row) =>
        toStockCount(row as CountRow),
      );
      return { items, ...(nextCursor !== undefined && { nextCursor }) };
    },
  };
}
