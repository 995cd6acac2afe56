import type { adjustmentReasons } from "@onhand/core";

/** One kind of line that is no stock, and the name it is counted under. */
interface NotStockRule {
  readonly name: string;
  /** Which column tells. */
  readonly column: "stockCode" | "invoice";
  readonly pattern: RegExp;
}

/** Lines of the invoice that no shelf knows. The first rule that matches names the line. */
export const notStock: readonly NotStockRule[] = [
  { name: "bad debt", column: "invoice", pattern: /^A/i },
  { name: "bad debt", column: "stockCode", pattern: /^B$/i },
  { name: "postage", column: "stockCode", pattern: /^POST$/i },
  { name: "postage", column: "stockCode", pattern: /^DOT$/i },
  { name: "carriage", column: "stockCode", pattern: /^C2$/i },
  { name: "manual entry", column: "stockCode", pattern: /^M$/i },
  { name: "discount", column: "stockCode", pattern: /^D$/i },
  { name: "samples", column: "stockCode", pattern: /^S$/i },
  { name: "bank charges", column: "stockCode", pattern: /^BANK CHARGES$/i },
  { name: "marketplace fee", column: "stockCode", pattern: /^AMAZONFEE$/i },
  { name: "commission", column: "stockCode", pattern: /^CRUK$/i },
  { name: "gift voucher", column: "stockCode", pattern: /^gift_/i },
];

type Reason = (typeof adjustmentReasons)[number];

/** What the notes on adjustments mean. The first pattern found in the note names the reason; a note that says nothing is a correction. */
const reasons: readonly (readonly [RegExp, Reason])[] = [
  [/throw|unsale?able|can't sell/i, "scrapped"],
  [/damag|broken|crack|crush|smash|faulty|wet|water|rust|mould|smudge/i, "damaged"],
  [/found/i, "found"],
  [/lost|missing|myster|not rcvd/i, "lost"],
  [/given away|mailout|sample|showroom|display/i, "promotion"],
  [/code|wrong|incorrect|mix up|credit|sold as|sold in|sold set|sets?\b/i, "data_entry_error"],
];

/** The reason a note on an adjustment gives. */
export const reasonOf = (note: string): Reason => reasons.find(([pattern]) => pattern.test(note))?.[1] ?? "correction";
