import type { AggregateRow, Aggregation, Row, TableDefinition, TableSet, Write } from "@onhand/core";
import { createMemoryTable, type MemoryTable } from "../shared/memory-table";
import type { FileSystem } from "./file-system";
import type { Group, LineToWrite, Position } from "./group";
import type { Layout } from "./header";
import { createHistory, type History } from "./history";
import { createRowCodec, decodeText, type RowCodec, splitFields } from "./line";
import { createLogNames, createLogTable, type LogTable } from "./log-table";

/** A name that a row of a log is found by beside its seq. */
export interface LogKey {
  readonly table: string;
  readonly key: string;
  readonly seq: number;
}

/** Everything a directory says, as it is asked for: state in memory, logs by their places in the journal. */
export interface Ledger {
  readonly history: History;
  /** Where the ledger stands. */
  seq: number;
  /** Keys of segments that have no index yet. */
  readonly unindexed: Map<number, LogKey[]>;
  knows(table: string): boolean;
  codec(table: string): RowCodec;
  state(table: string): MemoryTable;
  log(table: string): LogTable;
  table(name: string): MemoryTable | LogTable;
  aggregate(table: string, aggregation: Aggregation): AggregateRow[] | Promise<AggregateRow[]>;
  /** Rows as the journal's lines. */
  lines(writes: readonly Write[]): readonly LineToWrite[];
  /** Takes in a group that is durable. */
  commit(writes: readonly Write[], before: Position, after: Position): void;
  /** Takes in a group read from the journal. */
  replay(group: Group, layout: Layout): void;
  /** Takes in where a group stands whose rows a snapshot has summed up already. */
  remember(group: Group, layout: Layout): void;
  /** Takes in the key of a row in a log; with `segment`, also for the next index of that segment. */
  know(key: LogKey, segment?: number): void;
  /** The rows of a group. */
  writesOf(group: Group, layout: Layout): Write[];
  readonly definitions: readonly TableDefinition[];
}

const none: readonly Row[] = [];

export function createLedger(set: TableSet, files: FileSystem, directory: string): Ledger {
  const history = createHistory(files, directory);
  const codecs = new Map(set.tables.map((table) => [table.name, createRowCodec(table)]));
  const states = new Map<string, MemoryTable>();
  const logs = new Map<string, LogTable>();
  const names = new Map<LogTable, ReturnType<typeof createLogNames>>();
  const unindexed = new Map<number, LogKey[]>();
  const readers = new WeakMap<Layout, Map<string, (seq: number, fields: string) => Row>>();
  let seq = 0;

  for (const table of set.tables) {
    if (table.kind === "state") states.set(table.name, createMemoryTable(table));
    else {
      const log = createLogTable(table, codec(table.name), history, () => seq);
      logs.set(table.name, log);
      names.set(log, createLogNames(table));
    }
  }

  function codec(name: string): RowCodec {
    return codecs.get(name) ?? unknown(name);
  }

  function unknown(name: string): never {
    throw new TypeError(`there is no table ${name}`);
  }

  function reader(layout: Layout, table: string): (seq: number, fields: string) => Row {
    const known = readers.get(layout) ?? new Map<string, (seq: number, fields: string) => Row>();
    readers.set(layout, known);
    const read = known.get(table);
    if (read) return read;
    const decode = codec(table).decoder(layout.get(table) ?? []);
    const made = (at: number, fields: string) => decode(at, splitFields(fields), 0);
    known.set(table, made);
    return made;
  }

  function remember(segment: number, key: LogKey): void {
    const keys = unindexed.get(segment);
    if (keys) keys.push(key);
    else unindexed.set(segment, [key]);
  }

  function knowLine(segment: number, table: LogTable, line: { seq: number; fields: string }, layout: Layout): void {
    const { name } = table.definition;
    const namesOf = names.get(table);
    if (!namesOf) return;
    const columns = layout.get(name) ?? [];
    let fields: string[] | undefined;
    for (const key of namesOf((column) => {
      if (column === "seq") return line.seq;
      fields ??= splitFields(line.fields);
      const field = fields[columns.indexOf(column)] ?? "";
      return field === "" ? null : decodeText(field);
    })) {
      table.know(key, line.seq);
      remember(segment, { table: name, key, seq: line.seq });
    }
  }

  function locate(group: Group, layout: Layout): void {
    for (const line of group.lines) {
      const log = logs.get(line.table);
      if (log) knowLine(group.before.segment, log, line, layout);
    }
    history.add(group.before, group.after);
    seq = group.after.seq;
  }

  return {
    history,
    unindexed,
    definitions: set.tables,
    get seq() {
      return seq;
    },
    set seq(value) {
      seq = value;
    },
    knows: (name) => codecs.has(name),
    codec,
    state: (name) => states.get(name) ?? unknown(name),
    log: (name) => logs.get(name) ?? unknown(name),
    table: (name) => states.get(name) ?? logs.get(name) ?? unknown(name),
    aggregate: (name, aggregation) => (states.get(name) ?? logs.get(name) ?? unknown(name)).aggregate(aggregation),

    lines: (writes) => writes.map(({ table, row }) => ({ table, row, codec: codec(table) })),

    commit(writes, before, after) {
      const logged = new Map<LogTable, Row[]>();
      for (const { table, row } of writes) {
        const state = states.get(table);
        if (state) {
          state.write(row);
          continue;
        }
        const log = logs.get(table) ?? unknown(table);
        const rows = logged.get(log);
        if (rows) rows.push(row);
        else logged.set(log, [row]);
      }
      for (const log of logs.values()) {
        const rows = logged.get(log) ?? none;
        // Told of every group, a log that got nothing knows that the journal holds nothing for it.
        log.write(rows);
        const namesOf = names.get(log);
        for (const row of rows) {
          for (const key of namesOf?.((column) => row[column]) ?? []) {
            log.know(key, row.seq);
            remember(before.segment, { table: log.definition.name, key, seq: row.seq });
          }
        }
      }
      history.add(before, after);
      seq = after.seq;
    },

    replay(group, layout) {
      for (const line of group.lines) states.get(line.table)?.write(reader(layout, line.table)(line.seq, line.fields));
      locate(group, layout);
    },

    remember: locate,

    know(key, segment) {
      logs.get(key.table)?.know(key.key, key.seq);
      if (segment !== undefined) remember(segment, key);
    },

    writesOf: (group, layout) =>
      group.lines
        .filter(({ table }) => codecs.has(table))
        .map(({ table, seq: at, fields }) => ({ table, row: reader(layout, table)(at, fields) })),
  };
}

/** The tables a snapshot holds. */
export const stateTablesOf = (ledger: Ledger): readonly MemoryTable[] =>
  ledger.definitions.filter(({ kind }) => kind === "state").map(({ name }) => ledger.state(name));
