import { fromScaled } from "../shared/quantity";
import type { Row } from "../shared/rows";
import type { Reference } from "../shared/schemas";
import { defineTable, type EntityDefinition, type IncomingSource } from "../shared/slice";

/** How a transfer stands. The first two are open: something is still on its way. */
export const transferStatuses = ["in_transit", "partially_received", "received", "cancelled"] as const;
/** One of {@link transferStatuses}. */
export type TransferStatus = (typeof transferStatuses)[number];

export const openTransfers = ["in_transit", "partially_received"] as const satisfies TransferStatus[];

/** A lot or a serial number on a transfer, in the product's unit. */
export interface StockTransferLot {
  readonly lot: string;
  /** What was shipped of it. */
  readonly quantity: number;
  /** What of it is still on its way. */
  readonly inTransit: number;
}

/** One product of a transfer, in the product's unit. `quantity` is the sum of the other four. */
export interface StockTransferLine {
  readonly sku: string;
  /** What was shipped. */
  readonly quantity: number;
  readonly received: number;
  /** What came back when it was cancelled. */
  readonly returned: number;
  /** What was given up when it was cancelled. */
  readonly writtenOff: number;
  /** What is still on its way. */
  readonly inTransit: number;
  /** Of a tracked product, which lots or serial numbers were shipped. */
  readonly lots?: readonly StockTransferLot[];
}

/** Goods on their way from one store to another. Times in epoch milliseconds. */
export interface StockTransfer {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly status: TransferStatus;
  readonly lines: readonly StockTransferLine[];
  /** What caused it. */
  readonly reference?: Reference;
  /** When it should arrive. */
  readonly expectedAt?: number;
  /** Who shipped it. */
  readonly actor?: string;
  /** Why it was cancelled. */
  readonly reason?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When nothing was on its way any more. */
  readonly closedAt?: number;
  /** The command that last changed it. */
  readonly seq: number;
}

/** A lot of a transfer as it is kept, scaled. */
export type TransferLot = Readonly<Record<"lot", string> & Record<"quantity" | "inTransit", number>>;

/** One product of a transfer as it is kept, scaled. Only of a tracked product there are lots. */
export type TransferLine = Readonly<
  Record<"quantity" | "received" | "returned" | "writtenOff" | "decimals", number> & Record<"sku", string>
> & { readonly lots?: readonly TransferLot[] };

/** What last happened to a transfer. */
export type TransferChange = "shipped" | "received" | "cancelled";

export interface TransferRow extends Row {
  /** The command that made it; with a `t` in front, its id. */
  readonly createdSeq: number;
  readonly fromStoreId: string;
  readonly toStoreId: string;
  readonly status: TransferStatus;
  readonly lines: readonly TransferLine[];
  readonly change: TransferChange;
  readonly referenceType: string | null;
  readonly referenceId: string | null;
  readonly expectedAt: number | null;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly closedAt: number | null;
}

export const transfers = defineTable<TransferRow>({
  name: "transfers",
  kind: "state",
  key: ["createdSeq"],
  columns: {
    createdSeq: { type: "integer" },
    fromStoreId: { type: "text" },
    toStoreId: { type: "text" },
    status: { type: "text" },
    lines: { type: "json" },
    change: { type: "text" },
    referenceType: { type: "text", nullable: true },
    referenceId: { type: "text", nullable: true },
    expectedAt: { type: "timestamp", nullable: true },
    actor: { type: "text", nullable: true },
    reason: { type: "text", nullable: true },
    createdAt: { type: "timestamp" },
    updatedAt: { type: "timestamp" },
    closedAt: { type: "timestamp", nullable: true },
  },
  indexes: [["status"], ["fromStoreId", "status"], ["toStoreId", "status"], ["referenceType", "referenceId"]],
});

/** Which transfers a lot was ever on, and whether it still is. */
export interface TransitLotRow extends Row {
  readonly sku: string;
  readonly lot: string;
  /** The transfer's. */
  readonly createdSeq: number;
  readonly open: boolean;
}

export const transitLots = defineTable<TransitLotRow>({
  name: "transit_lots",
  kind: "state",
  key: ["sku", "lot", "createdSeq"],
  columns: { sku: { type: "text" }, lot: { type: "text" }, createdSeq: { type: "integer" }, open: { type: "boolean" } },
  indexes: [],
});

/** What movements of transfers refer to. */
export const transferReference = "transfer";

/** A transfer's id says which command made it. */
export const transferId = (row: { readonly createdSeq: number }): string => `t${row.createdSeq}`;

/** The key that a transfer's id names; undefined when the text is no such id. */
export function transferKey(id: string): readonly [number] | undefined {
  const match = /^t([1-9]\d{0,15})$/.exec(id);
  return match ? [Number(match[1])] : undefined;
}

/** What of a line is still on its way, scaled. */
export const inTransit = ({ quantity, received, returned, writtenOff }: TransferLine): number =>
  quantity - received - returned - writtenOff;

export const isOpen = ({ status }: TransferRow): boolean => openTransfers.some((open) => open === status);

const toLine = (line: TransferLine): StockTransferLine => ({
  sku: line.sku,
  quantity: fromScaled(line.quantity, line.decimals),
  received: fromScaled(line.received, line.decimals),
  returned: fromScaled(line.returned, line.decimals),
  writtenOff: fromScaled(line.writtenOff, line.decimals),
  inTransit: fromScaled(inTransit(line), line.decimals),
  ...(line.lots && { lots: line.lots.map((lot) => toTransferLot(lot, line.decimals)) }),
});

const toTransferLot = ({ lot, quantity, inTransit: left }: TransferLot, decimals: number): StockTransferLot => ({
  lot,
  quantity: fromScaled(quantity, decimals),
  inTransit: fromScaled(left, decimals),
});

export const toTransfer = (row: TransferRow): StockTransfer => ({
  id: transferId(row),
  from: row.fromStoreId,
  to: row.toStoreId,
  status: row.status,
  lines: row.lines.map(toLine),
  ...(row.referenceType !== null && row.referenceId !== null && { reference: { type: row.referenceType, id: row.referenceId } }),
  ...(row.expectedAt !== null && { expectedAt: row.expectedAt }),
  ...(row.actor !== null && { actor: row.actor }),
  ...(row.reason !== null && { reason: row.reason }),
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  ...(row.closedAt !== null && { closedAt: row.closedAt }),
  seq: row.seq,
});

export const transferEntity: EntityDefinition = {
  table: transfers,
  entity: "transfer",
  key: (row) => transferId(row as TransferRow),
  value: (row) => toTransfer(row as TransferRow),
  current: { column: "status", in: openTransfers },
};

/** What open transfers have on its way to the stores they go to. */
export const transferIncoming: IncomingSource = {
  table: transfers,
  open: { column: "status", in: openTransfers },
  expected(row) {
    const { toStoreId: storeId, lines } = row as TransferRow;
    return lines.map((line) => ({ sku: line.sku, storeId, quantity: inTransit(line), decimals: line.decimals }));
  },
};
