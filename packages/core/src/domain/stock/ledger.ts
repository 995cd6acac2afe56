import { type InventoryErrorCode, type Refusal, refuse } from "../../errors";
import { type ProductRow, products, stores } from "../catalog/tables";
import { fromScaled, toScaled } from "../shared/quantity";
import { keyText, type Write } from "../shared/rows";
import { type Money, type Reference, skuKeyOf } from "../shared/schemas";
import type { Context, Need, View } from "../shared/slice";
import type { ParsedLine } from "./commands";
import {
  type LevelRow,
  levels,
  type Movement,
  type MovementRow,
  type MovementType,
  movements,
  type StockLevel,
  toMovement,
  toStockLevel,
  untouchedLevel,
} from "./tables";

/** What every stock command answers: the movements it wrote and the levels they left. */
export interface StockResult {
  readonly movements: readonly Movement[];
  readonly levels: readonly StockLevel[];
}

/** Who and why, for lines that don't say it themselves. */
export interface EntryFacts {
  readonly actor?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly reference?: Reference | undefined;
  readonly occurredAt?: number | undefined;
}

/** One change of one level, before it is checked. `amount` is in the product's unit; `absolute` sets `onHand` instead of moving it. */
interface Leg {
  readonly storeId: string;
  readonly type: MovementType;
  readonly field: string;
  readonly amount: number;
  readonly absolute?: true;
}

type LegsOf = { readonly [Type in ParsedLine["type"]]: (line: Extract<ParsedLine, { type: Type }>) => readonly Leg[] };

/** What each kind of line does to which level. */
const legsOf: LegsOf = {
  receive: (line) => [{ storeId: line.storeId, type: "received", field: "quantity", amount: line.quantity }],
  sell: (line) => [{ storeId: line.storeId, type: "sold", field: "quantity", amount: -line.quantity }],
  return: (line) => [{ storeId: line.storeId, type: "returned", field: "quantity", amount: line.quantity }],
  adjust: (line) => [{ storeId: line.storeId, type: "adjusted", field: "delta", amount: line.delta }],
  count: (line) => [{ storeId: line.storeId, type: "counted", field: "counted", amount: line.counted, absolute: true }],
  transfer: (line) => [
    { storeId: line.from, type: "transferred_out", field: "quantity", amount: -line.quantity },
    { storeId: line.to, type: "transferred_in", field: "quantity", amount: line.quantity },
  ],
};

/** What a line may be refused with. */
export const lineRefusals = [
  "UNKNOWN_PRODUCT",
  "UNKNOWN_STORE",
  "INVALID_INPUT",
  "INVALID_STATE",
  "INSUFFICIENT_STOCK",
] as const satisfies InventoryErrorCode[];

/** The rows a line reads. The level's key needs the SKU as the product spells it; it is usually spelt that way already. */
export function lineNeeds(line: ParsedLine, view: View): readonly Need[] {
  const productKey = [skuKeyOf(line.sku)];
  const sku = view.get(products, productKey)?.sku ?? line.sku;
  const needs: Need[] = [{ table: products, key: productKey }];
  if (line.type === "transfer") {
    needs.push({ table: stores, key: [line.from] }, { table: levels, key: [sku, line.from] });
    needs.push({ table: stores, key: [line.to] }, { table: levels, key: [sku, line.to] });
  } else {
    needs.push({ table: stores, key: [line.storeId] }, { table: levels, key: [sku, line.storeId] });
  }
  return needs;
}

/** Movements and levels of one command as it is being decided. A line that is refused leaves no trace. */
export interface Draft {
  add(line: ParsedLine, facts: EntryFacts): Refusal | undefined;
  /** Undoes a movement, whatever its type. */
  undo(row: MovementRow, reverses: string, facts: EntryFacts & { readonly reason: string }): Refusal | undefined;
  readonly writes: () => readonly Write[];
  readonly result: () => StockResult;
}

