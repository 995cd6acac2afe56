import * as z from "zod";

/** A JSON Schema of the 2020-12 dialect, which is that of OpenAPI 3.1. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** A schema of zod, whatever it takes and gives. */
export type Schema = z.ZodType;

/** Which side of a schema to describe: what it takes, or what it gives. */
export type Side = "input" | "output";

/**
 * Describes a schema of this package as JSON Schema: what may be sent as JSON, and what comes back. A `Date` is a text there.
 *
 * @param refs - schemas that are described elsewhere, by the reference to put in their place.
 * @example
 * jsonSchemaOf(commandSchemas["stock.sell"], "input"); // { type: "object", properties: { sku: … }, required: ["sku", "storeId", "quantity"] }
 */
export function jsonSchemaOf(schema: Schema, side: Side, refs: ReadonlyMap<z.core.$ZodType, string> = new Map()): JsonSchema {
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    io: side,
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      const kind = zodSchema._zod.def.type;
      // Dates and functions are for callers in the same process.
      if (kind === "union" && jsonSchema.anyOf) jsonSchema.anyOf = jsonSchema.anyOf.filter((_option, index) => !isDate(zodSchema, index));
      const reference = refs.get(zodSchema);
      if (reference === undefined || zodSchema === (schema as z.core.$ZodType)) return;
      for (const keyword of Object.keys(jsonSchema)) delete (jsonSchema as Record<string, unknown>)[keyword];
      jsonSchema.$ref = reference;
    },
  });
  return described;
}

function isDate(union: z.core.$ZodTypes, index: number): boolean {
  const { options } = union._zod.def as z.core.$ZodUnionDef;
  const option = options[index] as z.core.$ZodType;
  const first = (option._zod.def as Partial<z.core.$ZodPipeDef>).in ?? option;
  return first._zod.def.type === "date";
}

/** The schema of an input without any field. */
export const nothing: Schema = z.strictObject({});
