import { type InventoryErrorCode, type Refusal, refuse } from "../../errors";
import { type ProductRow, products } from "../catalog/tables";
import { invalidLots, type NamedLot } from "../lots/named";
import { invalid } from "../shared/invalid";
import { fromScaled, toScaled } from "../shared/quantity";
import { skuKeyOf } from "../shared/sku-key";
import type { CommandDefinition, Context, Decision, Need, View } from "../shared/slice";
import { changeIncoming } from "../stock/incoming";
import {
  addEntry,
  archived,
  type Draft,
  draftLedger,
  type EntryDetails,
  eachLine,
  lineRefusals,
  placeNeeds,
  placeOf,
  resultOf,
  type StockResult,
  writesOf,
} from "../stock/ledger";
import { besideMovements } from "../stock/recall";
import type { MovementType } from "../stock/tables";
import { type ParsedCancel, type ParsedReceive, type ParsedShip, parse } from "./commands";
import { arrivingLots, endedLots, leftLots, lotCount, lotsInTransit, maximumLots, shippedLots, transitWrites, withoutLots } from "./lots";
import {
  inTransit,
  isOpen,
  type StockTransfer,
  type TransferLine,
  type TransferRow,
  toTransfer,
  transferId,
  transferKey,
  transferReference,
  transfers,
} from "./tables";

/** What every command about a transfer answers: how it stands, and all it wrote. */
export interface TransferResult extends StockResult {
  readonly transfer: StockTransfer;
}

const openRefusals = ["UNKNOWN_TRANSFER", ...lineRefusals] as const satisfies InventoryErrorCode[];

type Input = ParsedShip | ParsedReceive | ParsedCancel;

/** What the movements of a transfer say beside their quantities. */
const detailsOf = (row: { readonly createdSeq: number }, { actor, occurredAt, idempotencyKey }: Input) => ({
  reference: { type: transferReference, id: transferId(row) },
  actor,
  occurredAt,
  idempotencyKey,
});

type Details = ReturnType<typeof detailsOf>;

/** A line of a command with the product it means. Quantities from here on are scaled. */
interface Goods {
  readonly product: ProductRow;
  readonly quantity: number;
}

/** What of a line is still on its way. */
interface LeftGoods extends Goods {
  readonly line: TransferLine;
}

export const ship: CommandDefinition<ParsedShip, TransferResult> = {
  name: "transfers.ship",
  parse: parse.ship,
  refusals: lineRefusals,
  recall: besideMovements(),
  weight: (input) => input.lines.length,
  needs: ({ from, to, lines }, view, now) =>
    lines.flatMap(({ sku, lots }) => [...placeNeeds(sku, from, view, now, lots), ...placeNeeds(sku, to, view, now, [])]),
  decide(view, input, context) {
    if (input.from === input.to) return { refusal: invalid("to", "must be another store") };
    const draft = draftLedger(view, context);
    const details = detailsOf({ createdSeq: context.seq }, input);
    const lines = new Map<string, TransferLine>();
    const refusal = eachLine(input.lines, (line) => {
      const goods = goodsOf(view, line);
      if ("code" in goods) return goods;
      const { sku, decimals } = goods.product;
      if (lines.has(sku)) return invalid("sku", "is on this transfer already");
      const sent: TransferLine = { sku, quantity: goods.quantity, received: 0, returned: 0, writtenOff: 0, decimals };
      lines.set(sku, sent);
      const refused =
        moveGoods(draft, goods, { type: "transferred_out", storeId: input.from }, { ...details, lots: line.lots }) ??
        expectGoods(draft, goods.product, input.to, goods.quantity, details);
      if (refused) return refused;
      lines.set(sku, { ...sent, ...shippedLots(draft.entries.at(-1)) });
      return lotCount(lines.values()) > maximumLots ? invalidLots(`must not be more than ${maximumLots} on one transfer`) : undefined;
    });
    if (refusal) return { refusal };
    return accepted(draft, {
      seq: context.seq,
      createdSeq: context.seq,
      fromStoreId: input.from,
      toStoreId: input.to,
      status: "in_transit",
      lines: [...lines.values()],
      change: "shipped",
      referenceType: input.reference?.type ?? null,
      referenceId: input.reference?.id ?? null,
      expectedAt: input.expectedAt ?? null,
      actor: input.actor ?? null,
      reason: null,
      createdAt: context.now,
      updatedAt: context.now,
      closedAt: null,
    });
  },
};

