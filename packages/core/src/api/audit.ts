import { type ProductRow, products } from "../domain/catalog/tables";
import { type CostLayerRow, costLayers, type ProductCostRow, productCosts } from "../domain/costing/tables";
import { createFolds, type Folds } from "../domain/folds";
import { type LotLevelRow, lotLevels } from "../domain/lots/tables";
import { type ReservationRow, reservations } from "../domain/reservations/tables";
import { fromScaled } from "../domain/shared/quantity";
import { type Key, keyOf, type Row, type TableDefinition } from "../domain/shared/rows";
import { slices } from "../domain/slices";
import { foldLedger, type LedgerFold, type Mismatch } from "../domain/stock/fold";
import { type LevelRow, levels, type MovementRow, movements, untouchedLevel } from "../domain/stock/tables";
import type { Engine } from "../engine/engine";
import type { Clock } from "../ports/clock";
import type { Page, Query, StorageAdapter, StorageTransaction, Where } from "../ports/storage";

/** What `verify` found: of levels, lots and what goods cost. At most 1,000 mismatches are named. */
export interface Verification {
  readonly ok: boolean;
  readonly mismatches: readonly Mismatch[];
  /** The ledger was checked up to here. */
  readonly seq: number;
}

/** What `rebuild` did. */
export interface Rebuilding {
  /** How many levels were wrong and are now what the ledger adds up to. */
  readonly rebuilt: number;
  readonly seq: number;
}

const maximumMismatches = 1_000;
const pageSize = 5_000;

type Find = (table: string, query: Query) => Promise<Page>;

/**
 * Folds the whole ledger while commands go on, then, with writers waiting, what came in meanwhile; and compares. What it keeps
 * meanwhile grows with what is in stock, not with the ledger.
 */
export async function verify(engine: Engine, storage: StorageAdapter): Promise<Verification> {
  const folds = createFolds();
  const found: Mismatch[] = [];
  const note = (mismatches: Iterable<Mismatch>) => {
    for (const mismatch of mismatches) if (found.length < maximumMismatches) found.push(mismatch);
  };
  const folded = new Map<string, number>();
  const foldLogs = async (find: Find) => {
    for (const { table, add } of folds.logs) {
      for await (const row of rowsOf(find, table, { seq: { gt: folded.get(table.name) ?? 0 } })) {
        note(add(row));
        folded.set(table.name, row.seq);
      }
    }
  };
  await foldLogs(storage.find);
  for await (const row of rowsOf<LotLevelRow>(storage.find, lotLevels, { open: false, quantity: { gt: 0 } })) note(closedLot(row));
  return engine.exclusive(async (tx) => {
    const { seq } = await tx.head();
    await foldLogs(tx.find);
    await addReservations(tx, folds.ledger);
    await addIncoming(tx, folds.ledger);
    for await (const mismatches of checkLevels(tx, folds.ledger)) note(mismatches);
    for await (const mismatches of checkLots(tx, folds, seq)) note(mismatches);
    for await (const mismatches of checkCosts(tx, folds)) note(mismatches);
    return { ok: found.length === 0, mismatches: found, seq };
  });
}

async function* checkLevels(tx: StorageTransaction, fold: LedgerFold): AsyncIterable<readonly Mismatch[]> {
  const unseen = new Set(Array.from(fold.keys(), nameOf));
  for await (const level of rowsOf<LevelRow>(tx.find, levels)) {
    unseen.delete(nameOf(level));
    yield fold.check(level);
  }
  for (const key of fold.keys()) if (unseen.has(nameOf(key))) yield fold.check(untouchedLevel(key, fold.level(key).decimals));
}

async function* checkLots(tx: StorageTransaction, { ledger, lots }: Folds, seq: number): AsyncIterable<Iterable<Mismatch>> {
  const tracked = new Set<string>();
  for await (const { sku } of rowsOf<ProductRow>(tx.find, products, { tracking: { not: null } })) tracked.add(sku);
  for (const key of ledger.keys()) if (tracked.has(key.sku)) yield lots.checkLevel(ledger.level(key), seq);
  for await (const row of rowsOf<LotLevelRow>(tx.find, lotLevels, { open: true })) yield lots.check(row);
  yield lots.rest();
}

/** What is used up is not looked at when lots are picked, so there is nothing left of it. */
const closedLot = ({ sku, storeId, lot, quantity, decimals, seq }: LotLevelRow): readonly Mismatch[] => [
  { sku, storeId, lot, field: "lotQuantity", expected: 0, actual: fromScaled(quantity, decimals), seq },
];

