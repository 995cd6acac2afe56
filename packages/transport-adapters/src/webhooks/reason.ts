const maximumReason = 300;

/** Why something failed, no longer than a log and a record can bear. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, maximumReason);
