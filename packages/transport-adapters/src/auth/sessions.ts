import type { Principal } from "@onhand/core";
import type { Authenticate, LinkRequest } from "../shared/options";

/** Finds out by a request, its cookies above all, whose session it is. */
export type SessionOf = (request: LinkRequest) => Principal | undefined | Promise<Principal | undefined>;

/**
 * Takes the sessions that the host's own app keeps. Asked with the request that opened a link, so a link whose session ends should have
 * an `expiresAt`.
 *
 * A cookie is sent by the browser itself, from other sites' pages as well: keep the servers' `allowedOrigins`, and `SameSite` on the cookie.
 *
 * @example
 * const authenticate = sessions(async ({ headers }) => app.sessionOf(headers.cookie));
 */
export const sessions =
  (sessionOf: SessionOf): Authenticate =>
  async ({ request }) =>
    request && sessionOf(request);
