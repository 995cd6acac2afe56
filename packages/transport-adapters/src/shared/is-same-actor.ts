import type { Actor } from "@onhand/core";

const deepest = 8;

/**
 * Whether all that is known of two actors is the same but for when their proof ends. What can't be compared, such as a `Set` made anew, counts
 * as different: then permissions are looked at once too often.
 */
export function isSameActor(former: Actor | undefined, renewed: Actor): boolean {
  if (!isPlain(former) || !isPlain(renewed)) return former === renewed;
  const { expiresAt: _before, ...known } = former;
  const { expiresAt: _after, ...told } = renewed;
  return isSame(known, told, deepest);
}

function isSame(one: unknown, other: unknown, depth: number): boolean {
  if (Object.is(one, other)) return true;
  if (depth === 0 || !isPlain(one) || !isPlain(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name], depth - 1))
  );
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  return [Object.prototype, Array.prototype, null].includes(Object.getPrototypeOf(value));
}
