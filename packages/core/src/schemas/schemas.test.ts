import { expect, test } from "vitest";
import { commandRefusals } from "../api/commands";
import { answerSchemas, commandSchemas, entitySchemas, jsonSchemaOf, querySchemas } from "./index";

test("every command and every question has a schema of what it takes and of what it answers", () => {
  expect(Object.keys(commandSchemas).sort()).toEqual(Object.keys(commandRefusals).sort());
  expect(Object.keys(answerSchemas).sort()).toEqual([...Object.keys(commandSchemas), ...Object.keys(querySchemas)].sort());
});

test("as JSON Schema a time is a number or a text, and a list refers to its items", () => {
  const { properties } = jsonSchemaOf(commandSchemas["stock.sell"] as never, "input") as { properties: Record<string, unknown> };
  expect(properties.occurredAt).toMatchObject({ anyOf: [{ type: "integer" }, { type: "string", format: "date-time" }] });
  const refs = new Map([[entitySchemas.product, "#/components/schemas/product"]]);
  expect(jsonSchemaOf(answerSchemas["products.list"], "output", refs)).toMatchObject({
    properties: { items: { items: { $ref: "#/components/schemas/product" } } },
  });
});

test("nothing that can be sent as JSON is left without a type", () => {
  for (const [name, schema] of Object.entries({ ...commandSchemas, ...querySchemas })) {
    const { properties } = jsonSchemaOf(schema, "input") as { properties: Record<string, object> };
    for (const [field, described] of Object.entries(properties))
      expect(
        Object.keys(described).some((keyword) => ["type", "anyOf", "oneOf", "enum", "const"].includes(keyword)),
        `${name} ${field}`,
      ).toBe(true);
  }
});
