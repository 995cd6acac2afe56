/** How a product stands: whether anything can be sold, and whether it soon can't. */
export const statuses = ["out", "low", "in-stock"] as const;
export type Status = (typeof statuses)[number];

/** What the stock table calls low until somebody says otherwise; alerts go by thresholds. */
export const defaultLowMark = 10;

/** The status of what is available, where `lowMark` or less is low. */
export function statusOf(available: number, lowMark: number): Status {
  if (available <= 0) return "out";
  return available <= lowMark ? "low" : "in-stock";
}

/** What each status is called on the screen. */
export const statusNames = { out: "Out of stock", low: "Low", "in-stock": "In stock" } as const satisfies Record<Status, string>;

const fullBarMarks = 12;

/**
 * How much of a stock bar is filled, from 0 to 1: full at twelve low marks. The scale is a square root, so that the
 * few that are left show as more than a speck.
 */
export const barShare = (quantity: number, lowMark: number): number =>
  Math.min(1, Math.sqrt(Math.max(0, quantity) / (Math.max(1, lowMark) * fullBarMarks)));
