import { isInventoryError } from "@onhand/core";
import type { JsonSchema } from "@onhand/core/schemas";
import { answeredWith, malformed } from "./problem";

/** The fields of an input as they came. The inventory checks them. */
export type Input = Readonly<Fields>;

/** The same while it is gathered. */
export type Fields = Record<string, unknown>;

/** What a body is, apart from its length. */
const jsonType = /^application\/(?:[\w.-]+\+)?json *(?:; *charset="?utf-8"?)?$/iu;

/**
 * The JSON object a request brings; none at all is an empty one.
 *
 * @throws {@link InventoryError} `INVALID_INPUT`, answered with 413 when it is longer than `maxBytes`, with 415 when it is not said to be
 * JSON (a form of another site's page can send text, but not this) and with 400 when it is no JSON object.
 */
export async function readJson(request: Request, maxBytes: number): Promise<Fields> {
  const bytes = await readBytes(request, maxBytes);
  if (bytes.byteLength === 0) return {};
  if (!jsonType.test(request.headers.get("content-type") ?? "")) throw answeredWith(415, malformed("send Content-Type: application/json"));
  const value = parseJson(bytes);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed("must be a JSON object");
  return value as Fields;
}

/** The bytes of a body. Those of one that doesn't say its length are counted as they come. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const { headers } = request;
  if ((headers.get("content-encoding") ?? "identity") !== "identity") throw answeredWith(415, malformed("send it uncompressed"));
  const said = headers.get("content-length");
  if (said !== null && Number(said) > maxBytes) throw tooLong(maxBytes);
  const isCounted = said === null || headers.has("transfer-encoding");
  const bytes = new Uint8Array(await (isCounted ? gather(request.body, maxBytes) : request.arrayBuffer()).catch(brokenOff));
  if (bytes.byteLength > maxBytes) throw tooLong(maxBytes);
  return bytes;
}

/** Whoever sends half of it is no trouble of the host. */
function brokenOff(error: unknown): never {
  if (isInventoryError(error)) throw error;
  throw malformed("did not come whole");
}

async function gather(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    // Leaving the loop cancels the stream, so nothing more of it is taken.
    if (length > maxBytes) throw tooLong(maxBytes);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let start = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, start);
    start += chunk.byteLength;
  }
  return bytes.buffer;
}

const tooLong = (maxBytes: number) => answeredWith(413, malformed(`a body has at most ${maxBytes} bytes`));

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw malformed("must be JSON in UTF-8");
  }
}

interface Described {
  readonly type?: string;
  readonly anyOf?: readonly Described[];
  readonly items?: Described;
  readonly properties?: Readonly<Record<string, Described>>;
}

/**
 * Reads the query of an address, where everything is text, as the fields a schema describes: `?limit=10&descending=true`,
 * `?reference[type]=order&reference[id]=1042`, `?skus=A&skus=B`. What fits no field stays text, for the inventory to refuse.
 */
export function queryReader(schema: JsonSchema): (query: URLSearchParams) => Fields {
  const { properties = {} } = schema as Described;
  return (query) => {
    const input = Object.create(null) as Fields;
    const groups = Object.create(null) as Record<string, Fields>;
    for (const name of new Set(query.keys())) {
      const texts = query.getAll(name);
      const [, field, inner] = /^(\w+)\[(\w+)\]$/.exec(name) ?? [];
      if (field !== undefined && inner !== undefined && properties[field]?.properties) {
        groups[field] ??= Object.create(null) as Fields;
        groups[field][inner] = readTexts(name, texts, properties[field].properties[inner]);
      } else input[name] = readTexts(name, texts, properties[name]);
    }
    for (const [field, group] of Object.entries(groups)) {
      if (field in input) throw malformed("is given more than once", field);
      input[field] = group;
    }
    return plain(input);
  };
}

/** With the usual prototype, and no name that is one. */
function plain(input: Fields): Fields {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : value,
    ]),
  );
}

function readTexts(name: string, texts: readonly string[], described: Described = {}): unknown {
  if (described.type === "array") return texts.map((text) => readValue(text, described.items));
  if (texts.length > 1) throw malformed("is given more than once", name);
  return readValue(texts[0] as string, described);
}

const number = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/iu;
const flags: Readonly<Record<string, boolean>> = { true: true, false: false };

function readValue(text: string, described: Described = {}): unknown {
  const types = [described, ...(described.anyOf ?? [])].map(({ type }) => type);
  if (types.some((type) => type === "number" || type === "integer") && number.test(text)) return Number(text);
  if (types.includes("boolean") && Object.hasOwn(flags, text)) return flags[text];
  return text;
}
