import { type Refusal, refuse } from "../../errors";
import type { ProductRow } from "../catalog/tables";
import { fromScaled } from "../shared/quantity";
import { type Key, keyText, type Write } from "../shared/rows";
import type { Need, View } from "../shared/slice";
import type { MovementRow, MovementType } from "../stock/tables";
import { invalidLots, mustName, type NamedLot, type ScaledLot, scaledLots } from "./named";
import { type LotLevelRow, type LotMovementRow, type LotRow, lotLevels, lotMovements, lots } from "./tables";

/** What happens to one lot at one store, scaled and signed. */
export interface LotChange {
  readonly lot: string;
  readonly delta: number;
  readonly expiresAt: number | null;
}

/** What one command does to lots, as it is being decided. */
export interface LotDraft {
  readonly levels: Map<string, LotLevelRow>;
  readonly lots: Map<string, LotRow>;
  readonly entries: LotMovementRow[];
}

export const draftLots = (): LotDraft => ({ levels: new Map(), lots: new Map(), entries: [] });

/** A movement of a tracked product whose lots are to be told. */
export interface LotQuestion {
  readonly view: View;
  readonly draft: LotDraft | undefined;
  readonly product: ProductRow;
  readonly storeId: string;
  readonly type: MovementType;
  readonly delta: number;
  /** What the level has before it. */
  readonly onHand: number;
  /** When it happens: what has expired by then is not sold. */
  readonly at: number;
  readonly named: readonly NamedLot[] | undefined;
  /** Whether it brings back what left for another store, where a serial number then is until it is taken from there. */
  readonly brings?: boolean | undefined;
}

type Answer = readonly LotChange[] | Refusal;

/** Whether lots can't be told, and why. */
export const isRefusal = (answer: Answer): answer is Refusal => "code" in answer;

/** Which rows say what is at a store. */
export const openAt = (sku: string, storeId: string) => ({ sku, storeId, open: true });
const lotKey = (sku: string, storeId: string, lot: string): Key => [sku, storeId, lot];

/** The rows that telling the lots of a movement reads: those named, or all that are at the store. Of an untracked product none. */
export function lotNeeds(
  product: ProductRow | undefined,
  storeId: string,
  view: View,
  named: readonly { readonly lot: string }[] | undefined,
): readonly Need[] {
  if (!product || product.tracking === null) return none;
  const { sku } = product;
  const open: Need = { table: lotLevels, where: openAt(sku, storeId) };
  const here = named ?? view.find(lotLevels, open.where);
  return [
    ...(named ? [] : [open]),
    ...here.flatMap(({ lot }): readonly Need[] => [
      { table: lots, key: [sku, lot] },
      { table: lotLevels, key: lotKey(sku, storeId, lot) },
    ]),
  ];
}

/** What a count of a tracked product reads: what was counted, and what was not. */
export const countNeeds = (
  product: ProductRow | undefined,
  storeId: string,
  view: View,
  named: readonly NamedLot[] | undefined,
): readonly Need[] => (named ? [...lotNeeds(product, storeId, view, named), ...lotNeeds(product, storeId, view, undefined)] : none);

/** What a transfer reads where it arrives: the lots that may come. */
export const arrivalNeeds = (
  product: ProductRow | undefined,
  { from, to }: { readonly from: string; readonly to: string },
  view: View,
  named: readonly NamedLot[] | undefined,
): readonly Need[] =>
  product && product.tracking !== null ? lotNeeds(product, to, view, named ?? view.find(lotLevels, openAt(product.sku, from))) : none;

const none: readonly Need[] = [];

/** Tells which lots a movement concerns, or why that can't be told. */
export function chooseLots(question: LotQuestion): Answer {
  const { product, type, delta, named } = question;
  if (product.tracking === null) return invalidLots(`must be left out: ${product.sku} is not tracked`);
  if (type === "counted") return countedLots(question);
  if (!named) return delta === 0 ? [] : unnamed[type](question);
  const scaled = scaledLots(product, named);
  if ("code" in scaled) return scaled;
  const sum = scaled.reduce((total, { quantity }) => total + quantity, 0);
  if (sum !== Math.abs(delta)) return invalidLots(`must add up to the ${fromScaled(Math.abs(delta), product.decimals)} that are moved`);
  return each(scaled, (lot) => (delta > 0 ? lotIn(question, lot) : lotOut(question, lot)));
}

