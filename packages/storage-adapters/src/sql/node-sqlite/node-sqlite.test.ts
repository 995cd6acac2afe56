import { expect, test } from "vitest";
import { codeOf } from "./codes";
import { nodeSqliteClient } from "./index";

// With a Node that has it, the conformance suite runs: npm run test:node22.
test.runIf(Number.parseInt(process.versions.node, 10) < 22)("a Node without its own SQLite is told what would do", () => {
  expect(() => nodeSqliteClient()).toThrow(/^Node 20\S* has no node:sqlite: use 22\.16 or newer, or better-sqlite3$/);
});

test("result codes have the names that better-sqlite3 gives them; of an extended one nobody asks for, the primary one", () => {
  expect([5, 517, 19, 1555, 2067, 787, 10, 266, 4874, 26, 99].map(codeOf)).toEqual([
    "SQLITE_BUSY",
    "SQLITE_BUSY_SNAPSHOT",
    "SQLITE_CONSTRAINT",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_UNIQUE",
    "SQLITE_CONSTRAINT",
    "SQLITE_IOERR",
    "SQLITE_IOERR",
    "SQLITE_IOERR_SHMSIZE",
    "SQLITE_NOTADB",
    "SQLITE_99",
  ]);
});
