import type { Row, StorageAdapter, StorageTransaction, TableSet, Value } from "../../index";

/** Tables that have nothing to do with stock: a storage keeps tables, not products. Every type of column is in them. */
export const probeTables = {
  version: 3,
  tables: [
    {
      name: "parcels",
      kind: "state",
      key: ["id"],
      columns: {
        id: { type: "text" },
        label: { type: "text", nullable: true },
        zone: { type: "text" },
        weight: { type: "integer" },
        fragile: { type: "boolean" },
        dueAt: { type: "timestamp", nullable: true },
        notes: { type: "json", nullable: true },
      },
      indexes: [["zone"]],
    },
    {
      name: "shelves",
      kind: "state",
      key: ["aisle", "place"],
      columns: { aisle: { type: "text" }, place: { type: "integer" }, parcel: { type: "text", nullable: true } },
      indexes: [["parcel"]],
    },
    {
      name: "scans",
      kind: "log",
      key: ["seq", "line"],
      columns: { line: { type: "integer" }, parcel: { type: "text" }, delta: { type: "integer" }, note: { type: "text", nullable: true } },
      indexes: [["parcel"]],
    },
  ],
} as const satisfies TableSet;

export const probeNames = probeTables.tables.map((table) => table.name);

/** A row of `parcels` with what a case leaves open. */
export const parcel = (seq: number, id: string, fields: Readonly<Record<string, Value>> = {}): Row =>
  deepFreeze({ seq, id, label: null, zone: "A", weight: 1_000, fragile: false, dueAt: null, notes: null, ...fields });

export const shelf = (seq: number, aisle: string, place: number, held: string | null = null): Row =>
  deepFreeze({ seq, aisle, place, parcel: held });

export const scan = (seq: number, line: number, id: string, delta = 1, note: string | null = null): Row =>
  deepFreeze({ seq, line, parcel: id, delta, note });

/** Writes in a transaction under the next number, and tells it. */
export const commit = (storage: StorageAdapter, write: (tx: StorageTransaction, seq: number) => Promise<void>): Promise<number> =>
  storage.transaction(async (tx) => {
    const seq = (await tx.head()).seq + 1;
    await write(tx, seq);
    await tx.advance(seq);
    return seq;
  });

/** Puts parcels, all under one number. */
export const putParcels = (storage: StorageAdapter, rows: Readonly<Record<string, Readonly<Record<string, Value>>>>): Promise<number> =>
  commit(storage, (tx, seq) =>
    tx.put(
      "parcels",
      Object.entries(rows).map(([id, fields]) => parcel(seq, id, fields)),
    ),
  );

/** The ids of the parcels a question finds, in its order. */
export const idsOf = (page: { readonly rows: readonly Row[] }): Value[] => page.rows.map((row) => row.id as Value);

export const everything = { limit: 1_000 };

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
