import type { Actor } from "@onhand/core";
import type { Authenticate } from "../shared/options";
import { tokenOf } from "../shared/request";

/**
 * The same proof of who somebody is, for HTTP: by the `Authorization: Bearer` header of a request, or by its cookies.
 *
 * @param remoteAddressOf - where a request came from, for limits by address; a web request does not say.
 * @example
 * const handler = createHttpHandler({ inventory, authenticate: requestAuthenticator(authenticate), authorize });
 */
export const requestAuthenticator =
  (authenticate: Authenticate, remoteAddressOf?: (request: Request) => string | undefined) =>
  async (request: Request): Promise<Actor | undefined> => {
    const headers = Object.fromEntries(request.headers);
    const token = tokenOf({ headers });
    const { pathname, search } = new URL(request.url);
    const remoteAddress = remoteAddressOf?.(request);
    return authenticate({
      ...(token !== undefined && { token }),
      request: { headers, url: pathname + search, ...(remoteAddress !== undefined && { remoteAddress }) },
    });
  };
