import type { LotTally } from "../lots/tally";
import { fromScaled } from "../shared/quantity";
import type { Row } from "../shared/rows";
import type { Reference } from "../shared/schemas";
import { defineTable, type EntityDefinition } from "../shared/slice";

/** How a sheet stands: `open` until its differences are booked or it is given up. */
export const countStatuses = ["open", "approved", "cancelled"] as const;
/** One of {@link countStatuses}. */
export type CountStatus = (typeof countStatuses)[number];

/**
 * How a line of a sheet stands. Of an open sheet: `open` until it is counted, `counted`, or `recount` until it is counted again.
 * Of one that is over: `approved` where the difference was booked, `uncounted` where nobody had counted, `cancelled`.
 */
export const countLineStatuses = ["open", "counted", "recount", "approved", "uncounted", "cancelled"] as const;
/** One of {@link countLineStatuses}. */
export type CountLineStatus = (typeof countLineStatuses)[number];

/** A sheet to count a store by. Times in epoch milliseconds. */
export interface StockCount {
  readonly id: string;
  readonly storeId: string;
  readonly status: CountStatus;
  /** Whether what should be there is kept from whoever counts, until it is approved. */
  readonly blind: boolean;
  /** Present when the sheet is for a category. */
  readonly category?: string;
  /** How many products are on it. */
  readonly lineCount: number;
  /** How many of them are counted, without those to be counted again. */
  readonly countedCount: number;
  /** How many of them were not as they should be; once it is approved. */
  readonly differenceCount?: number;
  /** What caused it. */
  readonly reference?: Reference;
  /** Who started it. */
  readonly actor?: string;
  /** Who approved it or gave it up. */
  readonly closedBy?: string;
  /** Why it was given up, or what the approver remarked. */
  readonly reason?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly closedAt?: number;
  /** The command that last changed it. */
  readonly seq: number;
}

/** What was found of a lot or a serial number, in the product's unit. */
export interface TalliedLot {
  readonly lot: string;
  readonly counted: number;
  /** What the books said of it at that moment; absent on a blind sheet until it is approved. So are lots that were not found. */
  readonly expected?: number;
  /** Of a lot that the books did not know: when it expires, epoch milliseconds, as it stands on the goods. */
  readonly expiresAt?: number;
}

/** One count of a product. Quantities are in the product's unit. */
export interface Tally {
  readonly counted: number;
  /** What the level said at that moment; absent on a blind sheet until it is approved. */
  readonly expected?: number;
  /** Of a tracked product: what was found of each lot, and which were not. */
  readonly lots?: readonly TalliedLot[];
  readonly actor?: string;
  readonly countedAt: number;
  /** The command that noted it. */
  readonly seq: number;
}

/** A product on a sheet. Quantities are in the product's unit. */
export interface StockCountLine {
  /** The sheet. */
  readonly countId: string;
  readonly sku: string;
  readonly storeId: string;
  readonly status: CountLineStatus;
  /** What was found, when it was last counted; absent until it is, and while it is to be counted again. */
  readonly counted?: number;
  /** What the level said at that moment. This and the variances are absent on a blind sheet until it is approved. */
  readonly expected?: number;
  /** `counted - expected`: what approval adds to the level, whatever was sold since. */
  readonly variance?: number;
  /** The variance in percent of `expected`; absent where that is 0. */
  readonly variancePercent?: number;
  /** Of a tracked product: what was found of each lot, when it was last counted, and which were not. */
  readonly lots?: readonly TalliedLot[];
  /** Every count of it, oldest first: those before a recount too. */
  readonly tallies: readonly Tally[];
  /** The command that last changed it. */
  readonly seq: number;
}

/** What last happened to a sheet. */
export type CountChange = "started" | "recorded" | "recount_requested" | "approved" | "cancelled";

export interface CountRow extends Row {
  /** The command that made it; with a `c` in front, its id. */
  readonly createdSeq: number;
  readonly storeId: string;
  readonly status: CountStatus;
  readonly blind: boolean;
  readonly category: string | null;
  /** Whether it is for the whole store, so that what is found beside it belongs on it too. */
  readonly whole: boolean;
  readonly lineCount: number;
  readonly countedCount: number;
  readonly differenceCount: number | null;
  readonly change: CountChange;
  readonly referenceType: string | null;
  readonly referenceId: string | null;
  readonly actor: string | null;
  readonly closedBy: string | null;
  readonly reason: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly closedAt: number | null;
}

export const counts = defineTable<CountRow>({
  name: "stock_counts",
  kind: "state",
  key: ["createdSeq"],
  columns: {
    createdSeq: { type: "integer" },
    storeId: { type: "text" },
    status: { type: "text" },
    blind: { type: "boolean" },
    category: { type: "text", nullable: true },
    whole: { type: "boolean" },
    lineCount: { type: "integer", minimum: 0 },
    countedCount: { type: "integer", minimum: 0 },
    differenceCount: { type: "integer", nullable: true },
    change: { type: "text" },
    referenceType: { type: "text", nullable: true },
    referenceId: { type: "text", nullable: true },
    actor: { type: "text", nullable: true },
    closedBy: { type: "text", nullable: true },
    reason: { type: "text", nullable: true },
    createdAt: { type: "timestamp" },
    updatedAt: { type: "timestamp" },
    closedAt: { type: "timestamp", nullable: true },
  },
  indexes: [["storeId", "status"], ["status"]],
});

