export type { SqlStorageOptions } from "./options";
export type { Chance } from "./retry";
export { sqlStorage } from "./sql-storage";
export { createOnhandTables, type SqlSchemaOptions, sqlSchema } from "./tables";
