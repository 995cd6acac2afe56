import { entitySchemas, type JsonSchema, jsonSchemaOf, type Schema } from "@onhand/core/schemas";

const nameOf = (entity: string): string => entity.charAt(0).toUpperCase() + entity.slice(1);
const refs = new Map(Object.entries(entitySchemas).map(([entity, schema]) => [schema as Schema, `#/components/schemas/${nameOf(entity)}`]));

/** An answer as JSON Schema, with a reference for each entity in it. */
export const describeAnswer = (schema: Schema): JsonSchema => jsonSchemaOf(schema, "output", refs);

/** A reference to a component. */
export const componentRef = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** Every entity by the name of its component. */
export const entityComponents = (): Readonly<Record<string, JsonSchema>> =>
  Object.fromEntries(Object.entries(entitySchemas).map(([entity, schema]) => [nameOf(entity), describeAnswer(schema)]));

/** An object whose fields are all required, and no others. */
export const strictObject = (properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});
