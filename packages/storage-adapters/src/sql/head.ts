import { InventoryError } from "@onhand/core";
import { exactInteger, type RawRow } from "./rows";

/** The head row: where the ledger stands, and what tells whether somebody else has written. */
export interface HeadState {
  readonly epoch: string;
  readonly seq: number;
  /** Grows with every commit, also with those that take no number. It is what a writer compares. */
  readonly commits: number;
  /** The version of the tables. */
  readonly version: number;
  /** Columns that hold characters beyond the basic plane; see text-order.ts. */
  readonly wide: WideColumns;
}

/** Names of columns as `table.column`. */
export type WideColumns = ReadonlySet<string>;

/** The head row's columns, in the order {@link decodeHead} reads them. */
export const headColumns = ["epoch", "seq", "commits", "version", "wide"] as const;

/** Reads the head row from a statement's first columns. */
export function decodeHead(raw: RawRow | undefined): HeadState {
  if (!raw || raw[0] === null) throw new InventoryError("STORAGE_CORRUPT", { reason: "the head row is missing" });
  return {
    epoch: String(raw[0]),
    seq: exactInteger(raw[1]),
    commits: exactInteger(raw[2]),
    version: exactInteger(raw[3]),
    wide: wideColumns(String(raw[4])),
  };
}

let lastText = "";
let lastColumns: WideColumns = new Set();

/** The columns that a head row's text names: nearly always the text seen last. */
export function wideColumns(text: string): WideColumns {
  if (text !== lastText) {
    lastColumns = new Set(text === "" ? [] : text.split(" "));
    lastText = text;
  }
  return lastColumns;
}

/** The text the head row keeps of them. */
export const wideText = (columns: Iterable<string>): string => [...columns].sort().join(" ");
