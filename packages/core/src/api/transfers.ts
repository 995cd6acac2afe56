import * as z from "zod";
import { parser } from "../domain/shared/parse";
import { pageFields, type Reference, reference, sku, storeId } from "../domain/shared/schemas";
import { type IncomingEventRow, incomingEvents } from "../domain/stock/tables";
import type { CancelTransfer, ReceiveTransfer, ShipTransfer } from "../domain/transfers/commands";
import { cancel, receive, ship, type TransferResult } from "../domain/transfers/decide";
import {
  type StockTransfer,
  type TransferRow,
  type TransferStatus,
  toTransfer,
  transferKey,
  transferReference,
  transferStatuses,
  transfers,
} from "../domain/transfers/tables";
import type { Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { ReadOptions, Reads, Where } from "../ports/storage";
import { type List, type PageRequest, readPage } from "./paging";
import { defined, findProduct } from "./products";
import { readsAt } from "./reads";
import { inputOf, type Run } from "./runner";
import { findStore } from "./stores";

/** What every command about a transfer answers. */
export type TransferReceipt = TransferResult & Receipt;

/** Which transfers to list. Everything given must hold. */
export interface TransferFilter extends PageRequest {
  readonly status?: TransferStatus;
  /** The store they left. */
  readonly from?: string;
  /** The store they go to. */
  readonly to?: string;
  /** Those with this product on them. A page of them may hold fewer than `limit` though more follow: go on while there is a `nextCursor`. */
  readonly sku?: string;
  readonly reference?: Reference;
  /** Oldest first (`asc`) unless said. */
  readonly order?: "asc" | "desc";
}

/**
 * Goods that leave one store and arrive at another later. In between they are `incoming` at the store they go to and on no
 * shelf: over all stores, `onHand` and what is in transit stay the same. For goods that change stores at once there is
 * {@link StockApi.transfer}.
 *
 * Commands answer `{ transfer, movements, levels, seq, replayed }`. All may be refused with `INVALID_INPUT`, `FORBIDDEN`,
 * `IDEMPOTENCY_MISMATCH`, `QUEUE_FULL` or an error of the storage. Their movements have `reference: { type: "transfer", id }`.
 *
 * @see docs/guides/transfers.md
 */
export interface TransfersApi {
  /**
   * Sends goods on their way: `onHand` at `from` goes down by a `transferred_out` movement for each line, `incoming` at `to` up.
   *
   * Of a product that is tracked by lot what expires first goes, unless `lots` names others; serial numbers are named.
   *
   * @param input.lines - up to 500 products, each once, with up to 5,000 lots in all; `quantity` in the product's unit, more than 0.
   * @throws {@link InventoryError} `INSUFFICIENT_STOCK`, `UNKNOWN_PRODUCT`, `UNKNOWN_STORE` or `INVALID_STATE` (archived); `details.lines` names every line that failed.
   * @example
   * const { transfer } = await inventory.transfers.ship({
   *   from: "hub", to: "berlin", lines: [{ sku: "TEA-50", quantity: 24 }], idempotencyKey: "run-7-berlin",
   * });
   */
  ship(input: ShipTransfer): Promise<TransferReceipt>;
  /**
   * Takes goods in at `to`: `transferred_in` movements, and `incoming` goes down. Without `lines` all that is left; with
   * fewer than that the transfer is `partially_received`. The lots that were shipped arrive: those that `lots` names, otherwise
   * the first in the order they were shipped. Serial numbers are named, unless all that are left arrive.
   *
   * @throws {@link InventoryError} `UNKNOWN_TRANSFER`; `INVALID_STATE` when nothing is on its way any more; `INVALID_INPUT` for a
   * product or a lot that is not on it or more than is in transit. `details.lines` names every line that failed.
   * @example
   * await inventory.transfers.receive("t1042", { lines: [{ sku: "TEA-50", quantity: 20 }] });
   */
  receive(id: string, options?: Omit<ReceiveTransfer, "id">): Promise<TransferReceipt>;
  /**
   * Ends a transfer. What is still on its way comes back to `from` (`remaining: "return"`), or comes back and is written off
   * there (`"write_off"`) by an `adjusted` movement whose reason is `lost` unless said; with the lots it is of. What was received stays received.
   *
   * @throws {@link InventoryError} `UNKNOWN_TRANSFER`; `INVALID_STATE` when nothing is on its way any more.
   * @example
   * await inventory.transfers.cancel("t1042", { remaining: "write_off", reason: "stolen" });
   */
  cancel(id: string, options: Omit<CancelTransfer, "id">): Promise<TransferReceipt>;
  /** As it stands. @throws {@link InventoryError} `UNKNOWN_TRANSFER`. */
  get(id: string, options?: ReadOptions): Promise<StockTransfer>;
  /** Transfers in the order they were shipped, a page at a time. */
  list(filter?: TransferFilter, options?: ReadOptions): Promise<List<StockTransfer>>;
}

const parseFilter = parser(
  z.strictObject({
    status: z.enum(transferStatuses).optional(),
    from: storeId.optional(),
    to: storeId.optional(),
    sku: sku.optional(),
    reference: reference.optional(),
    order: z.enum(["asc", "desc"]).default("asc"),
    ...pageFields,
  }),
);
const parseId = parser(z.strictObject({ id: z.string().max(64) }));
/** What every question here takes, by its name. */
export const transferQueries = { get: parseId, list: parseFilter };

interface Page {
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly descending: boolean;
}

export function createTransfers(run: Run, storage: Reads): TransfersApi {
  return {
    ship: (input) => run(ship, input),
    receive: async (id, options) => run(receive, inputOf(options, { id })),
    cancel: async (id, options) => run(cancel, inputOf(options, { id })),

    async get(given, options) {
      const { id } = parseId({ id: given });
      const key = transferKey(id);
      const found = key && (await readsAt(storage, options).find(transfers.name, { where: { createdSeq: key[0] }, limit: 1 }));
      const row = found?.rows[0];
      if (row) return toTransfer(row as TransferRow);
      throw new InventoryError("UNKNOWN_TRANSFER", { id });
    },

    async list(filter = {}, options) {
      const reads = readsAt(storage, options);
      const { status, order, limit, cursor, reference: cause, from, to, sku: product } = parseFilter(filter);
      const where = {
        ...defined({ status, referenceType: cause?.type, referenceId: cause?.id }),
        ...(from !== undefined && { fromStoreId: (await findStore(reads, from)).id }),
        ...(to !== undefined && { toStoreId: (await findStore(reads, to)).id }),
      } as Where;
      const page = { limit, cursor, descending: order === "desc" };
      if (product !== undefined) return listOf((await findProduct(reads, product)).sku, reads, where, page);
      const orderBy = [{ column: "createdSeq", descending: page.descending }];
      const { items, nextCursor } = await readPage(reads, transfers, { where, orderBy, limit, cursor }, (row) =>
        toTransfer(row as TransferRow),
      );
      return { items, ...(nextCursor !== undefined && { nextCursor }) };
    },
  };
}

/** Transfers of one product: what is raised in `incoming` says when each was shipped, which is what names it. */
async function listOf(product: string, reads: Reads, where: Where, { limit, cursor, descending }: Page): Promise<List<StockTransfer>> {
  const shipped = await readPage(
    reads,
    incomingEvents,
    {
      where: { sku: product, referenceType: transferReference, delta: { gt: 0 } },
      orderBy: [{ column: "seq", descending }],
      limit,
      cursor,
    },
    (row) => (row as IncomingEventRow).seq,
  );
  const { rows } = await reads.find(transfers.name, {
    where: { ...where, createdSeq: { in: shipped.items } },
    orderBy: [{ column: "createdSeq", descending }],
    limit,
  });
  return {
    items: rows.map((row) => toTransfer(row as TransferRow)),
    ...(shipped.nextCursor !== undefined && { nextCursor: shipped.nextCursor }),
  };
}
