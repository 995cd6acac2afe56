import { fromScaled } from "../shared/quantity";
import type { Row } from "../shared/rows";
import { defineTable, type EntityDefinition } from "../shared/slice";

/** When stock of a product at a store is low, and when it is too much. Quantities are in the product's unit. */
export interface Threshold {
  /** Absent when it is for every product. */
  readonly sku?: string;
  /** Absent when it is for every store: each store by itself, not their sum. */
  readonly storeId?: string;
  /** `available` at or below it is low. */
  readonly reorderPoint: number;
  /** How much to order then. */
  readonly reorderQuantity?: number;
  /** What should never be sold out of, for those who plan orders. */
  readonly safetyStock?: number;
  /** `onHand` above it is too much. */
  readonly maximum?: number;
  readonly updatedAt: number;
  /** The command that last changed it. */
  readonly seq: number;
}

/** What an alert is about: `available` at or below the reorder point, `available` at or below 0, `onHand` above the maximum. */
export const alertTypes = ["low_stock", "out_of_stock", "overstock"] as const;
/** One of {@link alertTypes}. */
export type AlertType = (typeof alertTypes)[number];

/** How an alert stands. `active` and `acknowledged` ones are open; a dismissed one stays quiet until stock has recovered once. */
export const alertStatuses = ["active", "acknowledged", "resolved", "dismissed"] as const;
/** One of {@link alertStatuses}. */
export type AlertStatus = (typeof alertStatuses)[number];

/** Something about a level that somebody should look at. Quantities are in the product's unit, times in epoch milliseconds. */
export interface Alert {
  readonly id: string;
  readonly sku: string;
  readonly storeId: string;
  readonly type: AlertType;
  readonly status: AlertStatus;
  /** The quantity that raised it: `available`, or of `overstock` `onHand`. */
  readonly quantity: number;
  /** What it was measured against then. */
  readonly limit: number;
  /** Who looks after it. */
  readonly assignee?: string;
  readonly raisedAt: number;
  /** When it was resolved or dismissed. */
  readonly closedAt?: number;
  readonly updatedAt: number;
  /** The command that last changed it. */
  readonly seq: number;
}

export interface ThresholdRow extends Row {
  /** Empty: every product. */
  readonly sku: string;
  /** Empty: every store. */
  readonly storeId: string;
  readonly reorderPoint: number;
  readonly reorderQuantity: number | null;
  readonly safetyStock: number | null;
  readonly maximum: number | null;
  readonly decimals: number;
  readonly removed: boolean;
  readonly updatedAt: number;
}

export const thresholds = defineTable<ThresholdRow>({
  name: "thresholds",
  kind: "state",
  key: ["sku", "storeId"],
  columns: {
    sku: { type: "text" },
    storeId: { type: "text" },
    reorderPoint: { type: "integer", scaledBy: "decimals" },
    reorderQuantity: { type: "integer", nullable: true, scaledBy: "decimals" },
    safetyStock: { type: "integer", nullable: true, scaledBy: "decimals" },
    maximum: { type: "integer", nullable: true, scaledBy: "decimals" },
    decimals: { type: "integer" },
    removed: { type: "boolean" },
    updatedAt: { type: "timestamp" },
  },
  indexes: [["storeId"]],
});

/** What last happened to an alert. */
export type AlertChange = "raised" | "acknowledged" | "assigned" | "dismissed" | "resolved";

export interface AlertRow extends Row {
  /** The command that raised it; with its line, its id. */
  readonly createdSeq: number;
  readonly line: number;
  readonly sku: string;
  readonly storeId: string;
  readonly type: AlertType;
  readonly status: AlertStatus;
  readonly quantity: number;
  /** Scaled like `quantity`, however finely the threshold was said. */
  readonly bound: number;
  readonly decimals: number;
  readonly change: AlertChange;
  readonly assignee: string | null;
  readonly raisedAt: number;
  readonly closedAt: number | null;
  readonly updatedAt: number;
}

export const alerts = defineTable<AlertRow>({
  name: "alerts",
  kind: "state",
  key: ["createdSeq", "line"],
  columns: {
    createdSeq: { type: "integer" },
    line: { type: "integer" },
    sku: { type: "text" },
    storeId: { type: "text" },
    type: { type: "text" },
    status: { type: "text" },
    quantity: { type: "integer", scaledBy: "decimals" },
    bound: { type: "integer", scaledBy: "decimals" },
    decimals: { type: "integer" },
    change: { type: "text" },
    assignee: { type: "text", nullable: true },
    raisedAt: { type: "timestamp" },
    closedAt: { type: "timestamp", nullable: true },
    updatedAt: { type: "timestamp" },
  },
  indexes: [["status"], ["sku", "storeId"], ["storeId"]],
});

/** The alerts of a level that are not over: by type an alert's id, or null. A dismissed one stays here until stock has recovered. */
export interface LevelAlertsRow extends Row {
  readonly sku: string;
  readonly storeId: string;
  readonly low_stock: string | null;
  readonly out_of_stock: string | null;
  readonly overstock: string | null;
}

export const levelAlerts = defineTable<LevelAlertsRow>({
  name: "level_alerts",
  kind: "state",
  key: ["sku", "storeId"],
  columns: {
    sku: { type: "text" },
    storeId: { type: "text" },
    low_stock: { type: "text", nullable: true },
    out_of_stock: { type: "text", nullable: true },
    overstock: { type: "text", nullable: true },
  },
  indexes: [],
});

/** An alert's id says which command raised it. */
export const alertId = (row: { readonly createdSeq: number; readonly line: number }): string => `a${row.createdSeq}-${row.line}`;

/** The key that an alert's id names; undefined when the text is no such id. */
export function alertKey(id: string): readonly [number, number] | undefined {
  const match = /^a([1-9]\d{0,15})-(0|[1-9]\d{0,6})$/.exec(id);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

export const isOpen = (row: AlertRow): boolean => row.status === "active" || row.status === "acknowledged";

export const toThreshold = (row: ThresholdRow): Threshold => ({
  ...(row.sku !== "" && { sku: row.sku }),
  ...(row.storeId !== "" && { storeId: row.storeId }),
  reorderPoint: fromScaled(row.reorderPoint, row.decimals),
  ...(row.reorderQuantity !== null && { reorderQuantity: fromScaled(row.reorderQuantity, row.decimals) }),
  ...(row.safetyStock !== null && { safetyStock: fromScaled(row.safetyStock, row.decimals) }),
  ...(row.maximum !== null && { maximum: fromScaled(row.maximum, row.decimals) }),
  updatedAt: row.updatedAt,
  seq: row.seq,
});

export const toAlert = (row: AlertRow): Alert => ({
  id: alertId(row),
  sku: row.sku,
  storeId: row.storeId,
  type: row.type,
  status: row.status,
  quantity: fromScaled(row.quantity, row.decimals),
  limit: fromScaled(row.bound, row.decimals),
  ...(row.assignee !== null && { assignee: row.assignee }),
  raisedAt: row.raisedAt,
  ...(row.closedAt !== null && { closedAt: row.closedAt }),
  updatedAt: row.updatedAt,
  seq: row.seq,
});

export const alertEntity: EntityDefinition = {
  table: alerts,
  entity: "alert",
  key: (row) => alertId(row as AlertRow),
  value: (row) => toAlert(row as AlertRow),
  current: { column: "status", in: ["active", "acknowledged"] },
};
