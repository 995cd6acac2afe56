import type { Logger } from "./logger";

/** What {@link redact} hides beside what it always does. */
export interface RedactOptions {
  /** Names of fields whose values are hidden, whatever their case. */
  readonly keys?: readonly string[];
}

const hidden = "[redacted]";
const secretKey =
  /pass(?:word|wd|phrase)|secret|token|authori[sz]ation|cookie|api[-_]?key|private[-_]?key|credential|signature|e-?mail|phone|iban/i;

/** What gives itself away wherever it stands in a text. */
const secretTexts: readonly (readonly [RegExp, string])[] = [
  [/\b(\w[\w+.-]*:\/\/)[^\s/@:]*:[^\s/@]*@/g, `$1${hidden}@`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${hidden}`],
  [/\bey[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, hidden],
  [/\bwhsec_[\w+/=-]+/g, hidden],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, hidden],
];

const maximumDepth = 6;
const maximumEntries = 100;
const maximumText = 2_000;

/**
 * A copy of facts that may be written to a log: plain JSON without passwords, tokens, keys, cookies, signatures, e-mail addresses,
 * telephone numbers and IBANs, by the names of fields and, where a value gives itself away, by what stands in a text.
 *
 * Errors become `{ type, message, code?, details?, stack, cause? }`. What is too deep, too long or leads back to itself is cut off.
 *
 * @example
 * redact({ user: "kim", password: "hunter2" }); // { user: "kim", password: "[redacted]" }
 */
export function redact(facts: unknown, { keys = [] }: RedactOptions = {}): unknown {
  const own = new Set(keys.map((key) => key.toLowerCase()));
  const isSecret = (key: string): boolean => secretKey.test(key) || own.has(key.toLowerCase());

  function copy(value: unknown, above: readonly object[]): unknown {
    if (typeof value === "string") return redactText(value);
    if (typeof value === "bigint" || typeof value === "symbol" || typeof value === "function") return redactText(String(value));
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (above.includes(value)) return "[circular]";
    if (above.length >= maximumDepth) return "[too deep]";
    return copyObject(value, [...above, value]);
  }

  function copyObject(value: object, above: readonly object[]): unknown {
    if (Array.isArray(value)) return value.slice(0, maximumEntries).map((item) => copy(item, above));
    if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
    const entries = value instanceof Error ? entriesOf(value) : Object.entries(value);
    return Object.fromEntries(entries.slice(0, maximumEntries).map(([key, item]) => [key, isSecret(key) ? hidden : copy(item, above)]));
  }

  return copy(facts, []);
}

function entriesOf(error: Error): (readonly [string, unknown])[] {
  const { name, message, stack, cause } = error;
  const own = Object.entries(error).filter(([key]) => !["name", "message", "stack", "cause"].includes(key));
  return [["type", name], ["message", message], ...own, ["stack", stack], ...(cause === undefined ? [] : ([["cause", cause]] as const))];
}

function redactText(text: string): string {
  const short = text.length > maximumText ? `${text.slice(0, maximumText)}…` : text;
  return secretTexts.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), short);
}

/**
 * A logger that hands on to another what {@link redact} leaves of messages and facts. Errors arrive as plain objects, so any logger that
 * writes JSON writes them, pino's too.
 *
 * @example
 * const inventory = await createInventory({ storage, logger: redactingLogger(pino()) });
 */
export function redactingLogger(logger: Logger, options: RedactOptions = {}): Logger {
  const clean = <Facts>(facts: Facts): Facts => redact(facts, options) as Facts;
  return {
    error: (facts, message) => logger.error(clean(facts), redactText(message)),
    warn: (facts, message) => logger.warn(clean(facts), redactText(message)),
  };
}
