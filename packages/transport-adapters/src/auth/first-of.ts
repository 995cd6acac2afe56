import type { Authenticate } from "../shared/options";

/**
 * Asks one after the other who somebody is, and takes the first answer. What one throws is thrown.
 *
 * @example
 * const authenticate = firstOf(bearerTokens({ secret, issuer: "shop", audience: "stock" }), apiKeys({ find }));
 */
export const firstOf =
  (...ways: readonly Authenticate[]): Authenticate =>
  async (credentials) => {
    for (const way of ways) {
      const actor = await way(credentials);
      if (actor) return actor;
    }
    return undefined;
  };
