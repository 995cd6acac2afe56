import type { DuckDBConnection } from "@duckdb/node-api";
import { InventoryError } from "@onhand/core";

/** Runs work that is kept as a whole or not at all. */
export const inTransaction = (writer: DuckDBConnection, work: () => Promise<void>): Promise<void> =>
  guarded(async () => {
    await writer.run("BEGIN");
    try {
      await work();
      await writer.run("COMMIT");
    } catch (error) {
      await writer.run("ROLLBACK");
      throw error;
    }
  });

/** Failures of DuckDB, as a storage tells them. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof InventoryError || error instanceof TypeError) throw error;
    if (error.message.startsWith("Out of Range Error")) throw new RangeError(error.message, { cause: error });
    throw new InventoryError("STORAGE_UNAVAILABLE", { reason: error.message }, { cause: error });
  }
}