async function* checkCosts(tx: StorageTransaction, { ledger, costs }: Folds): AsyncIterable<Iterable<Mismatch>> {
  for await (const row of rowsOf<ProductCostRow>(tx.find, productCosts)) yield costs.take(row, ledger.level(row).onHand);
  for await (const row of rowsOf<CostLayerRow>(tx.find, costLayers, { quantity: { not: 0 } })) costs.layer(row);
  yield costs.check();
}

/** Writes every level that disagrees with its movements, its reservations and what is on its way anew, as one command that notes each in the ledger. Writers wait. */
export function rebuild(engine: Engine, clock: Clock): Promise<Rebuilding> {
  return engine.exclusive(async (tx) => {
    const { seq } = await tx.head();
    const fold = foldLedger();
    for await (const row of rowsOf<MovementRow>(tx.find, movements)) fold.add(row);
    await addReservations(tx, fold);
    await addIncoming(tx, fold);
    const wrong = await wrongLevels(tx, fold);
    if (wrong.length === 0) return { rebuilt: 0, seq };
    const now = clock.now();
    await tx.append(
      movements.name,
      wrong.map((row, line) => noteOf(row, { seq: seq + 1, line, now })),
    );
    await tx.put(
      levels.name,
      wrong.map((row) => Object.freeze({ ...row, seq: seq + 1, updatedAt: now })),
    );
    await tx.advance(seq + 1);
    return { rebuilt: wrong.length, seq: seq + 1 };
  });
}

async function addReservations(tx: StorageTransaction, fold: LedgerFold): Promise<void> {
  for await (const row of rowsOf<ReservationRow>(tx.find, reservations, { status: "active" })) fold.hold(row);
}

async function addIncoming(tx: StorageTransaction, fold: LedgerFold): Promise<void> {
  for (const { incoming } of slices) {
    if (!incoming) continue;
    const { table, open, expected } = incoming;
    for await (const row of rowsOf(tx.find, table, { [open.column]: { in: open.in } }))
      for (const goods of expected(row)) fold.expect(goods);
  }
}

/** No level changes without a movement: this one moves nothing and says what the ledger adds up to. */
const noteOf = ({ sku, storeId, onHand, reserved, decimals }: LevelRow, { seq, line, now }: { seq: number; line: number; now: number }) =>
  Object.freeze<MovementRow>({
    seq,
    line,
    sku,
    storeId,
    type: "adjusted",
    delta: 0,
    onHandAfter: onHand,
    reservedAfter: reserved,
    decimals,
    unitCostAmount: null,
    unitCostCurrency: null,
    unitPriceAmount: null,
    unitPriceCurrency: null,
    reason: "rebuilt",
    referenceType: null,
    referenceId: null,
    actor: null,
    occurredAt: now,
    recordedAt: now,
    idempotencyKey: null,
    lots: null,
    reverses: null,
  });

async function wrongLevels(tx: StorageTransaction, fold: LedgerFold): Promise<LevelRow[]> {
  const wrong: LevelRow[] = [];
  const missing = new Map(Array.from(fold.keys(), (key) => [nameOf(key), key]));
  for await (const level of rowsOf<LevelRow>(tx.find, levels)) {
    missing.delete(nameOf(level));
    if (fold.check(level).length > 0) wrong.push({ ...level, ...partsOf(fold, level) });
  }
  for (const key of missing.values()) wrong.push({ ...untouchedLevel(key, fold.level(key).decimals), ...partsOf(fold, key) });
  return wrong;
}

function partsOf(fold: LedgerFold, key: { readonly sku: string; readonly storeId: string }) {
  const { onHand, reserved, incoming, heldUntil } = fold.level(key);
  return { onHand, reserved, incoming, heldUntil };
}

const nameOf = (key: { readonly sku: string; readonly storeId: string }): string => `${key.sku}\u0000${key.storeId}`;

async function* rowsOf<R extends Row>(find: Find, table: TableDefinition, where: Where = {}): AsyncIterable<R> {
  let after: Key | undefined;
  for (;;) {
    const page: Page = await find(table.name, { where, limit: pageSize, ...(after && { after }) });
    yield* page.rows as readonly R[];
    const last = page.rows.at(-1);
    if (!page.more || !last) return;
    after = keyOf(table, last);
  }
}