/** A lot that is told by what a movement goes with, or undoes: another movement, a count. */
export interface GivenLot {
  readonly lot: string;
  readonly delta: number;
  /** Of a lot that nothing is known of; what is known holds. */
  readonly expiresAt?: number | undefined;
}

/** What happens to lots that are given and not named by a caller. */
export const givenLots = (question: LotQuestion, given: readonly GivenLot[]): Answer =>
  each(
    given.map(({ lot, delta, expiresAt }) => ({
      lot,
      quantity: delta,
      expiresAt: lotOf(question.view, question.draft, question.product.sku, lot) ? undefined : expiresAt,
    })),
    (lot) => (lot.quantity > 0 ? lotIn(question, lot) : lotOut(question, { ...lot, quantity: -lot.quantity })),
  );

/** What a movement does that names no lots. */
const unnamed = {
  sold: firstExpired,
  transferred_out: firstExpired,
  transferred_in: unguessed,
  received: unguessed,
  returned: unguessed,
  adjusted: unguessed,
} as const satisfies Record<Exclude<MovementType, "counted">, (question: LotQuestion) => Answer>;

/** Nobody guesses what came in or was set right. */
function unguessed({ product }: LotQuestion): Refusal {
  return mustName(product);
}

/** First expired, first out; of those that expire together, or never, the one that came first. What has expired stays where it is. */
function firstExpired(question: LotQuestion): Answer {
  const { product, storeId, delta, at } = question;
  if (product.tracking === "serial") return mustName(question.product);
  const good = lotsAt(question).filter(({ expiresAt }) => expiresAt === null || expiresAt > at);
  const changes: LotChange[] = [];
  let left = -delta;
  for (const { lot, quantity, expiresAt } of good.sort(byExpiry)) {
    const taken = Math.min(left, quantity);
    if (taken === 0) break;
    changes.push({ lot, delta: -taken, expiresAt });
    left -= taken;
  }
  return left === 0 ? changes : short(product, storeId, -delta, -delta - left);
}

const byExpiry = (a: LotLevelRow, b: LotLevelRow): number =>
  (a.expiresAt ?? Number.MAX_SAFE_INTEGER) - (b.expiresAt ?? Number.MAX_SAFE_INTEGER) ||
  a.createdSeq - b.createdSeq ||
  (a.lot < b.lot ? -1 : 1);

/** Each lot is set to what was counted of it; what was not named was not there. */
function countedLots(question: LotQuestion): Answer {
  const { product, delta, onHand, named } = question;
  if (!named && delta === 0) return [];
  if (!named && onHand + delta !== 0) return mustName(question.product);
  const scaled = scaledLots(product, named ?? []);
  if ("code" in scaled) return scaled;
  if (scaled.reduce((total, { quantity }) => total + quantity, 0) !== onHand + delta)
    return invalidLots(`must add up to the ${fromScaled(onHand + delta, product.decimals)} that were counted`);
  const counted = new Set(scaled.map(({ lot }) => lot));
  const missing = lotsAt(question).filter(({ lot }) => !counted.has(lot));
  const found = each(scaled, (wanted) => {
    const difference = wanted.quantity - (levelOf(question, wanted.lot)?.quantity ?? 0);
    if (difference > 0) return lotIn(question, { ...wanted, quantity: difference });
    return difference < 0 ? lotOut(question, { ...wanted, quantity: -difference }) : undefined;
  });
  if (isRefusal(found)) return found;
  return [...missing.map(({ lot, quantity, expiresAt }) => ({ lot, delta: -quantity, expiresAt })), ...found];
}

function each(scaled: readonly ScaledLot[], change: (lot: ScaledLot) => LotChange | Refusal | undefined): Answer {
  const changes: LotChange[] = [];
  for (const lot of scaled) {
    const changed = change(lot);
    if (changed && "code" in changed) return changed;
    if (changed) changes.push(changed);
  }
  return changes;
}

/** A lot has one expiry date, and a serial number is in one place. */
function lotIn({ view, draft, product, type, brings }: LotQuestion, { lot, quantity, expiresAt }: ScaledLot): LotChange | Refusal {
  const known = lotOf(view, draft, product.sku, lot);
  const refusal = otherExpiry(known, expiresAt);
  if (refusal) return refusal;
  // What is transferred is where it left until it arrives.
  if (known && known.storeId !== null && type !== "transferred_in" && !brings)
    return refuse("ALREADY_EXISTS", { entity: "serial", key: lot });
  return { lot, delta: quantity, expiresAt: known ? known.expiresAt : (expiresAt ?? null) };
}