export function draftLedger(view: View, { now, seq }: Context): Draft {
  const entries: MovementRow[] = [];
  const touched = new Map<string, LevelRow>();

  const levelOf = (product: ProductRow, storeId: string): LevelRow => {
    const key = [product.sku, storeId];
    return touched.get(keyText(key)) ?? view.get(levels, key) ?? untouchedLevel({ sku: product.sku, storeId }, product.decimals);
  };

  function record(drafts: readonly EntryDraft[]): void {
    for (const { level, entry } of drafts) {
      entries.push(entry);
      touched.set(keyText([level.sku, level.storeId]), level);
    }
  }

  function draftOf(product: ProductRow, leg: Leg, delta: number, line: number, details: EntryDetails): EntryDraft | Refused {
    const before = levelOf(product, leg.storeId);
    const onHand = before.onHand + delta;
    if (!Number.isSafeInteger(onHand)) return { refusal: invalid(leg.field, "would pass the largest quantity that is exact") };
    // Stock may always come in; it may go out as far as nobody is promised it and the product may be backordered.
    if (delta < 0 && onHand - before.reserved < -product.backorderLimit) {
      const available = fromScaled(before.onHand - before.reserved, product.decimals);
      const requested = fromScaled(-delta, product.decimals);
      return { refusal: refuse("INSUFFICIENT_STOCK", { sku: product.sku, storeId: leg.storeId, requested, available }) };
    }
    return {
      level: {
        seq,
        sku: before.sku,
        storeId: before.storeId,
        onHand,
        reserved: before.reserved,
        incoming: before.incoming,
        decimals: before.decimals,
        updatedAt: now,
      },
      entry: {
        seq,
        line,
        sku: before.sku,
        storeId: before.storeId,
        type: leg.type,
        delta,
        onHandAfter: onHand,
        reservedAfter: before.reserved,
        decimals: before.decimals,
        unitCostAmount: details.unitCost?.amount ?? null,
        unitCostCurrency: details.unitCost?.currency ?? null,
        reason: details.reason ?? null,
        referenceType: details.reference?.type ?? null,
        referenceId: details.reference?.id ?? null,
        actor: details.actor ?? null,
        occurredAt: details.occurredAt ?? now,
        recordedAt: now,
        idempotencyKey: details.idempotencyKey ?? null,
        reverses: details.reverses ?? null,
      },
    };
  }

  return {
    add(line, facts) {
      const { row: product, refusal } = activeProduct(view, line.sku);
      if (!product) return refusal;
      if (line.type === "transfer" && line.from === line.to) return invalid("to", "must be another store");
      const drafts: EntryDraft[] = [];
      for (const leg of (legsOf[line.type] as (line: ParsedLine) => readonly Leg[])(line)) {
        const unusable = unusableStore(view, leg.storeId);
        if (unusable) return unusable;
        const amount = toScaled(leg.amount, product.decimals);
        if (amount === undefined) return invalid(leg.field, `must have at most ${product.decimals} decimals and be exact`);
        const delta = leg.absolute ? amount - levelOf(product, leg.storeId).onHand : amount;
        const draft = draftOf(product, leg, delta, entries.length + drafts.length, detailsOf(line, facts));
        if (draft.refusal) return draft.refusal;
        drafts.push(draft);
      }
      record(drafts);
      return undefined;
    },

    undo(row, reverses, facts) {
      const { row: product, refusal } = activeProduct(view, row.sku);
      if (!product) return refusal;
      const unusable = unusableStore(view, row.storeId);
      if (unusable) return unusable;
      const leg: Leg = { storeId: row.storeId, type: "adjusted", field: "id", amount: 0 };
      const draft = draftOf(product, leg, 0 - row.delta, entries.length, { ...facts, reverses });
      if (draft.refusal) return draft.refusal;
      record([draft]);
      return undefined;
    },

    writes() {
      const writes: Write[] = [];
      for (const row of entries) writes.push({ table: movements.name, row });
      for (const row of touched.values()) writes.push({ table: levels.name, row });
      return writes;
    },
    result: () => ({ movements: entries.map(toMovement), levels: Array.from(touched.values(), toStockLevel) }),
  };
}

/** What an entry says beside its quantities. */
interface EntryDetails extends EntryFacts {
  readonly unitCost?: Money | undefined;
  readonly reason?: string | undefined;
  readonly reverses?: string | undefined;
}

interface Refused {
  readonly refusal: Refusal;
}

interface EntryDraft {
  readonly refusal?: undefined;
  readonly level: LevelRow;
  readonly entry: MovementRow;
}

/** A line speaks for itself; what it leaves open, its command says. */
const detailsOf = (line: ParsedLine, facts: EntryFacts): EntryDetails => ({
  unitCost: "unitCost" in line ? line.unitCost : undefined,
  reason: line.reason,
  reference: line.reference ?? facts.reference,
  actor: facts.actor,
  occurredAt: line.occurredAt ?? facts.occurredAt,
  idempotencyKey: facts.idempotencyKey,
});

function activeProduct(view: View, sku: string): { readonly row?: ProductRow; readonly refusal?: Refusal } {
  const row = view.get(products, [skuKeyOf(sku)]);
  if (!row) return { refusal: refuse("UNKNOWN_PRODUCT", { sku }) };
  return row.archived ? { refusal: refuse("INVALID_STATE", { entity: "product", key: row.sku, state: "archived" }) } : { row };
}

function unusableStore(view: View, storeId: string): Refusal | undefined {
  const row = view.get(stores, [storeId]);
  if (!row) return refuse("UNKNOWN_STORE", { storeId });
  return row.archived ? refuse("INVALID_STATE", { entity: "store", key: row.id, state: "archived" }) : undefined;
}

const invalid = (path: string, message: string): Refusal => refuse("INVALID_INPUT", { issues: [{ path, message }] });
