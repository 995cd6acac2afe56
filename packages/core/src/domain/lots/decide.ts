import { refuse } from "../../errors";
import { products } from "../catalog/tables";
import type { Write } from "../shared/rows";
import { skuKeyOf } from "../shared/sku-key";
import type { CommandDefinition, Need } from "../shared/slice";
import { type ParsedUpdateLot, parse } from "./commands";
import { type Lot, lotLevels, lots, toLot } from "./tables";

/** What became of a lot. */
export interface LotResult {
  readonly lot: Lot;
}

/** Sets an expiry date right, wherever goods of the lot are. What was sold meanwhile stays sold. */
export const updateLot: CommandDefinition<ParsedUpdateLot, LotResult> = {
  name: "lots.update",
  parse: parse.updateLot,
  refusals: ["UNKNOWN_PRODUCT", "UNKNOWN_LOT"],
  needs(input, view): readonly Need[] {
    const key = [skuKeyOf(input.sku)];
    const sku = view.get(products, key)?.sku;
    const product: Need = { table: products, key };
    if (sku === undefined) return [product];
    return [product, { table: lots, key: [sku, input.lot] }, { table: lotLevels, where: { sku, lot: input.lot, open: true } }];
  },
  decide(view, input, { seq }) {
    const product = view.get(products, [skuKeyOf(input.sku)]);
    if (!product) return { refusal: refuse("UNKNOWN_PRODUCT", { sku: input.sku }) };
    const { sku } = product;
    const { lot, expiresAt } = input;
    const before = view.get(lots, [sku, lot]);
    if (!before) return { refusal: refuse("UNKNOWN_LOT", { sku, lot }) };
    const row = { ...before, seq, expiresAt };
    const writes: Write[] = [{ table: lots.name, row }];
    for (const level of view.find(lotLevels, { sku, lot, open: true }))
      writes.push({ table: lotLevels.name, row: { ...level, seq, expiresAt } });
    return { writes, result: { lot: toLot(row) } };
  },
};
