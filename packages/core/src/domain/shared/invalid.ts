import { type Refusal, refuse } from "../../errors";

/** The refusal of one field. */
export const invalid = (path: string, message: string): Refusal => refuse("INVALID_INPUT", { issues: [{ path, message }] });

/** The refusal of a quantity that a product can't have. */
export const tooFine = (path: string, decimals: number): Refusal => invalid(path, `must have at most ${decimals} decimals and be exact`);
