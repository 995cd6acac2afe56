import type { StorageAdapter, TableSet } from "@onhand/core";

/** The shapes that matter to a storage: state, a log by position, a log by key. */
export const sampleTables: TableSet = {
  version: 1,
  tables: [
    {
      name: "levels",
      kind: "state",
      key: ["sku"],
      columns: { sku: { type: "text" }, onHand: { type: "integer" }, note: { type: "text", nullable: true } },
      indexes: [],
    },
    {
      name: "movements",
      kind: "log",
      key: ["seq", "line"],
      columns: { line: { type: "integer" }, sku: { type: "text" }, delta: { type: "integer" }, undoes: { type: "text", nullable: true } },
      indexes: [["sku"], ["undoes"]],
    },
    { name: "operations", kind: "log", key: ["key"], columns: { key: { type: "text" } }, indexes: [] },
  ],
};

/** Adds one to each of `lines` SKUs in one transaction: the level, a movement and a key. Answers the new head. */
export async function move(storage: StorageAdapter, lines = 1): Promise<number> {
  return storage.transaction(async (tx) => {
    const seq = (await tx.head()).seq + 1;
    const skus = Array.from({ length: lines }, (_, line) => `P${line}`);
    const before = await tx.get(
      "levels",
      skus.map((sku) => [sku]),
    );
    await tx.append(
      "movements",
      skus.map((sku, line) => ({ seq, line, sku, delta: 1, undoes: null })),
    );
    await tx.put(
      "levels",
      skus.map((sku, line) => ({ seq, sku, onHand: ((before[line]?.onHand as number | undefined) ?? 0) + 1, note: null })),
    );
    await tx.append("operations", [{ seq, key: `key-${seq}` }]);
    await tx.advance(seq);
    return seq;
  });
}

/** What is wrong with a storage that was filled by {@link move} only; nothing when levels, movements and keys agree. */
export async function inconsistency(storage: StorageAdapter, head: number): Promise<string | undefined> {
  const movements = await storage.find("movements", { limit: 100_000 });
  const levels = await storage.find("levels", { limit: 100_000 });
  const sums = new Map<string, number>();
  for (const { sku, delta } of movements.rows) sums.set(sku as string, (sums.get(sku as string) ?? 0) + (delta as number));
  for (const { sku, onHand } of levels.rows)
    if (sums.get(sku as string) !== onHand) return `${sku}: ${onHand} on hand, ${sums.get(sku as string)} moved`;
  if (levels.rows.length !== sums.size) return `${levels.rows.length} levels, ${sums.size} moved`;
  const seqs = new Set(movements.rows.map(({ seq }) => seq));
  for (let seq = 1; seq <= head; seq++) {
    if (!seqs.has(seq)) return `movement ${seq} is missing`;
    const operation = await storage.find("operations", { where: { key: `key-${seq}` }, limit: 2 });
    if (operation.rows.length !== 1) return `key ${seq} stands ${operation.rows.length} times`;
  }
  return seqs.size === head ? undefined : `${seqs.size} numbers up to ${head}`;
}
