import type { Logger, StorageTransaction, TableSet } from "@onhand/core";

/** Two tables, one of each kind. */
export const tables: TableSet = {
  version: 1,
  tables: [
    {
      name: "crates",
      kind: "state",
      key: ["id"],
      columns: { id: { type: "text" }, label: { type: "text", nullable: true }, weight: { type: "integer" } },
      indexes: [["label"]],
      tracedBy: ["moves"],
    },
    {
      name: "moves",
      kind: "log",
      key: ["seq", "line"],
      columns: { line: { type: "integer" }, id: { type: "text" }, note: { type: "text", nullable: true } },
      indexes: [],
    },
  ],
};

/** Hears nothing; a test that expects something to be said passes its own. */
export const silent: Logger = { error: () => undefined, warn: () => undefined };

/** Puts a crate and the move that traces it, under the next number. */
export async function putCrate(tx: StorageTransaction, id: string, weight = 1, label: string | null = null): Promise<number> {
  const seq = (await tx.head()).seq + 1;
  await tx.put("crates", [Object.freeze({ seq, id, label, weight })]);
  await tx.append("moves", [Object.freeze({ seq, line: 0, id, note: null })]);
  await tx.advance(seq);
  return seq;
}
