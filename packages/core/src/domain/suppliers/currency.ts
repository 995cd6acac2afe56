import type { Refusal } from "../../errors";
import { invalid } from "../shared/invalid";
import type { Money } from "../shared/schemas";

/** The refusal of a cost in another currency than the one that was agreed on. */
export const otherCurrency = (agreed: string | null, unitCost: Money | undefined): Refusal | undefined =>
  agreed === null || unitCost === undefined || unitCost.currency === agreed
    ? undefined
    : invalid("unitCost.currency", `must be ${agreed}, as with this supplier`);
