import { type ChangeOptions, type ChangePage, type Key, keyText, type Query, type Row, type StorageTransaction } from "@onhand/core";
import { findBoth } from "../shared/staging";
import { isSqlFailure, type SqlFailure, toInventoryError } from "./failures";
import { createWrittenRows, type Group, groupOf, type WrittenRows } from "./group";
import type { HeadState } from "./head";
import { isNamed, type TableLayout } from "./layout";

/** How a transaction reads what is committed. */
export interface TransactionReads {
  get(table: TableLayout, keys: readonly Key[]): Promise<readonly Row[]>;
  find(table: TableLayout, query: Query): Promise<{ rows: readonly Row[]; more: boolean }>;
  changes(since: number, options: ChangeOptions): Promise<ChangePage>;
}

/** A transaction whose writes wait in memory until work is done. */
export interface Pending {
  readonly transaction: StorageTransaction;
  /** What the database said when one of its reads failed, if one did. */
  readonly failure: SqlFailure | undefined;
  /** Whether it took a row for absent, unread, that it then did not append. What it came to must not be used. */
  readonly unproven: boolean;
  /** Ends it: its handles refuse from now on. Gives, once, what is to be written; undefined when nothing is. */
  end(): Group | undefined;
}

/**
 * Begins a transaction on a head.
 *
 * @param presume - whether keys of a log may be taken for absent without reading. Work that goes on to append them
 * needs no reading: the insert proves that they were. It spares a group a trip to the server and a look into an index for each command.
 */
export function createPending(head: HeadState, tableOf: (name: string) => TableLayout, reads: TransactionReads, presume = false): Pending {
  const presumed = new Map<string, Set<string>>();
  const written = new Map<string, WrittenRows>();
  let seq = head.seq;
  let ended = false;
  let failure: SqlFailure | undefined;

  /** Runs a step while the transaction lives, and tells in words of the inventory what went wrong. */
  async function step<T>(work: () => T | Promise<T>): Promise<T> {
    if (ended) throw new TypeError("this transaction has ended");
    try {
      return await work();
    } catch (error) {
      if (isSqlFailure(error)) failure ??= error;
      throw toInventoryError(error);
    }
  }

  function stage(kind: "state" | "log", name: string, rows: readonly Row[]): void {
    const table = tableOf(name);
    if (table.definition.kind !== kind) throw new TypeError(`${name} is a ${table.definition.kind} table`);
    const own = written.get(name) ?? createWrittenRows(table);
    written.set(name, own);
    own.add(rows);
  }

  async function get(name: string, keys: readonly Key[]): Promise<readonly (Row | undefined)[]> {
    const table = tableOf(name);
    const own = written.get(name)?.byKey();
    const wanted = keys.filter((key) => !own?.has(keyText(key)));
    if (presume && isNamed(table)) {
      const names = presumed.get(name) ?? new Set();
      presumed.set(name, names);
      for (const key of wanted) names.add(keyText(key));
      return keys.map((key) => own?.get(keyText(key)));
    }
    const committed = new Map<string, Row>();
    if (wanted.length > 0) {
      for (const row of await reads.get(table, wanted))
        committed.set(keyText(table.key.map((column) => row[column.name] as string | number)), row);
    }
    return keys.map((key) => own?.get(keyText(key)) ?? committed.get(keyText(key)));
  }

  const transaction: StorageTransaction = {
    head: () => step(() => ({ epoch: head.epoch, seq: head.seq })),
    get: (table, keys) => step(() => get(table, keys)),
    find: (name, query) =>
      step(async () => {
        const table = tableOf(name);
        const own = written.get(name)?.byKey();
        const committed = { definition: table.definition, find: (asked: Query) => reads.find(table, asked) };
        const found = await (own ? findBoth(committed, own, query) : committed.find(query));
        return { rows: found.rows, more: found.more, head: seq };
      }),
    changes: (since, options) => step(() => reads.changes(since, options)),
    put: (table, rows) => step(() => stage("state", table, rows)),
    append: (table, rows) => step(() => stage("log", table, rows)),
    advance: (to) =>
      step(() => {
        if (!Number.isSafeInteger(to) || to < seq) throw new TypeError(`the head can't move from ${seq} to ${to}`);
        seq = to;
      }),
  };

  return {
    transaction,
    get failure() {
      return failure;
    },
    get unproven() {
      return [...presumed].some(([name, keys]) => {
        const own = written.get(name)?.byKey();
        return [...keys].some((key) => !own?.has(key));
      });
    },
    end() {
      if (ended) return undefined;
      ended = true;
      const group = groupOf(head, seq, written.values(), presumed.size > 0);
      return group.writes.length > 0 || seq !== head.seq ? group : undefined;
    },
  };
}
