import { inventoryTables, type TableSet } from "@onhand/core";
import type { Knex } from "knex";
import { clientOf } from "./connections";
import { dialectOf } from "./detect";
import { mysql } from "./dialects/mysql/mysql";
import { postgres } from "./dialects/postgres/postgres";
import { sqlite } from "./dialects/sqlite/sqlite";
import { inInventoryTerms } from "./failures";
import { namespaceOf, type SqlStorageOptions } from "./options";
import { createStatements, describeSchema, migrate } from "./schema";

const dialects = { sqlite, postgres, mysql: mysql(false), mariadb: mysql(true) } as const;

/** Which tables, for which database. */
export interface SqlSchemaOptions extends Pick<SqlStorageOptions, "schema" | "tablePrefix"> {
  readonly dialect: keyof typeof dialects;
  /** Those of an inventory unless given. */
  readonly tables?: TableSet;
}

/**
 * The statements that make an inventory's tables, in order, for whoever may not let a process create them.
 *
 * Changes nothing. After they were run, open the storage with `createTables: false`.
 *
 * @throws TypeError when `schema` or `tablePrefix` is no plain name.
 * @example
 * console.log(sqlSchema({ dialect: "postgres", schema: "stock" }).join(";\n"));
 * @see docs/guides/sql.md
 */
export function sqlSchema({ dialect, tables = inventoryTables, ...where }: SqlSchemaOptions): string[] {
  return createStatements(describeSchema(dialects[dialect], namespaceOf(where), tables));
}

/**
 * Creates or migrates an inventory's tables, for a migration of the host. Running it again changes nothing.
 *
 * Given a transaction it takes part in it, where the database lets tables be made in one (MySQL does not).
 *
 * @throws {@link InventoryError} `UNSUPPORTED` when the tables are of a newer version.
 * @example
 * export const up = (knex) => createOnhandTables(knex);
 * @see docs/guides/sql.md
 */
export async function createOnhandTables(
  knex: Knex,
  { tables = inventoryTables, ...where }: { readonly tables?: TableSet } & Pick<SqlStorageOptions, "schema" | "tablePrefix"> = {},
): Promise<void> {
  const namespace = namespaceOf(where);
  const limits = { acquireMs: 60_000, statementMs: 600_000, lockMs: 60_000 };
  await inInventoryTerms(async () => {
    const dialect = await dialectOf(knex, limits);
    const client = clientOf(knex);
    const raw = await client.acquireConnection();
    try {
      const session = dialect.session(raw, limits);
      const inside = knex.isTransaction === true;
      await migrate(describeSchema(dialect, namespace, tables), session, {
        create: true,
        inside,
        newEpoch: () => globalThis.crypto.randomUUID(),
      });
    } finally {
      await client.releaseConnection(raw);
    }
  });
}
