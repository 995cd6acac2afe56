import { type DuckDBConnection, DuckDBDataChunk, type DuckDBValue } from "@duckdb/node-api";

/** How many rows DuckDB takes at once. */
const chunkRows = 2_048;

/** Adds rows to a table, given column by column, all of one length. */
export async function appendColumns(writer: DuckDBConnection, table: string, columns: readonly (readonly DuckDBValue[])[]): Promise<void> {
  const length = columns[0]?.length ?? 0;
  if (length === 0) return;
  const appender = await writer.createAppender(table);
  const types = columns.map((_, index) => appender.columnType(index));
  for (let start = 0; start < length; start += chunkRows) {
    const chunk = DuckDBDataChunk.create(types, Math.min(chunkRows, length - start));
    chunk.setColumns(columns.map((values) => values.slice(start, start + chunkRows)));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}