/** The refusal of an expiry date that is not the one a lot is known by. */
export function otherExpiry(known: LotRow | undefined, expiresAt: number | undefined): Refusal | undefined {
  if (!known || expiresAt === undefined || expiresAt === known.expiresAt) return undefined;
  const end = known.expiresAt === null ? "never expires" : `expires at ${new Date(known.expiresAt).toISOString()}`;
  return invalidLots(`must agree with what is known: ${known.lot} ${end}; lots.update sets it right`);
}

function lotOut(question: LotQuestion, { lot, quantity, expiresAt: said }: ScaledLot): LotChange | Refusal {
  const { product, storeId, type, at } = question;
  const level = levelOf(question, lot);
  const there = level?.quantity ?? 0;
  if (!level || there < quantity) return short(product, storeId, quantity, there, lot);
  const { expiresAt } = level;
  if (said !== undefined && said !== expiresAt) return invalidLots(`must agree with what is known of ${lot}`);
  if (type === "sold" && expiresAt !== null && expiresAt <= at)
    return refuse("INVALID_STATE", { entity: "lot", key: lot, state: "expired" });
  return { lot, delta: -quantity, expiresAt };
}

const short = ({ sku, decimals }: ProductRow, storeId: string, requested: number, available: number, lot?: string): Refusal =>
  refuse("INSUFFICIENT_STOCK", {
    sku,
    storeId,
    ...(lot !== undefined && { lot }),
    requested: fromScaled(requested, decimals),
    available: fromScaled(available, decimals),
  });

const lotOf = (view: View, draft: LotDraft | undefined, sku: string, lot: string): LotRow | undefined => {
  const key = keyText([sku, lot]);
  return draft?.lots.get(key) ?? view.get(lots, key);
};

const levelOf = ({ view, draft, product, storeId }: LotQuestion, lot: string): LotLevelRow | undefined => {
  const key = keyText(lotKey(product.sku, storeId, lot));
  return draft?.levels.get(key) ?? view.get(lotLevels, key);
};

/** The lots that are at a store, as the command has left them so far. */
function lotsAt({ view, draft, product, storeId }: LotQuestion): LotLevelRow[] {
  const here = new Map(
    view.find(lotLevels, openAt(product.sku, storeId)).map((row) => [keyText(lotKey(row.sku, row.storeId, row.lot)), row]),
  );
  for (const [key, row] of draft?.levels ?? []) if (row.sku === product.sku && row.storeId === storeId) here.set(key, row);
  return [...here.values()].filter(({ open }) => open);
}

/** Writes what a movement does to its lots. */
export function moveLots(view: View, draft: LotDraft, { tracking }: ProductRow, row: MovementRow, changes: readonly LotChange[]): void {
  const { seq, line, sku, storeId, type, decimals, referenceType, referenceId, actor, occurredAt } = row;
  for (const { lot, delta, expiresAt } of changes) {
    const key = keyText(lotKey(sku, storeId, lot));
    const before = draft.levels.get(key) ?? view.get(lotLevels, key);
    const known = lotOf(view, draft, sku, lot);
    const createdSeq = known?.createdSeq ?? seq;
    const quantity = (before?.quantity ?? 0) + delta;
    draft.levels.set(key, { seq, sku, storeId, lot, quantity, decimals, open: quantity > 0, expiresAt, createdSeq });
    draft.entries.push({ seq, line, sku, storeId, lot, type, delta, decimals, referenceType, referenceId, actor, occurredAt });
    if (!known || tracking === "serial")
      draft.lots.set(keyText([sku, lot]), {
        seq,
        sku,
        lot,
        expiresAt,
        createdSeq,
        storeId: tracking === "serial" ? placeOf(known, row, delta) : null,
      });
  }
}

/** Where a serial number is after a movement: until it arrives, where it left. One that has already arrived elsewhere is not lost where it leaves. */
function placeOf(known: LotRow | undefined, { storeId, type }: MovementRow, delta: number): string | null {
  if (delta > 0) return storeId;
  if (type === "transferred_out") return known?.storeId ?? null;
  return known && known.storeId !== storeId ? known.storeId : null;
}

export function lotWrites({ levels, lots: changed, entries }: LotDraft): readonly Write[] {
  const writes: Write[] = entries.map((row) => ({ table: lotMovements.name, row }));
  for (const [key, row] of levels) writes.push({ table: lotLevels.name, row, key });
  for (const [key, row] of changed) writes.push({ table: lots.name, row, key });
  return writes;
}
