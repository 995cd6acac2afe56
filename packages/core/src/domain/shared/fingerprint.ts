/**
 * A short name for a request, equal for equal requests: a safe integer. It tells an honest retry from another request
 * under the same key; it is no defence against somebody who looks for collisions in keys of their own.
 *
 * Two independent 32-bit multiplicative hashes of the command's name and the input, one text behind the other, 53 bits of them (cyrb53).
 */
export function fingerprint(command: string, input: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  // One after the other: putting them together would copy both for each request.
  for (const text of [command, input]) {
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      a = Math.imul(a ^ unit, 2654435761);
      b = Math.imul(b ^ unit, 1597334677);
    }
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (b & 0x1fffff) * 2 ** 32 + (a >>> 0);
}
