import { type Actor, isInventoryError, type Logger } from "@onhand/core";
import type { Authenticate, LinkRequest } from "./options";

/** The headers of a request, as Node has them. */
export type Headers = LinkRequest["headers"];

/** What is used of Node's request. */
export interface RequestLike {
  readonly headers: Headers;
  readonly url?: string | undefined;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** The path of a request, without its query. */
export const pathOf = ({ url }: { readonly url?: string | undefined }): string => (url ?? "/").split("?", 1)[0] ?? "/";

/** Whether the page behind a request may connect; a request without an `Origin` is not from a page. */
export function isAllowedOrigin({ headers }: { readonly headers: Headers }, allowed: readonly string[] | undefined): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (typeof origin !== "string") return false;
  if (allowed) return allowed.includes(origin);
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** The token of an `Authorization: Bearer` header. */
export function tokenOf({ headers }: { readonly headers: Headers }): string | undefined {
  const { authorization } = headers;
  return typeof authorization === "string" ? /^Bearer (\S+)$/i.exec(authorization)?.[1] : undefined;
}

/** What the host's `authenticate` may look at. */
export const requestFacts = ({ headers, url, socket }: RequestLike): LinkRequest => ({
  headers,
  ...(url !== undefined && { url }),
  ...(socket.remoteAddress !== undefined && { remoteAddress: socket.remoteAddress }),
});

/**
 * Who a request is from, by its headers or the token that came with it. Undefined where there is nothing to go by, or where
 * it was not enough: the client then says `hello` with a token. One that `saysNoHello` is asked about whatever it brings.
 *
 * @throws {@link InventoryError} `RATE_LIMITED` when `authenticate` says so: such a link need not open at all.
 */
export async function identify(
  request: LinkRequest,
  {
    authenticate,
    logger,
    token = tokenOf(request),
    saysNoHello = false,
  }: { authenticate: Authenticate; logger: Logger; token?: string | undefined; saysNoHello?: boolean },
): Promise<Actor | undefined> {
  if (token === undefined && request.headers.cookie === undefined && !saysNoHello) return undefined;
  try {
    return await authenticate({ ...(token !== undefined && { token }), request });
  } catch (error) {
    if (isInventoryError(error, "RATE_LIMITED")) throw error;
    logger.error({ error }, "authenticate failed when a link opened; the client must say hello with a token");
    return undefined;
  }
}
