import type { Json, Row } from "./rows";
import { defineTable } from "./slice";

/** What became of a command with an idempotency key; kept for ever. */
export interface OperationRow extends Row {
  readonly key: string;
  readonly command: string;
  /** Tells a retry from another request under the same key. */
  readonly fingerprint: number;
  /** What is needed to give the first result again; null when it was refused. */
  readonly outcome: Json;
  /** The first refusal; null when it was accepted. */
  readonly refusal: Json;
}

/** Rows here carry the number of their command; a refusal took none and carries the head it was decided on. */
export const operations = defineTable<OperationRow>({
  name: "operations",
  kind: "log",
  key: ["key"],
  columns: {
    key: { type: "text" },
    command: { type: "text" },
    fingerprint: { type: "integer" },
    outcome: { type: "json", nullable: true },
    refusal: { type: "json", nullable: true },
  },
  indexes: [],
});
