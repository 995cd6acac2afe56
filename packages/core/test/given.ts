import { type Key, keyOf, keyText, type Row, type Write } from "@onhand/core";
import { parse } from "../src/domain/catalog/commands";
import { createProduct, createStore } from "../src/domain/catalog/decide";
import type { CommandDefinition, Decision, Table, View } from "../src/domain/shared/slice";

/** A view on rows in memory: what a rule is given. */
export interface Rows extends View {
  write(writes: readonly Write[]): void;
}

/** Rows by table and key, as the engine would show them to a rule. */
export function rowsOf(tables: readonly Table<Row>[]): Rows {
  const rows = new Map<string, Map<string, Row>>(tables.map((table) => [table.name, new Map()]));
  const byName = new Map(tables.map((table) => [table.name, table]));
  return {
    get: <R extends Row>(table: Table<R>, key: Key | string) =>
      rows.get(table.name)?.get(typeof key === "string" ? key : keyText(key)) as R | undefined,
    find: <R extends Row>(table: Table<R>, where: Readonly<Record<string, unknown>>) =>
      [...(rows.get(table.name)?.values() ?? [])].filter((row) =>
        Object.entries(where).every(([column, value]) => row[column] === value),
      ) as R[],
    write(writes) {
      for (const { table, row } of writes) rows.get(table)?.set(keyText(keyOf(byName.get(table) as Table<Row>, row)), row);
    },
  };
}

/** Decides commands one after the other on rows, as the engine would. */
export function decider(rows: Rows, begin = 1_000) {
  let seq = 0;
  let now = begin;
  function decide<Input, Result>(definition: CommandDefinition<Input, Result>, input: unknown): Decision<Result> {
    const decision = definition.decide(rows, definition.parse(input), { now, seq: seq + 1 });
    if ("refusal" in decision) {
      const { code } = decision.refusal;
      if (!definition.refusals.includes(code))
        throw new Error(`${definition.name} refuses with ${code}, which its list of refusals does not name`);
      return decision;
    }
    seq++;
    rows.write(decision.writes);
    return decision;
  }
  return {
    decide,
    /** Lets some milliseconds pass. */
    wait(milliseconds: number): void {
      now += milliseconds;
    },
    product: (sku: string, fields: object = {}) => decide({ ...createProduct, parse: parse.createProduct }, { sku, name: sku, ...fields }),
    store: (id: string) => decide(createStore, { id, name: id }),
    /** What a decision that must not refuse answers. */
    done<Input, Result>(definition: CommandDefinition<Input, Result>, input: unknown): Result {
      const decision = decide(definition, input);
      if ("refusal" in decision) throw new Error(`refused: ${JSON.stringify(decision.refusal)}`);
      return decision.result;
    },
    /** What a decision that must refuse says. */
    refused<Input, Result>(
      definition: CommandDefinition<Input, Result>,
      input: unknown,
    ): { readonly code: string; readonly details: object } {
      const decision = decide(definition, input);
      if ("refusal" in decision) return decision.refusal;
      throw new Error(`not refused: ${JSON.stringify(decision.result)}`);
    },
  };
}
