/** The SQL name of a column or table: `storeId` is `store_id`, so a host can write it without quotes. */
export const sqlName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The name a SQL name was made of. */
export const domainName = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const identifier = /^[a-z_][a-z0-9_]{0,30}$/i;

/**
 * Refuses what can't be a schema or a prefix. They are written into SQL, so nothing but letters, digits and `_` may be in them.
 *
 * @throws TypeError when it is no such name.
 */
export function requireIdentifier(what: string, value: unknown): string {
  if (typeof value !== "string" || !identifier.test(value))
    throw new TypeError(`${what} must be a name of at most 31 letters, digits and _, not beginning with a digit`);
  return value;
}

/** Shortens what is too long for an identifier, and keeps it unique by a checksum of the whole. */
export function boundedName(name: string, maximum = 60): string {
  if (name.length <= maximum) return name;
  return `${name.slice(0, maximum - 9)}_${checksum(name)}`;
}

/** 32 bits of a text, as eight hexadecimal digits (FNV-1a). */
export function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