/** Never more than is on its way: what is over was not shipped, so it is found, and the books are adjusted for it. */
export const receive: CommandDefinition<ParsedReceive, TransferResult> = {
  name: "transfers.receive",
  parse: parse.receive,
  refusals: openRefusals,
  recall: besideMovements(),
  weight: (input) => input.lines?.length ?? 1,
  needs: (input, view, now) => [
    ...needsOf(input.id, view, now, "toStoreId"),
    ...(input.lines ?? []).map(({ sku }) => ({ table: products, key: [skuKeyOf(sku)] })),
  ],
  decide: (view, input, context) =>
    onOpen(view, input.id, context, (row, draft) => {
      const details = detailsOf(row, input);
      const lines = new Map(row.lines.map((line) => [line.sku, line]));
      const named = new Set<string>();
      const arrive = (goods: Goods, lots?: readonly NamedLot[]): Refusal | undefined => {
        const { sku } = goods.product;
        const line = lines.get(sku);
        if (!line) return invalid("sku", "is not on this transfer");
        if (named.has(sku)) return invalid("sku", "is named twice");
        named.add(sku);
        if (goods.quantity > inTransit(line))
          return invalid("quantity", `must not be more than the ${fromScaled(inTransit(line), line.decimals)} in transit`);
        const arriving = arrivingLots(line, goods.product, goods.quantity, lots);
        if ("code" in arriving) return arriving;
        const refused = land(draft, row, goods, { type: "transferred_in", storeId: row.toStoreId }, { ...details, ...arriving });
        lines.set(sku, withoutLots({ ...line, received: line.received + goods.quantity }, draft.entries.at(-1)));
        return refused;
      };
      const refusal = input.lines
        ? eachLine(input.lines, (line) => {
            const goods = goodsOf(view, line);
            return "code" in goods ? goods : arrive(goods, line.lots);
          })
        : eachLine(leftOf(view, row), (goods) => arrive(goods));
      return refusal ? { refusal } : accepted(draft, changed(row, context, { lines: [...lines.values()], change: "received" }), row);
    }),
};

/** What is still on its way goes back to where it came from, in the books; what is given up is then written off there. */
export const cancel: CommandDefinition<ParsedCancel, TransferResult> = {
  name: "transfers.cancel",
  parse: parse.cancel,
  refusals: openRefusals,
  recall: besideMovements(),
  needs: (input, view, now) => [...needsOf(input.id, view, now, "toStoreId"), ...needsOf(input.id, view, now, "fromStoreId")],
  decide: (view, input, context) =>
    onOpen(view, input.id, context, (row, draft) => {
      const lost = input.remaining === "write_off";
      const reason = input.reason ?? (lost ? "lost" : undefined);
      const details = { ...detailsOf(row, input), reason };
      const storeId = row.fromStoreId;
      const refusal = eachLine(leftOf(view, row), (goods) => {
        const { back, gone } = leftLots(goods.line);
        return (
          land(draft, row, goods, { type: "transferred_in", storeId }, { ...details, given: back }) ??
          (lost ? moveGoods(draft, goods, { type: "adjusted", storeId }, { ...details, given: gone }) : undefined)
        );
      });
      if (refusal) return { refusal };
      const lines = row.lines.map((line) => ({ ...endedLots(line), [lost ? "writtenOff" : "returned"]: inTransit(line) }));
      return accepted(draft, changed(row, context, { lines, change: "cancelled", reason: reason ?? null }), row);
    }),
};

