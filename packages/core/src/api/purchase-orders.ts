import * as z from "zod";
import type {
  CancelPurchaseOrder,
  CreatePurchaseOrder,
  DraftPurchaseOrders,
  ReceivePurchaseOrder,
  SubmitPurchaseOrder,
  UpdatePurchaseOrder,
} from "../domain/purchasing/commands";
import { cancel, create, draftFrom, receive, submit, update } from "../domain/purchasing/decide";
import type { PurchaseOrderResult } from "../domain/purchasing/order";
import type { DraftedResult } from "../domain/purchasing/proposals";
import {
  type OrderedProductRow,
  orderedProducts,
  type PurchaseOrder,
  type PurchaseOrderRow,
  type PurchaseOrderStatus,
  purchaseOrderKey,
  purchaseOrderStatuses,
  purchaseOrders,
  toPurchaseOrder,
} from "../domain/purchasing/tables";
import { parser } from "../domain/shared/parse";
import { instant, label, pageFields, type Reference, reference, sku, storeId } from "../domain/shared/schemas";
import type { Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { ReadOptions, Reads, Where } from "../ports/storage";
import { type List, type PageRequest, readPage } from "./paging";
import { type CommandOptions, defined, findProduct } from "./products";
import { readView } from "./read-view";
import { readsAt } from "./reads";
import { inputOf, type Run } from "./runner";
import type { Instant } from "./stock";
import { findStore } from "./stores";

/** What every command about one purchase order answers. */
export type PurchaseOrderReceipt = PurchaseOrderResult & Receipt;

/** The drafts that hold what was proposed, what was left out, and where it stands in the ledger. */
export type DraftedReceipt = DraftedResult & Receipt;

/** Which purchase orders to list. Everything given must hold. */
export interface PurchaseOrderFilter extends PageRequest {
  readonly status?: PurchaseOrderStatus;
  readonly supplierId?: string;
  readonly storeId?: string;
  /** Those with a line for this product. A page may then have fewer orders than `limit`, or none, and a `nextCursor` still. */
  readonly sku?: string;
  readonly reference?: Reference;
  /** Those whose goods were or are expected before this time. */
  readonly expectedBefore?: Instant;
  /** Newest first (`desc`) unless said. */
  readonly order?: "asc" | "desc";
}

/**
 * Orders to suppliers: `draft → submitted → partially_received → received`, or `cancelled`.
 *
 * While an order is open, what of it has not come yet counts in `incoming` of its store's levels. Commands answer
 * `{ purchaseOrder, movements, levels, seq, replayed }`. All may be refused with `INVALID_INPUT`, `FORBIDDEN`,
 * `IDEMPOTENCY_MISMATCH`, `QUEUE_FULL` or an error of the storage. Where a line is at fault, `details.lines` names every one that is.
 *
 * @see docs/guides/purchasing.md
 */
export interface PurchaseOrdersApi {
  /**
   * Drafts an order. Nothing is on its way yet.
   *
   * @param input.lines - up to 1,000, each product once, or none yet; `quantity` in the product's unit, `unitCost` for one of it: as agreed with the supplier unless given.
   * @throws {@link InventoryError} `UNKNOWN_SUPPLIER`, `UNKNOWN_STORE`, `UNKNOWN_PRODUCT`; `INVALID_STATE` when one of them is archived; `INVALID_INPUT` for a product twice, or a cost in another currency than the supplier's.
   * @example
   * const { purchaseOrder } = await inventory.purchaseOrders.create({
   *   supplierId: "porzellan-weiss", storeId: "berlin", lines: [{ sku: "CUP", quantity: 48 }], reference: { type: "order", id: "2026-17" },
   * });
   */
  create(input: CreatePurchaseOrder): Promise<PurchaseOrderReceipt>;
  /**
   * Changes what is given and leaves the rest; `lines` takes the place of all lines. Of an order that was submitted only
   * `expectedAt`, `reference` and `note` can be changed.
   *
   * @throws {@link InventoryError} `UNKNOWN_PURCHASE_ORDER`; `INVALID_STATE` naming the status; and what {@link PurchaseOrdersApi.create} throws.
   */
  update(id: string, patch: Omit<UpdatePurchaseOrder, "id">): Promise<PurchaseOrderReceipt>;
  /**
   * Sends a draft off: `incoming` of its levels goes up by what is ordered.
   *
   * @param options.expectedAt - when the goods should be there; as drafted, or after the supplier's lead time, unless given.
   * @throws {@link InventoryError} `UNKNOWN_PURCHASE_ORDER`; `INVALID_STATE` when it is no draft, has no lines, or its supplier, store or a product is archived.
   * @example
   * await inventory.purchaseOrders.submit(purchaseOrder.id, { actor: "mia" });
   */
  submit(id: string, options?: Omit<SubmitPurchaseOrder, "id">): Promise<PurchaseOrderReceipt>;
  /**
   * Takes goods in: a `received` movement for each line, with its unit cost and `reference: { type: "purchase_order", id }`, and `incoming` down by as much.
   *
   * With the last of them the order is `received`; until then it is `partially_received`, and what is missing stays on its way until it comes or
   * the order is cancelled. A movement that is undone by `stock.reverse` is taken back from the order, which then waits for the goods again.
   *
   * @param options.lines - what has come; all that is on its way unless given. Of a tracked product `lots` says which lots or serial numbers came, each with its
   * expiry date; a line may name several.
   * @param options.overDelivery - `"accept"` takes in more than was ordered; `"refuse"`, unless said, names the lines that bring too much.
   * @throws {@link InventoryError} `UNKNOWN_PURCHASE_ORDER`; `INVALID_STATE` when nothing is on its way; `INVALID_INPUT` for a product that is not in the order, too much of it, or a tracked one without its lots; `ALREADY_EXISTS` for a serial number that is in stock.
   * @example
   * await inventory.purchaseOrders.receive(purchaseOrder.id, { lines: [{ sku: "CUP", quantity: 36 }], idempotencyKey: "delivery-7781" });
   */
  receive(id: string, options?: Omit<ReceivePurchaseOrder, "id">): Promise<PurchaseOrderReceipt>;
  /**
   * Ends an order: what has not come is not on its way any more. What has come stays.
   *
   * @throws {@link InventoryError} `UNKNOWN_PURCHASE_ORDER`; `INVALID_STATE` when it is `received` or `cancelled`.
   */
  cancel(id: string, options?: Omit<CancelPurchaseOrder, "id">): Promise<PurchaseOrderReceipt>;
  /**
   * Drafts what {@link ForecastsApi.reorder} proposes: one order for each supplier and store, where there is a draft already in that one.
   *
   * A proposal says to what position its quantity leads. What drafts hold, and what has been ordered or has come since, counts towards
   * it: drafting the same proposals again drafts nothing again. Proposals without a supplier in use are named in `leftOut`.
   *
   * @param proposals - up to 1,000. A person may change their `quantity`, or leave some out.
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`, `UNKNOWN_STORE`; `INVALID_STATE` when one of them is archived; `INVALID_INPUT`.
   * @example
   * const { items } = await inventory.forecasts.reorder({ storeId: "berlin" });
   * const { purchaseOrders, leftOut } = await inventory.purchaseOrders.draftFrom(items);
   */
  draftFrom(proposals: readonly DraftPurchaseOrders["proposals"][number][], options?: CommandOptions): Promise<DraftedReceipt>;
  /** As it stands now. @throws {@link InventoryError} `UNKNOWN_PURCHASE_ORDER`. */
  get(id: string, options?: ReadOptions): Promise<PurchaseOrder>;
  /** Orders in the order they were made, newest first, a page at a time. */
  list(filter?: PurchaseOrderFilter, options?: ReadOptions): Promise<List<PurchaseOrder>>;
}

const parseFilter = parser(
  z.strictObject({
    status: z.enum(purchaseOrderStatuses).optional(),
    supplierId: label.optional(),
    storeId: storeId.optional(),
    sku: sku.optional(),
    reference: reference.optional(),
    expectedBefore: instant.optional(),
    order: z.enum(["asc", "desc"]).default("desc"),
    ...pageFields,
  }),
);
const parseId = parser(z.strictObject({ id: z.string().max(64) }));
/** What every question here takes, by its name. */
export const purchaseOrderQueries = { get: parseId, list: parseFilter };

export function createPurchaseOrders(run: Run, storage: Reads): PurchaseOrdersApi {
  return {
    create: (input) => run(create, input),
    update: async (id, patch) => run(update, inputOf(patch, { id })),
    submit: async (id, options) => run(submit, inputOf(options, { id })),
    receive: async (id, options) => run(receive, inputOf(options, { id })),
    cancel: async (id, options) => run(cancel, inputOf(options, { id })),
    draftFrom: async (proposals, options) => run(draftFrom, inputOf(options, { proposals })),

    async get(given, options) {
      const { id } = parseId({ id: given });
      const key = purchaseOrderKey(id);
      if (key) {
        const where = { createdSeq: key[0], place: key[1] };
        const { rows } = await readsAt(storage, options).find(purchaseOrders.name, { where, limit: 1 });
        if (rows[0]) return toPurchaseOrder(rows[0] as PurchaseOrderRow);
      }
      throw new InventoryError("UNKNOWN_PURCHASE_ORDER", { id });
    },

    async list(filter = {}, options) {
      const reads = readsAt(storage, options);
      const { sku: product, order, limit, cursor, ...wanted } = parseFilter(filter);
      if (wanted.storeId !== undefined) await findStore(reads, wanted.storeId);
      const orderBy = purchaseOrders.key.map((column) => ({ column, descending: order === "desc" }));
      if (product === undefined) {
        const query = { where: whereOf(wanted), orderBy, limit, cursor };
        return list(await readPage(reads, purchaseOrders, query, (row) => toPurchaseOrder(row as PurchaseOrderRow)));
      }
      const where = { sku: (await findProduct(reads, product)).sku };
      const page = await readPage(reads, orderedProducts, { where, orderBy, limit, cursor }, (row) => row as OrderedProductRow);
      const keys = page.items.map((row) => [row.createdSeq, row.place] as const);
      const view = await readView(reads, () => keys.map((key) => ({ table: purchaseOrders, key })));
      const rows = keys.flatMap((key) => view.get(purchaseOrders, key) ?? []);
      // A draft may have had the product and lost it.
      const found = rows.filter((row) => row.lines.some((line) => line.sku === where.sku) && isWanted(row, wanted));
      return list({ ...page, items: found.map(toPurchaseOrder) });
    },
  };
}

type Wanted = Omit<ReturnType<typeof parseFilter>, "sku" | "order" | "limit" | "cursor">;

const whereOf = ({ reference: cause, expectedBefore, ...equal }: Wanted): Where =>
  defined({
    ...equal,
    referenceType: cause?.type,
    referenceId: cause?.id,
    ...(expectedBefore !== undefined && { expectedAt: { lt: expectedBefore } }),
  }) as Where;

const isWanted = (row: PurchaseOrderRow, { reference: cause, expectedBefore, ...equal }: Wanted): boolean =>
  Object.entries(defined(equal)).every(([column, value]) => row[column] === value) &&
  (cause === undefined || (row.referenceType === cause.type && row.referenceId === cause.id)) &&
  (expectedBefore === undefined || (row.expectedAt !== null && row.expectedAt < expectedBefore));

const list = <Item>({ items, nextCursor }: List<Item>): List<Item> => ({ items, ...(nextCursor !== undefined && { nextCursor }) });