/** One count as it is kept, scaled. Only of a tracked product there are lots. */
export type TallyRow = {
  readonly counted: number;
  readonly expected: number;
  readonly lots?: readonly LotTally[];
  readonly actor: string | null;
  readonly at: number;
  readonly seq: number;
};

export interface CountLineRow extends Row {
  /** The sheet's `createdSeq`. */
  readonly sheet: number;
  readonly sku: string;
  readonly storeId: string;
  readonly status: CountLineStatus;
  readonly blind: boolean;
  readonly decimals: number;
  readonly tallies: readonly TallyRow[];
}

export const countLines = defineTable<CountLineRow>({
  name: "stock_count_lines",
  kind: "state",
  key: ["sheet", "sku"],
  columns: {
    sheet: { type: "integer" },
    sku: { type: "text" },
    storeId: { type: "text" },
    status: { type: "text" },
    blind: { type: "boolean" },
    decimals: { type: "integer", minimum: 0 },
    tallies: { type: "json" },
  },
  indexes: [
    ["sku", "storeId"],
    ["storeId", "status"],
  ],
});

/** When the books of a level were last set right: what was counted before that is compared with figures that no longer hold. */
export interface CorrectionRow extends Row {
  readonly sku: string;
  readonly storeId: string;
}

export const corrections = defineTable<CorrectionRow>({
  name: "level_corrections",
  kind: "state",
  key: ["sku", "storeId"],
  columns: { sku: { type: "text" }, storeId: { type: "text" } },
  indexes: [],
  tracedBy: ["movements"],
});

/** What movements of sheets refer to. */
export const countReference = "count";

/** A sheet's id says which command made it. */
export const countId = (row: { readonly createdSeq: number }): string => `c${row.createdSeq}`;

/** The key that a sheet's id names; undefined when the text is no such id. */
export function countKey(id: string): readonly [number] | undefined {
  const match = /^c([1-9]\d{0,15})$/.exec(id);
  return match ? [Number(match[1])] : undefined;
}

/** The count of a line that stands; undefined until there is one, and while it is to be counted again. */
export const standing = ({ status, tallies }: CountLineRow): TallyRow | undefined =>
  status === "counted" || status === "approved" ? tallies.at(-1) : undefined;

export const toStockCount = (row: CountRow): StockCount => ({
  id: countId(row),
  storeId: row.storeId,
  status: row.status,
  blind: row.blind,
  ...(row.category !== null && { category: row.category }),
  lineCount: row.lineCount,
  countedCount: row.countedCount,
  ...(row.differenceCount !== null && { differenceCount: row.differenceCount }),
  ...(row.referenceType !== null && row.referenceId !== null && { reference: { type: row.referenceType, id: row.referenceId } }),
  ...(row.actor !== null && { actor: row.actor }),
  ...(row.closedBy !== null && { closedBy: row.closedBy }),
  ...(row.reason !== null && { reason: row.reason }),
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  ...(row.closedAt !== null && { closedAt: row.closedAt }),
  seq: row.seq,
});

export function toCountLine(row: CountLineRow): StockCountLine {
  const { decimals } = row;
  const shown = !row.blind || row.status === "approved";
  const last = standing(row);
  const lotsOf = ({ lots }: TallyRow) => lots && { lots: lots.filter(({ counted }) => shown || counted > 0).map(toTallied) };
  const toTallied = ({ lot, counted, expected, expiresAt }: LotTally): TalliedLot => ({
    lot,
    counted: fromScaled(counted, decimals),
    ...(shown && { expected: fromScaled(expected, decimals) }),
    ...(expiresAt !== undefined && { expiresAt }),
  });
  const toTally = (tally: TallyRow): Tally => ({
    counted: fromScaled(tally.counted, decimals),
    ...(shown && { expected: fromScaled(tally.expected, decimals) }),
    ...lotsOf(tally),
    ...(tally.actor !== null && { actor: tally.actor }),
    countedAt: tally.at,
    seq: tally.seq,
  });
  return {
    countId: countId({ createdSeq: row.sheet }),
    sku: row.sku,
    storeId: row.storeId,
    status: row.status,
    ...(last && { counted: fromScaled(last.counted, decimals) }),
    ...(last && shown && variancesOf(last, decimals)),
    ...(last && lotsOf(last)),
    tallies: row.tallies.map(toTally),
    seq: row.seq,
  };
}

const variancesOf = ({ counted, expected }: TallyRow, decimals: number) => ({
  expected: fromScaled(expected, decimals),
  variance: fromScaled(counted - expected, decimals),
  ...(expected !== 0 && { variancePercent: ((counted - expected) / Math.abs(expected)) * 100 }),
});

export const countEntity: EntityDefinition = {
  table: counts,
  entity: "count",
  key: (row) => countId(row as CountRow),
  value: (row) => toStockCount(row as CountRow),
  current: { column: "status", in: ["open"] },
};

export const countLineEntity: EntityDefinition = {
  table: countLines,
  entity: "countLine",
  key(row) {
    const { sheet, sku } = row as CountLineRow;
    return `${countId({ createdSeq: sheet })}/${encodeURIComponent(sku)}`;
  },
  value: (row) => toCountLine(row as CountLineRow),
  current: { column: "status", in: ["open", "counted", "recount"] },
};
