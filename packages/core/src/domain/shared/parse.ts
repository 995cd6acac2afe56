import type * as z from "zod";
import { type InputIssue, InventoryError } from "../../errors";

/** How many fields at fault an error names. */
export const maximumIssues = 20;

/** Turns what a caller gave into what it means. It carries its schema, so that documentation and transports say what it takes. */
export type Parser<Output, Schema extends z.ZodType = z.ZodType> = ((input: unknown) => Output) & { readonly schema: Schema };

/** A parser that throws `INVALID_INPUT` naming every field at fault (the first 20). */
export function parser<Schema extends z.ZodType>(schema: Schema): Parser<z.output<Schema>, Schema> {
  const parse = (input: unknown): z.output<Schema> => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return parsed.data;
    throw new InventoryError("INVALID_INPUT", { issues: parsed.error.issues.flatMap(inputIssues).slice(0, maximumIssues) });
  };
  return Object.assign(parse, { schema });
}

/** Each field at fault by its own path, one that there is none of too. */
function inputIssues(issue: z.core.$ZodIssue): readonly InputIssue[] {
  const pathOf = (more: readonly string[]) => [...issue.path.map(String), ...more].join(".");
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => ({ path: pathOf([key]), message: "is no field of this" }));
  return [{ path: pathOf([]), message: issue.message }];
}
