import type { DuckDBConnection } from "@duckdb/node-api";
import { appendColumns } from "./append";
import { inTransaction } from "./transaction";

/** Texts that many rows share, each kept once and named by a number. A number is never given to another text. */
export interface Dictionary {
  /** A text's number; 0, which no row has, when it has none. */
  idOf(text: string): number;
  textOf(id: number): string;
  /** Gives numbers to those that have none. They are committed when it resolves. */
  learn(texts: ReadonlySet<string>): Promise<void>;
}

/** The table a dictionary is kept in. */
const dictionaryTable = "onhand_texts";

export const createDictionary = `CREATE OR REPLACE TABLE ${dictionaryTable} (id INTEGER, text VARCHAR)`;

/** Reads the dictionary of a mirror. It is as large as the catalogue, and stays in memory. */
export async function openDictionary(writer: DuckDBConnection): Promise<Dictionary> {
  const found = await writer.runAndReadAll(`SELECT text FROM ${dictionaryTable} ORDER BY id`);
  const texts = (found.getColumns()[0] ?? []) as string[];
  const ids = new Map(texts.map((text, place) => [text, place + 1]));
  return {
    idOf: (text) => ids.get(text) ?? 0,
    textOf: (id) => texts[id - 1] as string,
    async learn(given) {
      const unknown = [...given].filter((text) => !ids.has(text));
      if (unknown.length === 0) return;
      const first = texts.length + 1;
      await inTransaction(writer, () => appendColumns(writer, dictionaryTable, [unknown.map((_, place) => first + place), unknown]));
      for (const text of unknown) ids.set(text, texts.push(text));
    },
  };
}
