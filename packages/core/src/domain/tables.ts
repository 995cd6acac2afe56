import { operations } from "./shared/operations";
import type { TableDefinition, TableSet } from "./shared/rows";
import { slices } from "./slices";

/** The version of the tables' shape. It grows when they change. */
const schemaVersion = 1;

/**
 * Every table of an inventory, as storages are told of them.
 *
 * @example
 * await createOnhandTables(knex, { tables: inventoryTables });
 */
export const inventoryTables: TableSet = {
  version: schemaVersion,
  tables: [operations as TableDefinition, ...slices.flatMap((slice) => slice.tables)],
};
