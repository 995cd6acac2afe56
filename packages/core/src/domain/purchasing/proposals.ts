import type { Refusal } from "../../errors";
import { reservedAt } from "../reservations/expiry";
import { tooFine } from "../shared/invalid";
import { toScaled } from "../shared/quantity";
import { keyText } from "../shared/rows";
import type { Context, Decision, Need, View } from "../shared/slice";
import { eachLine, placeNeeds } from "../stock/ledger";
import { levels } from "../stock/tables";
import { type SupplierRow, suppliers } from "../suppliers/tables";
import { maximumLines, type ParsedDraftFrom, type ParsedProposal } from "./commands";
import { type NewOrder, newOrder, orderLine, orderWrites, storeRefusal, wantedNeeds } from "./order";
import { type OrderLine, type PurchaseOrder, type PurchaseOrderRow, purchaseOrders, toPurchaseOrder } from "./tables";

/** A proposal that came to nothing, and why. */
export interface LeftOut {
  readonly sku: string;
  readonly storeId: string;
  /** `covered`: drafts, or what was ordered or has come since the proposal was made, are enough already. */
  readonly because: "no_supplier" | "unknown_supplier" | "archived_supplier" | "covered";
}

/** The drafts that hold what was proposed, and what was left out. */
export interface DraftedResult {
  /** Only those that were made or changed. */
  readonly purchaseOrders: readonly PurchaseOrder[];
  readonly leftOut: readonly LeftOut[];
}

const draftsOf = ({ storeId }: ParsedProposal, supplierId: string) => ({ supplierId, storeId, status: "draft" });

export const proposalNeeds = ({ proposals }: ParsedDraftFrom, view: View, now: number): readonly Need[] =>
  proposals.flatMap((proposal): readonly Need[] => {
    const { supplierId, sku, storeId } = proposal;
    if (supplierId === undefined) return [];
    return [
      { table: suppliers, key: [supplierId] },
      { table: purchaseOrders, where: draftsOf(proposal, supplierId) },
      ...wantedNeeds(supplierId, [{ sku }], view),
      ...placeNeeds(sku, storeId, view, now),
    ];
  });

/** A draft as it was found, and as the proposals so far leave it. */
interface Page {
  readonly before: PurchaseOrderRow | undefined;
  readonly row: PurchaseOrderRow;
}

/** The drafts of a command as it is being decided. */
interface Book {
  readonly view: View;
  readonly context: Context;
  readonly actor: string | undefined;
  /** By supplier and store, in the order they were made. */
  readonly pages: Map<string, Page[]>;
  readonly leftOut: LeftOut[];
}

/**
 * Brings drafts up to what is proposed, one for each supplier and store. A proposal says to what position its quantity leads; what
 * drafts hold and what is there or on its way by now counts towards it, so drafting the same twice drafts nothing twice.
 */
export function draftProposals(view: View, { proposals, actor }: ParsedDraftFrom, context: Context): Decision<DraftedResult> {
  const book: Book = { view, context, actor, pages: new Map(), leftOut: [] };
  const refusal = eachLine(proposals, (proposal) => draftOne(book, proposal));
  if (refusal) return { refusal };
  const written = [...book.pages.values()].flat().filter(({ before, row }) => row !== before);
  return {
    writes: written.flatMap(({ before, row }) => orderWrites(row, before)),
    result: { purchaseOrders: written.map(({ row }) => toPurchaseOrder(row)), leftOut: book.leftOut },
  };
}

function draftOne(book: Book, proposal: ParsedProposal): Refusal | undefined {
  const { view, leftOut } = book;
  const { sku, storeId, supplierId } = proposal;
  const supplier = supplierId === undefined ? undefined : view.get(suppliers, [supplierId]);
  if (!supplier || supplier.archived) {
    leftOut.push({ sku, storeId, because: supplier ? "archived_supplier" : supplierId === undefined ? "no_supplier" : "unknown_supplier" });
    return undefined;
  }
  const refusal = storeRefusal(view, storeId);
  if (refusal) return refusal;
  const found = orderLine(view, { supplierId: supplier.id, currency: supplier.currency }, proposal);
  if (found.refusal) return found.refusal;
  const pages = pagesAt(book, proposal, supplier);
  const missing = missingOf(book, proposal, found.line, pages);
  if (typeof missing !== "number") return missing;
  if (missing === 0) leftOut.push({ sku: found.line.sku, storeId, because: "covered" });
  else addTo(book, pages, { supplier, storeId }, { ...found.line, quantity: missing });
  return undefined;
}

function pagesAt({ view, pages }: Book, proposal: ParsedProposal, supplier: SupplierRow): Page[] {
  const name = keyText([supplier.id, proposal.storeId]);
  const known = pages.get(name) ?? view.find(purchaseOrders, draftsOf(proposal, supplier.id)).map((row) => ({ before: row, row }));
  pages.set(name, known);
  return known;
}

/** What of a proposal is not there, on its way or drafted by now, scaled: in whole multiples, and never more than was proposed. */
function missingOf(
  { view, context }: Book,
  proposal: ParsedProposal,
  { sku, decimals, quantity }: OrderLine,
  pages: readonly Page[],
): number | Refusal {
  const multiple = toScaled(proposal.multiple, decimals);
  if (multiple === undefined) return tooFine("multiple", decimals);
  const minimum = toScaled(proposal.minimum, decimals);
  if (minimum === undefined) return tooFine("minimum", decimals);
  const level = view.get(levels, [sku, proposal.storeId]);
  const position = level ? level.onHand - reservedAt(view, level, context.now) + level.incoming : 0;
  const drafted = pages.flatMap(({ row }) => row.lines).reduce((sum, line) => (line.sku === sku ? sum + line.quantity : sum), 0);
  const goal = Math.round((proposal.available + proposal.incoming) * 10 ** decimals) + quantity;
  const missing = Math.min(quantity, goal - position - drafted);
  if (missing <= 0) return 0;
  const wanted = drafted > 0 ? missing : Math.max(missing, minimum);
  return Math.min(quantity, Math.ceil(wanted / multiple) * multiple);
}

/** Adds a line to a draft with room for it, or to a new one. */
function addTo(book: Book, pages: Page[], of: Pick<NewOrder, "supplier" | "storeId">, line: OrderLine): void {
  const { context, actor } = book;
  const at = pages.findLastIndex(({ row: { lines } }) => lines.length < maximumLines || lines.some(({ sku }) => sku === line.sku));
  const page = pages[at];
  if (!page) {
    const place = [...book.pages.values()].flat().filter(({ before }) => !before).length;
    pages.push({ before: undefined, row: newOrder({ ...of, place, lines: [line], actor }, context) });
    return;
  }
  const { before, row } = page;
  const change = before ? "updated" : "created";
  pages[at] = { before, row: { ...row, seq: context.seq, updatedAt: context.now, change, lines: withLine(row.lines, line) } };
}

const withLine = (lines: readonly OrderLine[], line: OrderLine): readonly OrderLine[] =>
  lines.some(({ sku }) => sku === line.sku)
    ? lines.map((each) => (each.sku === line.sku ? { ...line, quantity: each.quantity + line.quantity } : each))
    : [...lines, line];
