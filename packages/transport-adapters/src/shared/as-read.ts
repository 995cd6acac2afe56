type Input = Readonly<Record<string, unknown>>;

const deepest = 4;

/**
 * What a command names, with its texts as the inventory reads them: `" vault"` is the store `vault`, and a hook that is
 * asked about one must not let the other through.
 */
export const asRead = (input: Input): Input => tidied(input, deepest) as Input;

function tidied(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.trim().normalize("NFC");
  if (typeof value !== "object" || value === null || depth === 0) return value;
  if (Array.isArray(value)) return value.map((item) => tidied(item, depth - 1));
  const tidy: Record<string, unknown> = { ...value };
  for (const name of Object.keys(tidy)) tidy[name] = tidied(tidy[name], depth - 1);
  return tidy;
}
