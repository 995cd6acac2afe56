import { InventoryError, type ReadOptions } from "@onhand/core";

const jsonType = /^application\/json\b/iu;

/**
 * The JSON object a caller sent. Its fields are the inventory's to check.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when the body is anything else, or not said to be JSON: a form of
 * another site's page can send text, but not this.
 */
export async function readBody(request: Request): Promise<Readonly<Record<string, unknown>>> {
  if (!jsonType.test(request.headers.get("Content-Type") ?? "")) throw malformed("send Content-Type: application/json");
  const value = parseJson(await request.text());
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed("must be a JSON object");
  return value as Readonly<Record<string, unknown>>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed("must be JSON", error);
  }
}

const numbers = new Set(["limit"]);
const flags: Readonly<Record<string, boolean>> = { true: true, false: false };
const flagFields = new Set(["archived", "descending"]);

/** How current an answer must be stands beside the filter. */
const howFields = ["consistency", "minSeq"];

/** A filter from the query of an address, where everything is text: `?limit=10&descending=true`. */
export const readQuery = (query: Readonly<Record<string, string>>): object =>
  Object.fromEntries(
    Object.entries(query)
      .filter(([name]) => !howFields.includes(name))
      .map(([name, text]) => [name, readValue(name, text)]),
  );

/** How current an answer must be: `?consistency=eventual` lets a replica that lags answer, `?minSeq=42` one that has come that far. */
export function readHow({ consistency, minSeq }: Readonly<Record<string, string>>): ReadOptions {
  if (consistency !== undefined && consistency !== "eventual" && consistency !== "strong") {
    throw malformed("must be strong or eventual", undefined, "consistency");
  }
  if (minSeq !== undefined && !/^\d{1,15}$/u.test(minSeq)) throw malformed("must be a whole number", undefined, "minSeq");
  return { ...(consistency && { consistency }), ...(minSeq !== undefined && { minSeq: Number(minSeq) }) };
}

function readValue(name: string, text: string): unknown {
  if (numbers.has(name) && text.trim() !== "") return Number(text);
  if (flagFields.has(name) && Object.hasOwn(flags, text)) return flags[text];
  return text;
}

const malformed = (message: string, cause?: unknown, path = "") =>
  new InventoryError("INVALID_INPUT", { issues: [{ path, message }] }, { cause });
