import { operations } from "./shared/operations";
import type { TableDefinition, TableSet } from "./shared/rows";
import { slices } from "./slices";
import { movements } from "./stock/tables";

/** The version of the tables' shape. It grows when they change. */
const schemaVersion = 1;

/** What analytics hold a copy of: the history. What is small, and changes, is asked of the storage. */
export const ledgerTables: TableSet = { version: schemaVersion, tables: [movements] };

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