function needsOf(id: string, view: View, now: number, place: "fromStoreId" | "toStoreId"): readonly Need[] {
  const key = transferKey(id);
  if (!key) return [];
  const row = view.get(transfers, key);
  const lines = row?.lines ?? [];
  return [
    { table: transfers, key },
    ...lines.flatMap((line) => placeNeeds(line.sku, row?.[place] as string, view, now, lotsInTransit(line))),
  ];
}

/** Finds a transfer with something on its way, or tells why it can't be changed. */
function onOpen(
  view: View,
  id: string,
  context: Context,
  then: (row: TransferRow, draft: Draft) => Decision<TransferResult>,
): Decision<TransferResult> {
  const key = transferKey(id);
  const row = key && view.get(transfers, key);
  if (!row) return { refusal: refuse("UNKNOWN_TRANSFER", { id }) };
  if (!isOpen(row)) return { refusal: refuse("INVALID_STATE", { entity: "transfer", key: id, state: row.status }) };
  return then(row, draftLedger(view, context));
}

/** The product and the quantity a line names, or what is wrong with it. */
function goodsOf(view: View, line: { readonly sku: string; readonly quantity: number }): Goods | Refusal {
  const product = view.get(products, skuKeyOf(line.sku));
  if (!product) return refuse("UNKNOWN_PRODUCT", { sku: line.sku });
  if (product.archived) return archived("product", product.sku);
  const quantity = toScaled(line.quantity, product.decimals);
  return quantity === undefined
    ? invalid("quantity", `must have at most ${product.decimals} decimals and be exact`)
    : { product, quantity };
}

/** All that is still on its way. A product with anything on its way can't be archived. */
const leftOf = (view: View, row: TransferRow): readonly LeftGoods[] =>
  row.lines
    .filter((line) => inTransit(line) > 0)
    .map((line) => ({ line, product: view.get(products, skuKeyOf(line.sku)) as ProductRow, quantity: inTransit(line) }));

interface Step {
  readonly type: Extract<MovementType, "transferred_out" | "transferred_in" | "adjusted">;
  readonly storeId: string;
}

/** Writes what one step does to one level. */
function moveGoods(draft: Draft, { product, quantity }: Goods, { type, storeId }: Step, details: EntryDetails): Refusal | undefined {
  const place = placeOf(draft, product, storeId);
  if (place.refusal) return place.refusal;
  const delta = type === "transferred_in" ? quantity : -quantity;
  return addEntry(draft, { product, type, place, delta }, details).refusal;
}

/** Changes what is on its way to a store. */
function expectGoods(draft: Draft, product: ProductRow, storeId: string, delta: number, details: Details): Refusal | undefined {
  const place = placeOf(draft, product, storeId);
  return place.refusal ?? changeIncoming(draft, place, delta, details).refusal;
}

/** Goods that were on their way are somewhere again. */
const land = (draft: Draft, row: TransferRow, goods: Goods, step: Step, details: Details & EntryDetails): Refusal | undefined =>
  expectGoods(draft, goods.product, row.toStoreId, -goods.quantity, details) ?? moveGoods(draft, goods, step, details);

function changed(
  row: TransferRow,
  { now, seq }: Context,
  to: Pick<TransferRow, "lines" | "change"> & { readonly reason?: string | null },
): TransferRow {
  const left = to.lines.some((line) => inTransit(line) > 0);
  const status = to.change === "cancelled" ? "cancelled" : left ? "partially_received" : "received";
  return { ...row, ...to, seq, status, updatedAt: now, closedAt: left ? null : now };
}

const accepted = (draft: Draft, row: TransferRow, before?: TransferRow): Decision<TransferResult> => ({
  writes: [...writesOf(draft), ...transitWrites(row, before), { table: transfers.name, row }],
  result: { transfer: toTransfer(row), ...resultOf(draft) },
});
