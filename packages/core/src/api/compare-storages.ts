import { type Json, type Key, keyOf, rowKeyText, type TableDefinition, type TableSet, type Value } from "../domain/shared/rows";
import type { RowChange, StorageAdapter } from "../ports/storage";

/** A row that is not alike in both storages. */
export interface RowMismatch {
  readonly table: string;
  readonly key: Key;
  /** `missing` in the copy, `unexpected` there, or `different` from the original. */
  readonly problem: "missing" | "unexpected" | "different";
}

/** What comparing found. At most 1,000 mismatches are named. */
export interface Comparison {
  readonly mismatches: readonly RowMismatch[];
  /** How many rows are alike, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Whether the original has nothing newer than what was compared. */
  readonly current: boolean;
}

export interface ComparisonOptions {
  readonly original: StorageAdapter;
  readonly copy: StorageAdapter;
  readonly tables: TableSet;
  /** Where the copy stands; what the original did later is no mismatch. */
  readonly seq: number;
  readonly pageRows: number;
  /** Hears up to where both were compared; throws to give up. */
  readonly onSeq: (seq: number) => void;
}

const maximumMismatches = 1_000;

/** Compares every row of a copy with the original, which may be written to meanwhile. Both are read once, in seq order. */
export async function compareStorages({ original, copy, tables, seq, pageRows, onSeq }: ComparisonOptions): Promise<Comparison> {
  const definitions = new Map(tables.tables.map((table) => [table.name, table]));
  const rows = Object.fromEntries(tables.tables.map(({ name }) => [name, 0]));
  const mismatches: RowMismatch[] = [];
  const superseded = new Map<string, RowChange>();
  let current = true;
  const source = createReader(original, definitions, seq, pageRows);
  const target = createReader(copy, definitions, seq, pageRows);

  function note({ table, row }: RowChange, problem: RowMismatch["problem"]): void {
    if (mismatches.length < maximumMismatches)
      mismatches.push({ table, key: keyOf(definitions.get(table) as TableDefinition, row), problem });
  }

  function missing(change: RowChange): void {
    // Refusals are kept under the number they were decided on, so more may come under the last one at any time.
    if (change.row.seq === seq && definitions.get(change.table)?.kind === "log") current = false;
    else note(change, "missing");
  }

  function unexpected(name: string, change: RowChange): void {
    if (definitions.get(change.table)?.kind === "state") superseded.set(name, change);
    else note(change, "unexpected");
  }

  function compare(ours: RowsOfOneSeq, theirs: RowsOfOneSeq): void {
    for (const [name, change] of theirs) {
      const own = ours.get(name);
      if (!own) unexpected(name, change);
      else if (!isSame(own.row, change.row)) note(change, "different");
      else rows[change.table] = (rows[change.table] ?? 0) + 1;
    }
    for (const [name, change] of ours) if (!theirs.has(name)) missing(change);
  }

  /** A row the original no longer has where the copy has it must have been written over since. */
  async function settleSuperseded(): Promise<void> {
    const later = createReader(original, definitions, Number.POSITIVE_INFINITY, pageRows, seq);
    for (let next = await later.peek(); next; next = await later.peek()) {
      current = false;
      for (const name of (await later.take(next)).keys()) superseded.delete(name);
    }
    for (const change of superseded.values()) note(change, "unexpected");
  }

  for (;;) {
    const [ours, theirs] = [await source.peek(), await target.peek()];
    const at = Math.min(ours ?? Number.POSITIVE_INFINITY, theirs ?? Number.POSITIVE_INFINITY);
    if (at === Number.POSITIVE_INFINITY) break;
    compare(await source.take(at), await target.take(at));
    onSeq(at);
  }
  await settleSuperseded();
  return { mismatches, rows, current };
}

type RowsOfOneSeq = ReadonlyMap<string, RowChange>;

/** Reads a storage's rows from the first up to a seq, one seq at a time. */
interface Reader {
  /** The next seq that has rows; undefined at the end. */
  peek(): Promise<number | undefined>;
  /** The rows of this seq by name, when it is the next one; none otherwise. */
  take(seq: number): Promise<RowsOfOneSeq>;
}

function createReader(
  storage: StorageAdapter,
  definitions: ReadonlyMap<string, TableDefinition>,
  upTo: number,
  limit: number,
  // What was refused before the first command stands under number 0.
  after = -1,
): Reader {
  const tables = [...definitions.keys()];
  let page: readonly RowChange[] = [];
  let at = 0;
  let since = after;
  let more = true;

  async function peek(): Promise<number | undefined> {
    if (at === page.length && more) {
      ({ items: page, more } = await storage.changes(since, { limit, tables }));
      since = page.at(-1)?.row.seq ?? since;
      at = 0;
    }
    const seq = page[at]?.row.seq;
    return seq === undefined || seq > upTo ? undefined : seq;
  }

  return {
    peek,
    async take(seq) {
      const rows = new Map<string, RowChange>();
      if ((await peek()) !== seq) return rows;
      for (; page[at]?.row.seq === seq; at++) {
        const change = page[at] as RowChange;
        rows.set(`${change.table}\u0000${rowKeyText(definitions.get(change.table) as TableDefinition, change.row)}`, change);
      }
      return rows;
    },
  };
}

/** Equal as JSON, in whatever order a database gives the fields of an object. */
function isSame(one: Value | undefined, other: Value | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const fields = Object.keys(one);
  const of = (value: object, field: string) => (value as Readonly<Record<string, Json>>)[field];
  return (
    fields.length === Object.keys(other).length &&
    fields.every((field) => Object.hasOwn(other, field) && isSame(of(one, field), of(other, field)))
  );
}
