/**
 * Text is ordered by UTF-16 code unit everywhere, as JavaScript does it. Databases order UTF-8 by code point. The two differ
 * only between characters beyond the basic plane (emoji, rare scripts) and those from U+E000 to U+FFFF. So a column is ordered
 * as the database does it, by its indexes, until a character beyond the basic plane was written to it; the head row names
 * such columns, and they are ordered by an expression.
 */
const beyondBasicPlane = /[\uD800-\uDFFF]/;

/** Whether a text can stand elsewhere by code unit than by code point. */
export const isWide = (text: string): boolean => beyondBasicPlane.test(text);

/** A text whose order by code point is the order of the given text by code unit. */
export const byCodePoint = (text: string): string =>
  /[\uD800-\uFFFF]/.test(text) ? text.replace(/[\u{E000}-\u{FFFF}]/gu, "\uE001$&").replace(/[\u{10000}-\u{10FFFF}]/gu, "\uE000$&") : text;

/** The text that {@link byCodePoint} was given. */
export const fromCodePoint = (text: string): string => text.replace(/[\uE000\uE001](.)/gsu, "$1");
