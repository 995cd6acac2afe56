/** How text is written as bytes: the names of the Encoding standard. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

const marks: readonly (readonly [Encoding, readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

/**
 * The encoding of a file: by its byte order mark; by zero bytes, which only UTF-16 puts between ASCII letters; UTF-8 if all
 * of it is well-formed, which other text practically never is; otherwise windows-1252, as old spreadsheets save it.
 */
export function detectEncoding(sample: Uint8Array, utf8: boolean): { readonly encoding: Encoding; readonly bom: boolean } {
  const marked = marks.find(([, mark]) => mark.every((byte, index) => sample[index] === byte));
  if (marked) return { encoding: marked[0], bom: true };
  const zeros = [0, 0];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] as number) + 1;
  const [even = 0, odd = 0] = zeros;
  if (even + odd > sample.length / 8) return { encoding: odd >= even ? "utf-16le" : "utf-16be", bom: false };
  return { encoding: utf8 ? "utf-8" : "windows-1252", bom: false };
}
