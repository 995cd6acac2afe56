import * as z from "zod";
import { type Amount, amountOf, rounded, unitCostOf } from "../domain/costing/amount";
import type { CorrectCost, SetCosting } from "../domain/costing/commands";
import { type CorrectionResult, type CostingResult, correctCost, setCosting } from "../domain/costing/decide";
import { type CostEntryRow, type CostLayerRow, costEntries, costLayers, type ProductCostRow, productCosts } from "../domain/costing/tables";
import { parser } from "../domain/shared/parse";
import { fromScaled } from "../domain/shared/quantity";
import { type Money, pageFields, sku } from "../domain/shared/schemas";
import { movementId, movementPlace, movements } from "../domain/stock/tables";
import type { Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { ReadOptions, Reads } from "../ports/storage";
import { type List, type PageRequest, readPage } from "./paging";
import { findProduct } from "./products";
import { readsAt } from "./reads";
import { inputOf, type Run } from "./runner";

/** What the goods of a movement cost, with everything that became known later. Quantities are in the product's unit. */
export interface MovementCost {
  readonly movementId: string;
  readonly sku: string;
  readonly storeId: string;
  /** The signed effect on stock; 0 of a movement that was undone. */
  readonly quantity: number;
  /** The signed effect on the value of stock, rounded once: below zero is what a sale cost. */
  readonly value: Money;
  /** How many of its goods nobody knows the cost of. */
  readonly unknown: number;
  /** How many of its goods went out before they came in, and have no cost until then. */
  readonly unsettled: number;
}

/** Goods that came in together and are still here, oldest first: what FIFO takes next. */
export interface CostLayer {
  /** The movement that brought them; absent of what was there when costing began. */
  readonly movementId?: string;
  readonly storeId: string;
  /** What is left of them. Below zero, as many went out before they came. */
  readonly quantity: number;
  /** What that is worth; absent where nobody knows. */
  readonly value?: Money;
  /** What one unit cost, rounded to minor units. */
  readonly unitCost?: Money;
  readonly occurredAt: number;
}

/** What a costing command answers: the product, and where it stands in the ledger. */
export type CostingReceipt = CostingResult & Receipt;
/** What a correction answers: where its amount went, and where it stands in the ledger. */
export type CorrectionReceipt = CorrectionResult & Receipt;

/**
 * What goods cost. A product is costed from the moment somebody says so; others write and read nothing for it.
 *
 * Goods are costed for each product across all its stores: a transfer moves them with their cost. Layers follow the order of
 * the ledger, whatever `occurredAt` says, so an entry of the past changes nothing that was written before it.
 *
 * @see docs/guides/valuation.md
 */
export interface CostingApi {
  /**
   * Begins to cost a product, or changes how. What is there already comes in at `unitCost`, else at the product's `cost`, else at an unknown one.
   * A change of the method keeps the value of stock to the last millionth.
   *
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`; `INVALID_STATE` when it is costed in another currency; `INVALID_INPUT` for a `unitCost` of a product that is costed already.
   * @example
   * await inventory.costing.set({ sku: "TEA-50", method: "fifo", currency: "EUR", unitCost: { amount: 210, currency: "EUR" } });
   */
  set(input: SetCosting): Promise<CostingReceipt>;
  /**
   * Adds to what the goods of a movement cost (takes off, below zero): freight, customs, an invoice that came late or differs. The
   * share of goods that are still here raises the value of stock, the share of those that are gone is cost of goods sold now.
   * Of goods of unknown cost it is what they cost. One entry, whenever it comes: nothing is posted anew.
   *
   * @param id - the movement that brought the goods in.
   * @param input.amount - for all goods of the movement together.
   * @throws {@link InventoryError} `UNKNOWN_MOVEMENT`; `INVALID_STATE` when it is not costed, took goods out or was undone; `INVALID_INPUT` for another currency.
   * @example
   * await inventory.costing.correct("m1042-0", { amount: { amount: 4_900, currency: "EUR" }, reason: "freight", reference: { type: "invoice", id: "2026-118" } });
   */
  correct(id: string, input: Omit<CorrectCost, "id">): Promise<CorrectionReceipt>;
  /**
   * What a movement cost, such as a sale.
   *
   * @throws {@link InventoryError} `UNKNOWN_MOVEMENT`; `INVALID_STATE` when it is not costed.
   */
  movement(id: string, options?: ReadOptions): Promise<MovementCost>;
  /** The open layers of a product, oldest first, a page at a time. An average has none but for what went out before it came. */
  layers(filter: { readonly sku: string } & PageRequest, options?: ReadOptions): Promise<List<CostLayer>>;
}

const parseLayers = parser(z.strictObject({ sku, ...pageFields }));
const parseMovement = parser(z.strictObject({ id: z.string().max(64) }));
/** What every question here takes, by its name. */
export const costingQueries = { movement: parseMovement, layers: parseLayers };

const maximumEntries = 10_000;

export function createCosting(run: Run, storage: Reads): CostingApi {
  return {
    set: (input) => run(setCosting, input),
    correct: async (id, input) => run(correctCost, inputOf(input, { id })),

    async movement(id, options) {
      const reads = readsAt(storage, options);
      const place = movementPlace(parseMovement({ id }).id);
      if (!place) throw new InventoryError("UNKNOWN_MOVEMENT", { id });
      const where = { movementSeq: place.seq, movementLine: place.line };
      const { rows } = await reads.find(costEntries.name, { where, limit: maximumEntries });
      const entries = rows as readonly CostEntryRow[];
      const own = entries.find((entry) => entry.seq === place.seq && entry.line === place.line && entry.part === 0);
      if (!own) throw await notCosted(reads, id, place);
      return costOfMovement(id, own, entries);
    },

    async layers(filter, options) {
      const reads = readsAt(storage, options);
      const { sku: given, limit, cursor } = parseLayers(filter);
      const product = await findProduct(reads, given);
      const { rows } = await reads.find(productCosts.name, { where: { sku: product.sku, storeId: "" }, limit: 1 });
      const pool = rows[0] as ProductCostRow | undefined;
      if (!pool) return { items: [] };
      const where = { sku: product.sku, number: { gte: pool.firstLayer }, quantity: { not: 0 } };
      const query = { where, limit, cursor };
      const { items, nextCursor } = await readPage(reads, costLayers, query, (row) => toLayer(row as CostLayerRow, pool.currency));
      return { items, ...(nextCursor !== undefined && { nextCursor }) };
    },
  };
}

async function notCosted(reads: Reads, id: string, place: { readonly seq: number; readonly line: number }): Promise<InventoryError> {
  const { rows } = await reads.find(movements.name, { where: { seq: place.seq, line: place.line }, limit: 1 });
  if (rows.length === 0) return new InventoryError("UNKNOWN_MOVEMENT", { id });
  return new InventoryError("INVALID_STATE", { entity: "movement", key: id, state: "not costed" });
}

function costOfMovement(id: string, own: CostEntryRow, entries: readonly CostEntryRow[]): MovementCost {
  // What a correction of goods that came in did to those that are gone is no part of what came in.
  const about = entries.filter(({ kind }) => kind === own.kind || kind === "corrected");
  const sum = (column: "quantity" | "unknown" | "owed") => about.reduce((total, entry) => total + entry[column], 0);
  const { sku: of, storeId, currency, decimals } = own;
  const value: Amount = about.reduce((total, entry) => total + amountOf(entry), 0n);
  return {
    movementId: id,
    sku: of,
    storeId,
    quantity: fromScaled(sum("quantity"), decimals),
    value: { amount: rounded(value), currency },
    unknown: fromScaled(Math.abs(sum("unknown")), decimals),
    unsettled: fromScaled(sum("owed"), decimals),
  };
}

function toLayer(row: CostLayerRow, currency: string): CostLayer {
  const { storeId, quantity, decimals, occurredAt } = row;
  const known = quantity > 0 && row.unknown === 0;
  return {
    ...(row.kind !== "opening" && { movementId: movementId({ seq: row.movementSeq, line: row.movementLine }) }),
    storeId,
    quantity: fromScaled(quantity, decimals),
    ...(known && {
      value: { amount: rounded(amountOf(row)), currency },
      unitCost: { amount: rounded(unitCostOf(amountOf(row), quantity, decimals)), currency },
    }),
    occurredAt,
  };
}
