import * as fc from "fast-check";

/** The part of JSON Schema that zod writes. */
export interface Described {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Described[];
  readonly oneOf?: readonly Described[];
  readonly properties?: Readonly<Record<string, Described>>;
  readonly required?: readonly string[];
  readonly items?: Described;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly format?: string;
}

/** Texts that mean something, by the name of the field they belong in. */
export type Known = Readonly<Record<string, readonly string[]>>;

const odd = ["", " ", "%", "a/b", "..", "ß", "__proto__", "constructor", "' OR 1=1 --", "\u0000", "𝒳".repeat(40), "9".repeat(30), "1e400"];

function texts({ format, maxLength }: Described, known: readonly string[] | undefined): fc.Arbitrary<unknown> {
  if (format === "date-time")
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("2026-01-01T00:00:00Z") }).map((date) => date.toISOString());
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...(known ?? ["x"])) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: Math.min(maxLength ?? 20, 20) }) },
  );
}

const numbers = ({ type, minimum = -1_000, exclusiveMinimum = minimum, maximum = 1_000 }: Described): fc.Arbitrary<unknown> => {
  const low = Math.ceil(Math.max(minimum, exclusiveMinimum, -1_000));
  const high = Math.max(low, Math.floor(Math.min(maximum, 1_000)));
  const whole = fc.integer({ min: low, max: high });
  const bounds = fc.constantFrom(low, high, minimum, maximum, 0, -1, 1);
  const both = fc.oneof({ weight: 6, arbitrary: whole }, { weight: 2, arbitrary: bounds });
  return type === "integer"
    ? both
    : fc.oneof({ weight: 6, arbitrary: both }, { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) });
};

/** Values that a schema describes, for the most part: patterns are met by known names and missed by odd ones. */
export function generateFrom(schema: Described, known: Known, name = ""): fc.Arbitrary<unknown> {
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return fc.oneof(...options.map((option) => generateFrom(option, known, name)));
  switch (schema.type) {
    case "string":
      return texts(schema, known[name]);
    case "integer":
    case "number":
      return numbers(schema);
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(generateFrom(schema.items ?? {}, known, name), {
        minLength: Math.min(schema.minItems ?? 0, 2),
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      });
    case "object":
      return objects(schema, known);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

/** A field that may be left out mostly is. */
export const seldom = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: values });

function objects({ properties = {}, required = [] }: Described, known: Known): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const values = generateFrom(schema, known, name);
    return [name, required.includes(name) ? values : seldom(values)] as const;
  });
  if (fields.length === 0)
    return fc.dictionary(fc.constantFrom("colour", "size", "__proto__"), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 });
  return fc.record(Object.fromEntries(fields));
}

/** The same, but now and then with a field too many, too few or of another type, or no object at all. */
export const mutated = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 8, arbitrary: values },
    { weight: 3, arbitrary: fc.tuple(values, fc.nat(), fc.jsonValue({ maxDepth: 2 })).map(broken) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  );

function broken([value, at, other]: [unknown, number, unknown]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return other;
  const names = [...Object.keys(value), "colour"];
  const name = names[at % names.length] as string;
  const { [name]: _, ...rest } = value as Record<string, unknown>;
  return at % 2 === 0 ? { ...rest, [name]: other } : rest;
}
