import { type MovementRow, movementId, movementPlace, movements } from "../../domain/stock/tables";
import type { Reads, Where } from "../../ports/storage";
import { pagesOf } from "../paging";

const pageSize = 500;

/**
 * Movements of customers and of the warehouse that were undone: what they did never was. An undoing that was undone itself
 * leaves the movement standing.
 *
 * @param where - conditions on `sku` and `storeId`.
 */
export async function* reversedMovements(reads: Reads, where: Where): AsyncIterable<MovementRow> {
  for await (const undoings of movementPages(reads, { ...where, reverses: { not: null } })) {
    const undone = await oddlyUndone(reads, undoings);
    const seqs = [...undone].flatMap((id) => movementPlace(id)?.seq ?? []);
    if (seqs.length === 0) continue;
    for await (const page of movementPages(reads, { seq: { in: [...new Set(seqs)] } })) {
      for (const row of page) if (row.reverses === null && undone.has(movementId(row))) yield row;
    }
  }
}

/** What these undo, unless that was undone in turn. */
async function oddlyUndone(reads: Reads, undoings: readonly MovementRow[]): Promise<ReadonlySet<string>> {
  const undone = new Set(undoings.map((row) => row.reverses as string));
  let latest = new Map(undoings.map((row) => [movementId(row), row.reverses as string]));
  while (latest.size > 0) {
    const next = new Map<string, string>();
    for await (const page of movementPages(reads, { reverses: { in: [...latest.keys()] } })) {
      for (const row of page) next.set(movementId(row), latest.get(row.reverses as string) as string);
    }
    for (const origin of next.values()) if (!undone.delete(origin)) undone.add(origin);
    latest = next;
  }
  return undone;
}

const movementPages = (reads: Reads, where: Where): AsyncIterable<readonly MovementRow[]> =>
  pagesOf<MovementRow>(reads, movements, { where, limit: pageSize });
