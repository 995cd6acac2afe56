import { library } from "../../tsup.base";

export default library({
  "memory/index": "src/memory/index.ts",
  "csv/index": "src/csv/index.ts",
  "sql/index": "src/sql/index.ts",
  "sql/node-sqlite/index": "src/sql/node-sqlite/index.ts",
  "hints/index": "src/hints/index.ts",
  "duckdb/index": "src/duckdb/index.ts",
  "cli/sql-ddl": "src/cli/sql-ddl.ts",
});
