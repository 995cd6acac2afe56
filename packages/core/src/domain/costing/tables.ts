import type { CostingMethod } from "../catalog/tables";
import { defineTable } from "../shared/slice";
import type { MovementType } from "../stock/tables";
import type { AmountColumns } from "./amount";

/**
 * What a product's goods are worth, wherever they stand; and how many of them are at a store. Both are rows of one table, so
 * that one question sees both at the same moment.
 */
export interface ProductCostRow extends AmountColumns {
  readonly sku: string;
  /** Empty: the product as a whole. A store's row has a quantity and nothing else. */
  readonly storeId: string;
  /** Goods owned. Below zero, as much was sold before it came in. */
  readonly quantity: number;
  readonly decimals: number;
  /** The part of it that has left one store for another. */
  readonly transit: number;
  /** The part of it whose cost nobody knows. `value` is of the rest. */
  readonly unknown: number;
  readonly method: CostingMethod;
  readonly currency: string;
  /** The first layer that is open, and the number of the next one. */
  readonly firstLayer: number;
  readonly nextLayer: number;
  /** What one unit cost when some last went out; null before. */
  readonly lastValue: number | null;
  readonly lastMillionths: number | null;
}

export const productCosts = defineTable<ProductCostRow>({
  name: "product_costs",
  kind: "state",
  key: ["sku", "storeId"],
  columns: {
    sku: { type: "text" },
    storeId: { type: "text" },
    quantity: { type: "integer", scaledBy: "decimals" },
    decimals: { type: "integer" },
    transit: { type: "integer", scaledBy: "decimals" },
    unknown: { type: "integer", scaledBy: "decimals" },
    value: { type: "integer" },
    millionths: { type: "integer" },
    method: { type: "text" },
    currency: { type: "text" },
    firstLayer: { type: "integer" },
    nextLayer: { type: "integer" },
    lastValue: { type: "integer", nullable: true },
    lastMillionths: { type: "integer", nullable: true },
  },
  indexes: [],
});

/**
 * Goods that came in together and are still here (FIFO), or, with a quantity below zero, goods that went out before they came
 * (both methods). A product's layers are a queue; there are never goods and debts in it at once.
 */
export interface CostLayerRow extends AmountColumns {
  readonly sku: string;
  readonly number: number;
  /** What is left of it. Of a debt, minus what is not settled yet. */
  readonly quantity: number;
  readonly decimals: number;
  /** Of goods all or nothing; of a debt what was settled with goods of unknown cost. */
  readonly unknown: number;
  readonly storeId: string;
  /** What brought it about. */
  readonly kind: CostKind;
  readonly movementSeq: number;
  readonly movementLine: number;
  readonly occurredAt: number;
}

export const costLayers = defineTable<CostLayerRow>({
  name: "cost_layers",
  kind: "state",
  key: ["sku", "number"],
  columns: {
    sku: { type: "text" },
    number: { type: "integer" },
    quantity: { type: "integer", scaledBy: "decimals" },
    decimals: { type: "integer" },
    unknown: { type: "integer", scaledBy: "decimals" },
    value: { type: "integer" },
    millionths: { type: "integer" },
    storeId: { type: "text" },
    kind: { type: "text" },
    movementSeq: { type: "integer" },
    movementLine: { type: "integer" },
    occurredAt: { type: "timestamp" },
  },
  indexes: [],
});

/** What changed the value of stock. A reversal is of the kind of what it undoes. */
export type CostKind = MovementType | "opening" | "corrected";

/** What a command did to the value of stock. The entries of a product add up to its row in `product_costs`, to the last millionth. */
export interface CostEntryRow extends AmountColumns {
  /** The line of its movement; 0 where a command of costing wrote it. */
  readonly line: number;
  /** 0 is the movement's own; what else follows from it comes behind. */
  readonly part: number;
  readonly sku: string;
  readonly storeId: string;
  readonly kind: CostKind;
  /** The signed effect on goods at the store, as the movement says. */
  readonly quantity: number;
  readonly decimals: number;
  /** The signed effect on goods of unknown cost. */
  readonly unknown: number;
  /** The signed effect on what was sold before it came in. */
  readonly owed: number;
  readonly currency: string;
  /** The movement whose cost this is: of a reversal the one it undoes, of a debt that is settled the one that left it. */
  readonly movementSeq: number;
  readonly movementLine: number;
  /** The layer it made; null where it made none. */
  readonly layer: number | null;
  readonly reason: string | null;
  readonly referenceType: string | null;
  readonly referenceId: string | null;
  readonly actor: string | null;
  readonly occurredAt: number;
}

export const costEntries = defineTable<CostEntryRow>({
  name: "cost_entries",
  kind: "log",
  key: ["seq", "line", "part"],
  columns: {
    line: { type: "integer" },
    part: { type: "integer" },
    sku: { type: "text" },
    storeId: { type: "text" },
    kind: { type: "text" },
    quantity: { type: "integer", scaledBy: "decimals" },
    decimals: { type: "integer" },
    unknown: { type: "integer", scaledBy: "decimals" },
    owed: { type: "integer", scaledBy: "decimals" },
    value: { type: "integer" },
    millionths: { type: "integer" },
    currency: { type: "text" },
    movementSeq: { type: "integer" },
    movementLine: { type: "integer" },
    layer: { type: "integer", nullable: true },
    reason: { type: "text", nullable: true },
    referenceType: { type: "text", nullable: true },
    referenceId: { type: "text", nullable: true },
    actor: { type: "text", nullable: true },
    occurredAt: { type: "timestamp" },
  },
  indexes: [["sku", "occurredAt"], ["occurredAt"], ["movementSeq", "movementLine"]],
});
