import * as fc from "fast-check";

/** Names that mean something to JavaScript, to a database or to a reader of queries. */
export const hostileNames = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "then",
  "",
  " ",
  "a.b",
  "a[b]",
  "length",
];

/** Texts that have broken something somewhere: ends of strings, other alphabets, other languages, numbers that are none. */
export const hostileTexts = [
  ...hostileNames,
  "\u0000",
  "TEA-50\u0000",
  "\ud800",
  "\udc00TEA",
  "\ufeffTEA-50",
  "TEA-50\u200b",
  "\u202e05-AET",
  "e\u0301".repeat(40),
  "𝒳".repeat(64),
  "' OR 1=1 --",
  '"; DROP TABLE levels; --',
  "\\",
  "%",
  "%00",
  "%_",
  "..",
  "../../etc/passwd",
  "a/b",
  "$(id)",
  "<script>alert(1)</script>",
  "line\r\nX-Other: header",
  "9".repeat(400),
  "1e400",
  "-0",
  "0x10",
  "NaN",
  "null",
  "true",
  "[object Object]",
  "2026-02-30T25:61:00Z",
  "+275760-09-13T00:00:00.001Z",
  "x".repeat(2_000),
];

const hostileNumbers = [0, -0, -1, 0.1, 1e-7, 5e-324, 1e21, 2 ** 31, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1e308, -1e308];

/** A value within a value within a value. */
const nested = (depth: number): unknown => {
  let value: unknown = "x";
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Anything but what was asked for. */
export const hostileValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...hostileTexts),
  fc.constantFrom<unknown>(...hostileNumbers),
  fc.constantFrom<unknown>(null, true, [], {}, [null], { id: {} }, nested(9), nested(100), Array(200).fill("x")),
  fc.string({ unit: "binary", maxLength: 8 }),
);

/** The same with one thing in it replaced, or one too many. */
export const spoiled = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(values, fc.nat(10_000), fc.constantFrom(...hostileNames), hostileValues)
    .map(([value, at, name, other]) => spoil(value, at, name, other));

function spoil(value: unknown, at: number, name: string, other: unknown): unknown {
  if (typeof value !== "object" || value === null) return other;
  const names = Object.keys(value);
  const copy: object = Array.isArray(value) ? [...value] : { ...value };
  const turn = at % (names.length + 2);
  const rest = Math.floor(at / (names.length + 2));
  const field = names[turn] ?? (Array.isArray(value) ? String(names.length) : name);
  const within = turn < names.length && rest % 2 === 0 ? spoil((value as Record<string, unknown>)[field], rest, name, other) : other;
  // Assigned, `__proto__` would be no field.
  return Object.defineProperty(copy, field, { value: within, enumerable: true, configurable: true, writable: true });
}

/** JSON of it, or nearly. */
export const jsonTexts = (values: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 12, arbitrary: values.map((value) => JSON.stringify(value) ?? "") },
    { weight: 1, arbitrary: fc.tuple(values, fc.nat(200)).map(([value, at]) => (JSON.stringify(value) ?? "").slice(0, at)) },
    { weight: 1, arbitrary: values.map((value) => (JSON.stringify(value) ?? "").replaceAll(/:\s*-?\d+/g, ":1e400")) },
    {
      weight: 1,
      arbitrary: values.map((value) => (JSON.stringify(value) ?? "").replace(/^\{/, '{"__proto__":{"admin":true},"\\u005f_proto__":1,')),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom("", " ", "null", "[]", "7", '"x"', "{", "\u0000", "[".repeat(3_000), '{"a":'.repeat(1_000), "NaN"),
    },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  );

const utf8 = new TextEncoder();

/** A text as bytes: mostly as it should be, else in another encoding, with half a letter, or something before it. */
export const encoded = (texts: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc.oneof(
    { weight: 12, arbitrary: texts.map((text) => utf8.encode(text)) },
    { weight: 1, arbitrary: texts.map((text) => Uint8Array.from(Buffer.from(text, "utf16le"))) },
    { weight: 1, arbitrary: texts.map((text) => Uint8Array.from([0xef, 0xbb, 0xbf, ...utf8.encode(text)])) },
    { weight: 1, arbitrary: texts.map((text) => Uint8Array.from([...utf8.encode(text), 0xc3, 0x28])) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Uint8Array.from(bytes)) },
  );

/** Words that only the inside knows: of a driver, a stack, a file. None may leave. */
export const insideWords =
  /SELECT |INSERT |UPDATE |SQLITE|ER_[A-Z]+_|invalid byte sequence|out of range for type|\bat .*\.[jt]s:\d|(?:Type|Range|Reference)Error|Cannot read|is not a function|undefined is not|node_modules/u;
