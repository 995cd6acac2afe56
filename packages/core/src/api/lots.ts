import * as z from "zod";
import type { UpdateLot } from "../domain/lots/commands";
import { type LotResult, updateLot } from "../domain/lots/decide";
import {
  type Lot,
  type LotLevel,
  type LotLevelRow,
  type LotMovement,
  type LotMovementRow,
  type LotRow,
  lotLevels,
  lotMovements,
  lots,
  toLot,
  toLotLevel,
  toLotMovement,
} from "../domain/lots/tables";
import { parser } from "../domain/shared/parse";
import { instant, lotCode, pageFields, sku, storeId } from "../domain/shared/schemas";
import { type TransferRow, type TransitLotRow, toTransfer, transfers, transitLots } from "../domain/transfers/tables";
import type { Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { ReadOptions, Reads, Where } from "../ports/storage";
import { type List, type PageRequest, readPage } from "./paging";
import { findProduct } from "./products";
import { readsAt } from "./reads";
import type { Run } from "./runner";
import type { Instant } from "./stock";
import { findStore } from "./stores";

/** What became of a lot, and where it stands in the ledger. */
export type LotReceipt = LotResult & Receipt;

/** Which lots to list. Everything given must hold. */
export interface LotFilter extends PageRequest {
  readonly sku?: string;
  readonly storeId?: string;
  readonly lot?: string;
}

/** Which lots to warn of. */
export interface ExpiringFilter extends PageRequest {
  /** Those that expire before this time, or have expired already. */
  readonly before: Instant;
  readonly sku?: string;
  readonly storeId?: string;
}

/** How much of a lot is on its way between two stores, in the product's unit. */
export interface LotInTransit {
  readonly transferId: string;
  readonly from: string;
  readonly to: string;
  readonly quantity: number;
}

/** Where a lot came from, where it went, and what of it is left. */
export interface LotTrace extends Lot {
  /** What is left of it, by store. */
  readonly levels: readonly LotLevel[];
  /** What of it is on its way between stores, by transfer. */
  readonly inTransit: readonly LotInTransit[];
  /** Every movement of it, oldest first, a page at a time: with the references of the orders that took it. */
  readonly movements: readonly LotMovement[];
  readonly nextCursor?: string;
}

/**
 * Lots and serial numbers of products that are tracked (`tracking: "lot"` or `"serial"`). They move with stock commands, which name
 * them in `lots`; of products that are not tracked nothing is kept.
 *
 * @see docs/guides/lots.md
 */
export interface LotsApi {
  /**
   * Sets the expiry date of a lot right, wherever its goods are; null: it never expires.
   *
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`, `UNKNOWN_LOT`.
   */
  update(input: UpdateLot): Promise<LotReceipt>;
  /** Lots that are in stock, by SKU and store, a page at a time. Those of a level add up to its `onHand`. */
  list(filter?: LotFilter, options?: ReadOptions): Promise<List<LotLevel>>;
  /**
   * Lots in stock that expire before a time, those first that expire first. What has expired is still there until it is adjusted away.
   *
   * @example
   * const { items } = await inventory.lots.expiring({ before: Date.now() + 14 * 86_400_000, storeId: "berlin" });
   */
  expiring(filter: ExpiringFilter, options?: ReadOptions): Promise<List<LotLevel>>;
  /**
   * Tells where a lot or a serial number is and which movements moved it, for a recall.
   *
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`, `UNKNOWN_LOT`.
   * @example
   * const { levels, movements } = await inventory.lots.trace({ sku: "MILK", lot: "L-0423" });
   * const orders = movements.filter(({ type }) => type === "sold").map(({ reference }) => reference?.id);
   */
  trace(of: { readonly sku: string; readonly lot: string } & PageRequest, options?: ReadOptions): Promise<LotTrace>;
}

const of = { sku: sku.optional(), storeId: storeId.optional() };
const parseFilter = parser(z.strictObject({ ...of, lot: lotCode.optional(), ...pageFields }));
const parseExpiring = parser(z.strictObject({ before: instant, ...of, ...pageFields }));
const parseTrace = parser(z.strictObject({ sku, lot: lotCode, ...pageFields }));

/** What every question here takes, by its name. */
export const lotQueries = { list: parseFilter, expiring: parseExpiring, trace: parseTrace };

/** As many stores as one product can be at, and as many transfers as it can be on. */
const maximumPlaces = 10_000;

export function createLots(run: Run, storage: Reads): LotsApi {
  async function whereOf(reads: Reads, filter: { sku?: string | undefined; storeId?: string | undefined }): Promise<Where> {
    return {
      open: true,
      ...(filter.sku !== undefined && { sku: (await findProduct(reads, filter.sku)).sku }),
      ...(filter.storeId !== undefined && { storeId: (await findStore(reads, filter.storeId)).id }),
    };
  }

  const listed = ({ items, nextCursor }: List<LotLevel>): List<LotLevel> => ({ items, ...(nextCursor !== undefined && { nextCursor }) });

  return {
    update: (input) => run(updateLot, input),

    async list(filter = {}, options) {
      const reads = readsAt(storage, options);
      const { limit, cursor, lot, ...key } = parseFilter(filter);
      const where = { ...(await whereOf(reads, key)), ...(lot !== undefined && { lot }) };
      return listed(await readPage(reads, lotLevels, { where, limit, cursor }, (row) => toLotLevel(row as LotLevelRow)));
    },

    async expiring(filter, options) {
      const reads = readsAt(storage, options);
      const { before, limit, cursor, ...key } = parseExpiring(filter);
      const where = { ...(await whereOf(reads, key)), expiresAt: { lt: before } };
      const query = { where, orderBy: [{ column: "expiresAt" }], limit, cursor };
      return listed(await readPage(reads, lotLevels, query, (row) => toLotLevel(row as LotLevelRow)));
    },

    async trace(wanted, options) {
      const reads = readsAt(storage, options);
      const { sku: given, lot, limit, cursor } = parseTrace(wanted);
      const where = { sku: (await findProduct(reads, given)).sku, lot };
      const known = (await reads.find(lots.name, { where, limit: 1 })).rows[0] as LotRow | undefined;
      if (!known) throw new InventoryError("UNKNOWN_LOT", where);
      const { rows } = await reads.find(lotLevels.name, { where: { ...where, open: true }, limit: maximumPlaces });
      const page = await readPage(reads, lotMovements, { where, limit, cursor }, (row) => toLotMovement(row as LotMovementRow));
      return {
        ...toLot(known),
        levels: (rows as readonly LotLevelRow[]).map(toLotLevel),
        inTransit: await inTransitOf(reads, where),
        movements: page.items,
        ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }),
      };
    },
  };
}

/** What of a lot is on its way: which transfers carry it stands in a table, how much of it on their lines. */
async function inTransitOf(reads: Reads, of: { readonly sku: string; readonly lot: string }): Promise<readonly LotInTransit[]> {
  const { rows: carried } = await reads.find(transitLots.name, { where: { ...of, open: true }, limit: maximumPlaces });
  if (carried.length === 0) return [];
  const createdSeq = { in: carried.map((row) => (row as TransitLotRow).createdSeq) };
  const { rows } = await reads.find(transfers.name, { where: { createdSeq }, limit: carried.length });
  return (rows as readonly TransferRow[]).map(toTransfer).flatMap(({ id, from, to, lines }) => {
    const quantity = lines.find(({ sku }) => sku === of.sku)?.lots?.find(({ lot }) => lot === of.lot)?.inTransit ?? 0;
    return quantity > 0 ? [{ transferId: id, from, to, quantity }] : [];
  });
}
