import { refuse } from "../../errors";
import { stores } from "../catalog/tables";
import { changed } from "../shared/patch";
import { fromScaled } from "../shared/quantity";
import { skuKeyOf } from "../shared/sku-key";
import type { CommandDefinition, Need } from "../shared/slice";
import { draftLedger, eachLine, placeNeeds } from "../stock/ledger";
import { type SupplierRow, suppliers } from "../suppliers/tables";
import {
  type ParsedCancel,
  type ParsedCreate,
  type ParsedDraftFrom,
  type ParsedReceive,
  type ParsedSubmit,
  type ParsedUpdate,
  parse,
} from "./commands";
import {
  accepted,
  expectGoods,
  levelNeeds,
  lineRefusals,
  newOrder,
  onOrder,
  orderLines,
  orderNeeds,
  orderRefusals,
  type PurchaseOrderResult,
  storeRefusal,
  supplierInUse,
  wantedNeeds,
} from "./order";
import { type DraftedResult, draftProposals, proposalNeeds } from "./proposals";
import { beginDelivery, type Delivered, receiveLine, withReceived } from "./receipts";
import { incomingOf, openStatuses, orderReceipts, type PurchaseOrderRow } from "./tables";

const dayMs = 86_400_000;

export const create: CommandDefinition<ParsedCreate, PurchaseOrderResult> = {
  name: "purchaseOrders.create",
  parse: parse.create,
  refusals: ["UNKNOWN_SUPPLIER", ...lineRefusals],
  weight: (input) => Math.max(1, input.lines.length),
  needs: (input, view) => [
    { table: suppliers, key: [input.supplierId] },
    { table: stores, key: [input.storeId] },
    ...wantedNeeds(input.supplierId, input.lines, view),
  ],
  decide(view, input, context) {
    const found = supplierInUse(view, input.supplierId);
    if (found.refusal) return found;
    const { supplier } = found;
    const refusal = storeRefusal(view, input.storeId);
    if (refusal) return { refusal };
    const wanted = orderLines(view, { supplierId: supplier.id, currency: supplier.currency }, input.lines);
    if (wanted.refusal) return wanted;
    const row = newOrder({ ...input, supplier, place: 0, lines: wanted.lines }, context);
    return accepted(draftLedger(view, context), row, undefined);
  },
};

/** Of a draft everything but the supplier; of one that was submitted only when it is expected and what is noted about it. */
export const update: CommandDefinition<ParsedUpdate, PurchaseOrderResult> = {
  name: "purchaseOrders.update",
  parse: parse.update,
  refusals: [...orderRefusals, ...lineRefusals],
  weight: (input) => Math.max(1, input.lines?.length ?? 0),
  needs: (input, view) =>
    orderNeeds(input, view, (row): readonly Need[] => [
      ...(input.storeId === undefined ? [] : [{ table: stores, key: [input.storeId] }]),
      ...wantedNeeds(row.supplierId, input.lines ?? [], view),
    ]),
  decide: (view, input, context) =>
    onOrder(view, input, input.lines || input.storeId !== undefined ? ["draft"] : ["draft", ...openStatuses], (before) => {
      const refusal = input.storeId === undefined ? undefined : storeRefusal(view, input.storeId);
      if (refusal) return { refusal };
      const wanted = input.lines ? orderLines(view, before, input.lines) : { lines: before.lines };
      if (wanted.refusal) return wanted;
      const reference = input.reference === null ? { type: null, id: null } : input.reference;
      const row: PurchaseOrderRow = {
        ...before,
        seq: context.seq,
        updatedAt: context.now,
        change: "updated",
        storeId: input.storeId ?? before.storeId,
        lines: wanted.lines,
        expectedAt: changed(input.expectedAt, before.expectedAt),
        referenceType: changed(reference?.type, before.referenceType),
        referenceId: changed(reference?.id, before.referenceId),
        note: changed(input.note, before.note),
      };
      return accepted(draftLedger(view, context), row, before);
    }),
};

