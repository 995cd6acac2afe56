/**
 * The number a cell shows: digits with an optional sign, fraction and well-placed thousands separators, `(5)` for -5 as accountants
 * write it, currency symbols around it. Undefined when it is anything else; never a guess.
 */
export function parseNumber(text: string, decimal: "." | "," = "."): number | undefined {
  const bare = text.replace(/[\p{Sc}\s\u00a0\u202f]/gu, "").replace("\u2212", "-");
  const accounting = /^\((.+)\)$/.exec(bare);
  const digits = accounting ? `-${accounting[1]}` : bare;
  const match = patterns[decimal].exec(digits);
  if (!match) return undefined;
  const [, sign = "", whole = "", fraction = ""] = match;
  const plain = `${sign === "-" ? "-" : ""}${whole.replace(/[.,'’]/g, "") || "0"}.${fraction || "0"}`;
  const value = Number(plain);
  return Number.isFinite(value) ? value + 0 : undefined;
}

const patterns = {
  ".": /^([+-]?)(\d{1,3}(?:[,'’]\d{3})+|\d+|(?=\.\d))(?:\.(\d*))?$/,
  ",": /^([+-]?)(\d{1,3}(?:[.'’]\d{3})+|\d+|(?=,\d))(?:,(\d*))?$/,
} as const;

/** How many decimals a currency has: 2 for EUR, 0 for JPY, 3 for KWD. Undefined for what is no currency code. */
export function currencyDecimals(currency: string): number | undefined {
  if (!/^[A-Z]{3}$/.test(currency)) return undefined;
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
}

/** An amount in the currency's minor unit; undefined when it has more decimals than the currency. */
export function toMinor(amount: number, decimals: number): number | undefined {
  const minor = Math.round(amount * 10 ** decimals);
  return Number.isSafeInteger(minor) && minor / 10 ** decimals === amount ? minor : undefined;
}

/** An amount in minor units as a plain decimal: 499 as `4.99`. */
export function minorText(minor: number, decimals: number): string {
  if (decimals === 0) return String(minor);
  const digits = String(Math.abs(minor)).padStart(decimals + 1, "0");
  return `${minor < 0 ? "-" : ""}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
