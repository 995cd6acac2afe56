#!/usr/bin/env node
import { parseArgs } from "node:util";
import { type SqlSchemaOptions, sqlSchema } from "../sql";

const usage = `Prints the statements that make an inventory's tables.

  onhand-sql-ddl --dialect sqlite|postgres|mysql|mariadb [--schema NAME] [--prefix NAME]
`;

const dialects: readonly string[] = ["sqlite", "postgres", "mysql", "mariadb"] satisfies SqlSchemaOptions["dialect"][];

function statements(): string {
  const { values } = parseArgs({
    options: { dialect: { type: "string" }, schema: { type: "string" }, prefix: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) return usage;
  const { dialect = "", schema, prefix } = values;
  if (!dialects.includes(dialect)) throw new TypeError(`--dialect must be one of ${dialects.join(", ")}`);
  const text = sqlSchema({
    dialect: dialect as SqlSchemaOptions["dialect"],
    ...(schema !== undefined && { schema }),
    ...(prefix !== undefined && { tablePrefix: prefix }),
  });
  return text.map((statement) => `${statement};\n`).join("");
}

try {
  process.stdout.write(statements());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 2;
}