/** From here on the goods are on their way. */
export const submit: CommandDefinition<ParsedSubmit, PurchaseOrderResult> = {
  name: "purchaseOrders.submit",
  parse: parse.submit,
  refusals: [...orderRefusals, "UNKNOWN_SUPPLIER", ...lineRefusals],
  needs: (input, view, now) =>
    orderNeeds(input, view, (row) => [{ table: suppliers, key: [row.supplierId] }, ...levelNeeds(row, view, now)]),
  decide: (view, input, context) =>
    onOrder(view, input, ["draft"], (before) => {
      const found = supplierInUse(view, before.supplierId);
      if (found.refusal) return found;
      if (before.lines.length === 0)
        return { refusal: refuse("INVALID_STATE", { entity: "purchaseOrder", key: input.id, state: "empty" }) };
      const draft = draftLedger(view, context);
      const row: PurchaseOrderRow = {
        ...before,
        seq: context.seq,
        updatedAt: context.now,
        change: "submitted",
        status: "submitted",
        submittedAt: context.now,
        expectedAt: input.expectedAt ?? before.expectedAt ?? expectedFrom(found.supplier, context.now),
      };
      const refusal = eachLine(row.lines, (line) => expectGoods(draft, row, { sku: line.sku, delta: incomingOf(row, line) }, input));
      return refusal ? { refusal } : accepted(draft, row, before);
    }),
};

const expectedFrom = ({ leadTimeDays }: SupplierRow, now: number): number | null =>
  leadTimeDays === null ? null : now + leadTimeDays * dayMs;

export const receive: CommandDefinition<ParsedReceive, PurchaseOrderResult> = {
  name: "purchaseOrders.receive",
  parse: parse.receive,
  refusals: [...orderRefusals, ...lineRefusals, "ALREADY_EXISTS"],
  weight: (input) => Math.max(1, input.lines?.length ?? 0),
  needs: (input, view, now) =>
    orderNeeds(input, view, (row) =>
      deliveredOf(input, row).flatMap(({ sku, lots = [] }) => placeNeeds(sku, row.storeId, view, now, lots)),
    ),
  decide: (view, input, context) =>
    onOrder(view, input, openStatuses, (before) => {
      const draft = draftLedger(view, context);
      const delivery = beginDelivery(draft, before);
      const refusal = eachLine(deliveredOf(input, before), (goods) => receiveLine(delivery, goods, input));
      if (refusal) return { refusal };
      const lines = before.lines.map((line) => delivery.lines.get(skuKeyOf(line.sku)) ?? line);
      const receipts = delivery.receipts.map((row) => ({ table: orderReceipts.name, row }));
      return accepted(draft, withReceived(before, lines, draft, "received"), before, receipts);
    }),
};

/** What has come: as somebody says, or all that was on its way. */
const deliveredOf = ({ lines }: ParsedReceive, row: PurchaseOrderRow): readonly Delivered[] =>
  lines ??
  row.lines
    .map((line) => ({ sku: line.sku, quantity: fromScaled(incomingOf(row, line), line.decimals) }))
    .filter(({ quantity }) => quantity > 0);

/** Nothing more is on its way. What has come stays. */
export const cancel: CommandDefinition<ParsedCancel, PurchaseOrderResult> = {
  name: "purchaseOrders.cancel",
  parse: parse.cancel,
  refusals: [...orderRefusals, ...lineRefusals],
  needs: (input, view, now) => orderNeeds(input, view, (row) => levelNeeds(row, view, now)),
  decide: (view, input, context) =>
    onOrder(view, input, ["draft", ...openStatuses], (before) => {
      const draft = draftLedger(view, context);
      const { now, seq } = context;
      const refusal = eachLine(before.lines, (line) =>
        expectGoods(draft, before, { sku: line.sku, delta: -incomingOf(before, line) }, input),
      );
      if (refusal) return { refusal };
      return accepted(draft, { ...before, seq, updatedAt: now, change: "cancelled", status: "cancelled", closedAt: now }, before);
    }),
};

export const draftFrom: CommandDefinition<ParsedDraftFrom, DraftedResult> = {
  name: "purchaseOrders.draftFrom",
  parse: parse.draftFrom,
  refusals: lineRefusals,
  weight: (input) => Math.max(1, input.proposals.length),
  needs: proposalNeeds,
  decide: draftProposals,
};
