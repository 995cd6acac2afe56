import {
  type AggregateRow,
  type Aggregation,
  type Key,
  keyOf,
  keyText,
  type Query,
  type Row,
  type TableDefinition,
  type Value,
} from "@onhand/core";
import { aggregatedColumns, compareRows, createAggregator, cursorRow, matcher, requireColumns, totalOrder } from "../shared/query";
import type { Block, History } from "./history";
import { encodeText, type RowCodec } from "./line";

type MaybeLater<T> = T | undefined | Promise<T | undefined>;
type IsWanted = (row: Row) => boolean;

/** A log kept in the journal: its latest rows in memory, older ones read back when asked for. */
export interface LogTable {
  readonly definition: TableDefinition;
  /** At once where the row is in memory, or its block was just read. */
  get(key: Key): MaybeLater<Row>;
  /** Null where there is no row with the key that is this text; undefined where it must be read. */
  peek(key: string): null | undefined;
  find(query: Query): Promise<{ rows: Row[]; more: boolean }>;
  aggregate(aggregation: Aggregation): Promise<AggregateRow[]>;
  /** Rows with a greater seq in seq order: all, or more than `limit` including every row of the seq that passes it. */
  since(seq: number, limit: number): Promise<Row[]>;
  /** Takes in the rows of a durable group, none of them too, before the head moves to it: from the first group on, new rows are in memory. */
  write(rows: readonly Row[]): void;
  /** Takes in a name that a durable row is found by, without the row. */
  know(name: string, seq: number): void;
}

/**
 * The names a row of a log is found by beside its seq: its key, or in a log that is found by position the columns that
 * are indexed alone and may be null, such as what a movement reverses. Few rows have those, so they fit in memory.
 */
export function createLogNames(definition: TableDefinition): (valueIn: (column: string) => Value | undefined) => readonly string[] {
  const { key } = definition;
  if (key[0] !== "seq") return (valueIn) => [keyText(key.map((column) => valueIn(column) as string | number))];
  const columns = sparseColumns(definition);
  return (valueIn) => {
    let names = none;
    for (const column of columns) {
      const value = valueIn(column) ?? null;
      if (value !== null) names = [...names, sparseName(column, value)];
    }
    return names;
  };
}

// Most rows have no such name, and there are very many rows.
const none: readonly string[] = [];

const sparseName = (column: string, value: Value): string => `${column}=${value}`;

const sparseColumns = ({ columns, indexes }: TableDefinition): readonly string[] =>
  indexes.flatMap(([column, ...more]) => {
    const described = column === undefined || more.length > 0 ? undefined : columns[column];
    return column !== undefined && described?.nullable && described.type === "text" ? [column] : [];
  });

interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** Rows of consecutive seqs, and whether they must still be read. */
interface Section {
  readonly fromSeq: number;
  readonly toSeq: number;
  read(needle?: Buffer): readonly Row[] | Promise<readonly Row[]>;
}

const recentRows = 20_000;

