import type * as z from "zod";
import { type InputIssue, InventoryError } from "../../errors";

/** How many fields at fault an error names. */
export const maximumIssues = 20;

/** A parser that throws `INVALID_INPUT` naming every field at fault (the first 20). */
export const parser =
  <Schema extends z.ZodType>(schema: Schema) =>
  (input: unknown): z.output<Schema> => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return parsed.data;
    throw new InventoryError("INVALID_INPUT", { issues: parsed.error.issues.slice(0, maximumIssues).map(inputIssue) });
  };

function inputIssue(issue: z.core.$ZodIssue): InputIssue {
  return { path: issue.path.map(String).join("."), message: issue.message };
}
