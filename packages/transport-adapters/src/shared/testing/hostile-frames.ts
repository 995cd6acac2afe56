import { commandSchemas, jsonSchemaOf } from "@onhand/core/schemas";
import * as fc from "fast-check";
import { type Described, generateFrom } from "./generate";
import { encoded, hostileTexts, hostileValues, jsonTexts, spoiled } from "./hostile";

const known = {
  sku: ["A", "b"],
  storeId: ["berlin", "paris"],
  from: ["berlin"],
  to: ["paris"],
  currency: ["EUR"],
  skus: ["A"],
  id: ["r9", "m4-0"],
};
/** As long as names in frames may be. */
const texts = fc.constantFrom(...hostileTexts.filter(({ length }) => length > 0 && length <= 64), "k-1", "r-1", "f1");
const entities = fc.constantFrom("level", "product", "movement", "reservation", "alert", "transfer", "count", "supplier");

const filters = fc.record(
  {
    entities: fc.array(entities, { minLength: 1, maxLength: 3 }),
    storeIds: fc.array(fc.oneof(fc.constantFrom("berlin", "paris"), texts), { minLength: 1, maxLength: 3 }),
    skus: fc.array(fc.oneof(fc.constantFrom("A", "b"), texts), { minLength: 1, maxLength: 3 }),
    ids: fc.array(texts, { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: ["entities"] },
);
const positions = fc.record({ epoch: texts, seq: fc.constantFrom(0, 3, 2 ** 53 - 1) });
const operations = fc.oneof(
  ...Object.entries(commandSchemas).map(([command, schema]) =>
    fc.record({
      t: fc.constant("op"),
      id: fc.oneof({ weight: 3, arbitrary: fc.uuid() }, { weight: 1, arbitrary: texts }),
      command: fc.oneof({ weight: 12, arbitrary: fc.constant(command) }, { weight: 1, arbitrary: texts }),
      input: objectsOnly(generateFrom(jsonSchemaOf(schema, "input") as Described, known)),
    }),
  ),
);

/** An input with something else in it; frames take objects only, so that what is in them is looked at. */
function objectsOnly(inputs: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 1, arbitrary: inputs },
    {
      weight: 1,
      arbitrary: spoiled(inputs).map((value) => (typeof value === "object" && value !== null && !Array.isArray(value) ? value : { value })),
    },
  );
}

/** Frames of the right form that ask for anything: a link bears them, and goes on. */
const formed = fc.oneof(
  { weight: 10, arbitrary: operations },
  {
    weight: 3,
    arbitrary: fc.record(
      { t: fc.constant("sub"), ref: texts, filter: filters, position: positions, history: fc.constantFrom(0, 5) },
      { requiredKeys: ["t", "ref", "filter"] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ t: fc.constant("unsub"), sid: texts, ref: texts }, { requiredKeys: ["t", "sid"] }) },
  { weight: 1, arbitrary: fc.record({ t: fc.constant("auth"), token: fc.constantFrom("ada", "tom") }) },
  { weight: 1, arbitrary: fc.constant({ t: "pong" }) },
);

/** Frames of no right form, and bytes that are no frames: the last that a link bears. */
export const brokenFrames = encoded(
  jsonTexts(
    fc.oneof(
      { weight: 3, arbitrary: spoiled(formed) },
      {
        weight: 1,
        arbitrary: fc.record({ t: fc.constantFrom("hello", "welcome", "snap", "__proto__"), v: hostileValues, token: hostileValues }),
      },
      { weight: 1, arbitrary: hostileValues },
    ),
  ),
);

/** What a client says once it has been let in: much that is well-formed and wrong, and now and then what is not even that. */
export const hostileFrames: fc.Arbitrary<string | Uint8Array<ArrayBuffer>> = fc.oneof(
  { weight: 24, arbitrary: formed.map((frame) => JSON.stringify(frame)) },
  { weight: 1, arbitrary: brokenFrames },
);

/** What a client says first. */
export const hostileGreetings: fc.Arbitrary<string | Uint8Array<ArrayBuffer>> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom("ada", "tom").map((token) => JSON.stringify({ t: "hello", v: 1, token })) },
  { weight: 1, arbitrary: fc.constant(JSON.stringify({ t: "hello", v: 2, token: "ada" })) },
  { weight: 1, arbitrary: brokenFrames },
  { weight: 1, arbitrary: spoiled(fc.constant({ t: "hello", v: 1, token: "ada" })).map((frame) => JSON.stringify(frame) ?? "") },
);

/** Said last: what is answered by its id has been heard after all that came before. */
export const fence = JSON.stringify({ t: "op", id: "the last word", command: "fence", input: {} });
/** Whether a text is the answer to {@link fence}. */
export const answersFence = (text: string): boolean => text.includes("the last word");