export function createLogTable(definition: TableDefinition, codec: RowCodec, history: History, head: () => number): LogTable {
  const positional = definition.key[0] === "seq";
  const sparse = sparseColumns(definition);
  const seqsOfName = new Map<string, number[]>();
  const seqOfKey = new Map<string, number>();
  let recent: Row[] = [];
  // Rows with a greater seq are all in `recent`.
  let recentAfter: number | undefined;

  const memoryStart = () => recentAfter ?? head();

  function write(rows: readonly Row[]): void {
    recentAfter ??= head();
    const sorted = isAscending(rows) ? rows : [...rows].sort((a, b) => a.seq - b.seq);
    for (const row of sorted) recent.push(row);
    if (recent.length > recentRows) forgetOldest();
  }

  function forgetOldest(): void {
    let cut = recent.length - recentRows / 2;
    recentAfter = (recent[cut - 1] as Row).seq;
    while (recent[cut]?.seq === recentAfter) cut++;
    recent = recent.slice(cut);
  }

  /** What may hold rows within bounds, in seq order. One snapshot: later writes don't show. */
  function sections({ low, high }: Bounds): Section[] {
    const border = memoryStart();
    const now = head();
    const found: Section[] = [];
    for (const block of history.blocks().slice(firstBlockFrom(history.blocks(), low))) {
      if (low > border || block.fromSeq > Math.min(high, border)) break;
      const read = async (needle?: Buffer) => {
        const rows = await history.rows(block, definition.name, codec, needle);
        return block.toSeq <= border ? rows : rows.filter((row) => row.seq <= border);
      };
      found.push({ fromSeq: block.fromSeq, toSeq: Math.min(block.toSeq, border), read });
    }
    const kept = recent;
    const length = kept.length;
    if (high > border) {
      const start = lowerBound(kept, Math.max(low, border + 1));
      found.push({ fromSeq: border, toSeq: now, read: () => kept.slice(start, length) });
    }
    return found;
  }

  function get(key: Key): MaybeLater<Row> {
    const text = keyText(key);
    const seq = positional ? (key[0] as number) : seqOfKey.get(text);
    if (seq === undefined || seq > head()) return undefined;
    const isWanted = (row: Row) => keyText(keyOf(definition, row)) === text;
    return seq <= memoryStart() ? readBack(seq, isWanted) : rowIn(recent, seq, isWanted);
  }

  /** Looks in the few blocks that may hold a seq, one after the other; at once in those that are at hand. */
  function readBack(seq: number, isWanted: IsWanted, blocks = history.blocks(), from = firstBlockFrom(blocks, seq)): MaybeLater<Row> {
    for (let at = from; at < blocks.length && (blocks[at] as Block).fromSeq <= seq; at++) {
      const rows = history.rows(blocks[at] as Block, definition.name, codec);
      if (rows instanceof Promise) return rows.then((read) => rowIn(read, seq, isWanted) ?? readBack(seq, isWanted, blocks, at + 1));
      const row = rowIn(rows, seq, isWanted);
      if (row) return row;
    }
    return undefined;
  }

  async function find(query: Query): Promise<{ rows: Row[]; more: boolean }> {
    const order = totalOrder(definition, query.orderBy);
    requireColumns(definition, [...Object.keys(query.where ?? {}), ...(query.search?.columns ?? []), ...order.map(({ column }) => column)]);
    const named = positional ? undefined : nameInKey(query);
    const seq = named === undefined ? undefined : seqOfKey.get(named);
    if (named !== undefined && seq === undefined) return { rows: [], more: false };
    const inSeqOrder = order[0]?.column === "seq";
    const descending = (inSeqOrder && order[0]?.descending) ?? false;
    const bounds = seq === undefined ? boundsOf(query, inSeqOrder, descending) : { low: seq, high: seq };
    const compare = compareRows(order);
    const behind = query.after && cursorRow(order, query.after);
    const matches = matcher(query);
    const needle = needleOf(query);
    const seqs = seqsWith(query.where);
    const holding = sections(bounds).filter(({ fromSeq, toSeq }) => !seqs || seqs.some((at) => at >= fromSeq && at <= toSeq));
    const wanted = descending ? holding.reverse() : holding;
    let rows: Row[] = [];
    for (const [index, section] of wanted.entries()) {
      for (const row of await section.read(needle)) if (matches(row) && !(behind && compare(row, behind) <= 0)) rows.push(row);
      if (rows.length <= query.limit) continue;
      rows = rows.sort(compare).slice(0, query.limit + 1);
      const next = wanted[index + 1];
      const last = (rows[query.limit] as Row).seq;
      if (inSeqOrder && next && (descending ? next.toSeq < last : next.fromSeq > last)) break;
    }
    rows.sort(compare);
    return { rows: rows.slice(0, query.limit), more: rows.length > query.limit };
  }

  /** Where rows with a value stand that few rows have; undefined when the conditions name no such column. */
  function seqsWith(where: Query["where"]): readonly number[] | undefined {
    const column = sparse.find((name) => typeof where?.[name] === "string");
    return column === undefined ? undefined : (seqsOfName.get(sparseName(column, where?.[column] as string)) ?? []);
  }

  function know(name: string, seq: number): void {
    if (!positional) seqOfKey.set(name, seq);
    else if (!seqsOfName.get(name)?.push(seq)) seqsOfName.set(name, [seq]);
  }

  function nameInKey(query: Query): string | undefined {
    const key = definition.key.map((column) => query.where?.[column]);
    return key.every((value) => typeof value === "string" || typeof value === "number") ? keyText(key as Key) : undefined;
  }

  /** Bytes every matching line holds, so that lines and blocks without them need not be taken apart. */
  function needleOf(query: Query): Buffer | undefined {
    const texts = Object.entries(query.where ?? {}).flatMap(([column, condition]) =>
      definition.columns[column]?.type === "text" && typeof condition === "string" ? [encodeText(condition)] : [],
    );
    const longest = texts.sort((a, b) => b.length - a.length)[0];
    return longest === undefined ? undefined : Buffer.from(`,${longest},`);
  }

  return {
    definition,
    get,
    peek: (key) => (positional || seqOfKey.has(key) ? undefined : null),
    find,
    write,
    know,

    async aggregate(aggregation) {
      requireColumns(definition, aggregatedColumns(aggregation));
      const aggregator = createAggregator(aggregation);
      const question = { limit: 0, ...(aggregation.where && { where: aggregation.where }) };
      for (const section of sections(boundsOf(question, false, false))) {
        for (const row of await section.read(needleOf(question))) aggregator.add(row);
      }
      return aggregator.groups();
    },

    async since(seq, limit) {
      const rows: Row[] = [];
      for (const section of sections({ low: seq + 1, high: Number.POSITIVE_INFINITY })) {
        const passed = rows[limit];
        if (passed && section.fromSeq > passed.seq) break;
        for (const row of await section.read()) if (row.seq > seq) rows.push(row);
      }
      return rows;
    },
  };
}

