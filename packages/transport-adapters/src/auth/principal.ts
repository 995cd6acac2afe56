import { type Principal, type Role, roles } from "@onhand/core";

const longestId = 100;

/**
 * A principal made of what somebody else wrote: names that are no roles are dropped, and whatever is not a list of stores is no store.
 * Undefined without an id that can stand on a movement.
 */
export function principalOf(facts: Readonly<Record<string, unknown>>): Principal | undefined {
  const { id } = facts;
  if (typeof id !== "string" || id.length === 0 || id.length > longestId) return undefined;
  return {
    id,
    roles: texts(facts.roles).filter((name): name is Role => (roles as readonly string[]).includes(name)),
    stores: facts.stores === "*" ? "*" : texts(facts.stores),
  };
}

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((item) => typeof item === "string") : []);
