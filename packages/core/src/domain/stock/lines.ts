import { type Refusal, refuse } from "../../errors";
import { type ProductRow, products } from "../catalog/tables";
import { arrivalNeeds, countNeeds } from "../lots/choose";
import { invalid } from "../shared/invalid";
import { toScaled } from "../shared/quantity";
import { skuKeyOf } from "../shared/sku-key";
import type { Need, Refused, View } from "../shared/slice";
import type { ParsedLine } from "./commands";
import { archived, type Draft, type EntryDetails, type EntryDraft, type EntryFacts, move, placeNeeds, placeOf, record } from "./ledger";
import type { MovementType } from "./tables";

/** One change of one level, before it is checked. `amount` is in the product's unit; `absolute` sets `onHand` instead of moving it. */
interface Leg {
  readonly storeId: string;
  readonly type: MovementType;
  readonly field: string;
  readonly amount: number;
  readonly absolute?: true;
  /** Whether it takes the lots that the leg before it gives. */
  readonly arrives?: true;
}

type LegsOf = { readonly [Type in ParsedLine["type"]]: (line: Extract<ParsedLine, { type: Type }>) => readonly Leg[] };

/** What each kind of line does to which level. */
const legsOf: LegsOf = {
  receive: (line) => [{ storeId: line.storeId, type: "received", field: "quantity", amount: line.quantity }],
  sell: (line) => [{ storeId: line.storeId, type: "sold", field: "quantity", amount: -line.quantity }],
  return: (line) => [{ storeId: line.storeId, type: "returned", field: "quantity", amount: line.quantity }],
  adjust: (line) => [{ storeId: line.storeId, type: "adjusted", field: "delta", amount: line.delta }],
  count: (line) => [{ storeId: line.storeId, type: "counted", field: "counted", amount: line.counted, absolute: true }],
  transfer: (line) => [
    { storeId: line.from, type: "transferred_out", field: "quantity", amount: -line.quantity },
    { storeId: line.to, type: "transferred_in", field: "quantity", amount: line.quantity, arrives: true },
  ],
};

/** The rows a line reads. */
export function lineNeeds(line: ParsedLine, view: View, now: number): readonly Need[] {
  const product = view.get(products, [skuKeyOf(line.sku)]);
  if (line.type === "transfer")
    return [
      ...placeNeeds(line.sku, line.from, view, now, line.lots),
      ...placeNeeds(line.sku, line.to, view, now, []),
      ...arrivalNeeds(product, line, view, line.lots),
    ];
  const needs = placeNeeds(line.sku, line.storeId, view, now, line.lots);
  return line.type === "count" ? [...needs, ...countNeeds(product, line.storeId, view, line.lots)] : needs;
}

/** Adds what a line does to the ledger, or tells why it can't be done. */
export function addLine(draft: Draft, line: ParsedLine, facts: EntryFacts): Refusal | undefined {
  const product = draft.view.get(products, skuKeyOf(line.sku));
  if (!product) return refuse("UNKNOWN_PRODUCT", { sku: line.sku });
  if (product.archived) return archived("product", product.sku);
  if (line.type === "transfer" && line.from === line.to) return invalid("to", "must be another store");
  const drafts: EntryDraft[] = [];
  for (const leg of (legsOf[line.type] as (line: ParsedLine) => readonly Leg[])(line)) {
    const details = detailsOf(line, facts);
    const given = leg.arrives ? drafts.at(-1)?.lots?.map(({ lot, delta }) => ({ lot, delta: -delta })) : undefined;
    const entry = legDraft(draft, product, leg, draft.entries.length + drafts.length, given ? { ...details, given } : details);
    if (entry.refusal) return entry.refusal;
    drafts.push(entry);
  }
  for (const entry of drafts) record(draft, entry);
  return undefined;
}

function legDraft(draft: Draft, product: ProductRow, leg: Leg, line: number, details: EntryDetails): EntryDraft | Refused {
  const { type, field } = leg;
  const place = placeOf(draft, product, leg.storeId);
  if (place.refusal) return place;
  const amount = toScaled(leg.amount, product.decimals);
  if (amount === undefined) return { refusal: invalid(field, `must have at most ${product.decimals} decimals and be exact`) };
  const delta = leg.absolute ? amount - place.before.onHand : amount;
  return move(draft, { product, type, field, place, line, delta, details });
}

/** A line speaks for itself; what it leaves open, its command says. */
const detailsOf = (line: ParsedLine, facts: EntryFacts): EntryDetails => ({
  unitCost: "unitCost" in line ? line.unitCost : undefined,
  unitPrice: "unitPrice" in line ? line.unitPrice : undefined,
  reason: line.reason,
  reference: line.reference ?? facts.reference,
  actor: facts.actor,
  occurredAt: line.occurredAt ?? facts.occurredAt,
  idempotencyKey: facts.idempotencyKey,
  lots: line.lots,
});
