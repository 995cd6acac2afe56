import * as z from "zod";
import { createProduct, updateProduct } from "../domain/catalog/decide";
import type { AnyAttributes } from "../domain/catalog/tables";
import { maximumIssues, parser } from "../domain/shared/parse";
import { attributes } from "../domain/shared/schemas";
import type { CommandDefinition } from "../domain/shared/slice";
import { InventoryError } from "../errors";

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type Checked<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

/**
 * What the host's own fields of a product look like: any schema that keeps to Standard Schema 1, as those of zod do. `Input` is what
 * commands take, `Output` what is kept.
 */
export interface AttributesSchema<Output = unknown, Input = Output> {
  readonly "~standard": {
    readonly version: 1;
    /** Must answer at once: a command is parsed without waiting. */
    readonly validate: (value: unknown) => Checked<Output> | Promise<Checked<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type Refine = <Input, Result>(definition: CommandDefinition<Input, Result>) => CommandDefinition<Input, Result>;

/** The commands about products, as an inventory takes them whose products have fields by a schema. All others stay as they are. */
export function refineBy(schema: AttributesSchema<AnyAttributes, unknown> | undefined): Refine {
  if (!schema) return (definition) => definition;
  const check = (given: AnyAttributes): AnyAttributes => parseKept({ attributes: checked(schema, given) }).attributes;
  const refined = new Map<string, unknown>(
    [
      { ...createProduct, parse: (input: unknown) => refineInput(createProduct.parse(input)) },
      { ...updateProduct, parse: (input: unknown) => refineInput(updateProduct.parse(input)) },
    ].map((definition) => [definition.name, definition]),
  );

  function refineInput<Parsed extends { readonly attributes?: AnyAttributes | undefined }>(parsed: Parsed): Parsed {
    return parsed.attributes === undefined ? parsed : { ...parsed, attributes: check(parsed.attributes) };
  }

  return <Input, Result>(definition: CommandDefinition<Input, Result>) =>
    (refined.get(definition.name) ?? definition) as CommandDefinition<Input, Result>;
}

// What a schema makes of them is kept like anything else: as plain JSON of bounded length.
const parseKept = parser(z.object({ attributes }));

function checked(schema: AttributesSchema<AnyAttributes, unknown>, given: AnyAttributes): AnyAttributes {
  const result = schema["~standard"].validate(given);
  if (result instanceof Promise) throw new TypeError("the schema of attributes must answer at once: a command is parsed without waiting");
  if (!result.issues) return result.value;
  const issues = result.issues.slice(0, maximumIssues).map(({ path = [], message }) => ({
    path: ["attributes", ...path.map((part) => (typeof part === "object" ? part.key : part))].map(String).join("."),
    message,
  }));
  throw new InventoryError("INVALID_INPUT", { issues });
}
