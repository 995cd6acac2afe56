import { InventoryError } from "../../errors";

/** The most groups a report asks a storage for, and the most rows it has. */
export const maximumGroups = 250_000;

/** A report that would not fit is refused: half of one would be a wrong one. */
export const tooLarge = (what: string): InventoryError =>
  new InventoryError("INVALID_INPUT", {
    issues: [{ path: "by", message: `would need ${what}; ask for a store, a category, a shorter period or fewer dimensions` }],
  });