function isAscending(rows: readonly Row[]): boolean {
  for (let index = 1; index < rows.length; index++) if ((rows[index] as Row).seq < (rows[index - 1] as Row).seq) return false;
  return true;
}

function lowerBound(rows: readonly Row[], seq: number): number {
  let start = 0;
  let end = rows.length;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if ((rows[middle] as Row).seq < seq) start = middle + 1;
    else end = middle;
  }
  return start;
}

function rowIn(rows: readonly Row[], seq: number, isWanted: IsWanted): Row | undefined {
  for (let at = lowerBound(rows, seq); rows[at]?.seq === seq; at++) if (isWanted(rows[at] as Row)) return rows[at];
  return undefined;
}

function firstBlockFrom(blocks: readonly Block[], seq: number): number {
  let start = 0;
  let end = blocks.length;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if ((blocks[middle] as Block).toSeq < seq) start = middle + 1;
    else end = middle;
  }
  return start;
}

/** The seqs that can match, from conditions on `seq` and from the cursor of a query in seq order. */
function boundsOf(query: Query, inSeqOrder: boolean, descending: boolean): Bounds {
  const condition = query.where?.seq as Value | { gt?: number; gte?: number; lt?: number; lte?: number; in?: number[] } | undefined;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  if (typeof condition === "number") low = high = condition;
  else if (typeof condition === "object" && condition !== null && !Array.isArray(condition)) {
    const { gt, gte, lt, lte, in: any } = condition as { gt?: number; gte?: number; lt?: number; lte?: number; in?: number[] };
    low = Math.max(0, gt ?? 0, gte ?? 0, any ? Math.min(...any) : 0);
    high = Math.min(high, lt ?? high, lte ?? high, any ? Math.max(...any) : high);
  }
  const cursor = inSeqOrder ? (query.after?.[0] as number | undefined) : undefined;
  if (cursor !== undefined && descending) high = Math.min(high, cursor);
  else if (cursor !== undefined) low = Math.max(low, cursor);
  return { low, high };
}
