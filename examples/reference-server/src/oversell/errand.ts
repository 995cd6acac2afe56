/** What is sold, and where. */
export const goods = { sku: "LAST-UNITS", storeId: "shop" } as const;

/** What one process is told. */
export interface Errand {
  readonly address: string;
  readonly name: string;
  readonly attempts: number;
}

/** What became of its attempts. They add up. */
export interface Tally {
  readonly sold: number;
  readonly refused: number;
}
