import { createHash, timingSafeEqual } from "node:crypto";
import type { Actor } from "@onhand/core";

/** Who may use the server: whoever has the token, or, said in so many words, everybody. */
export type Access = { readonly open: true } | { readonly open: false; readonly token: string };

/** Tells who brings a token, or none; undefined when nobody here knows them. */
export type Identify = (token: string | undefined) => Actor | undefined | Promise<Actor | undefined>;

/** Tells who brings this token; undefined when nobody here knows them. */
export function createDoorkeeper(access: Access): (token: string | undefined) => Actor | undefined {
  if (access.open) return () => ({ id: "dashboard" });
  const expected = digest(access.token);
  // Digests have one length, so comparing them tells nothing about the secret, not even how long it is.
  return (token) => (token !== undefined && timingSafeEqual(digest(token), expected) ? { id: "operator" } : undefined);
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** The token of an `Authorization: Bearer …` header. */
export const bearerToken = (header: string | undefined): string | undefined => /^Bearer +(\S+)$/iu.exec(header ?? "")?.[1];

const loopbackNames = ["localhost", "127.0.0.1", "[::1]"];

/** Whether only programs of this machine can reach an address. */
const isLoopback = (host: string): boolean => host === "::1" || loopbackNames.includes(host);

/** Where a request comes from, by its headers. */
export interface Caller {
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
}

/** Which pages may use the server. */
export interface Pages {
  /** Their origins; undefined for just those of the host that is called. */
  readonly origins: readonly string[] | undefined;
  /** Whether a caller may come in. Without an `Origin` it is no other site's page: what it may do is the token's say. */
  readonly admits: (caller: Caller) => boolean;
}

/**
 * Admits the server's own page, or instead of it, where any are given, the pages of `extra` origins.
 *
 * A server that only this machine can reach has its names for own page, and answers to no other name: so a foreign page
 * whose name was pointed here afterwards (DNS rebinding) stays outside.
 */
export function pagesFor(address: { readonly host: string; readonly port: number }, extra: readonly string[]): Pages {
  if (!isLoopback(address.host)) {
    if (extra.length === 0) return { origins: undefined, admits: isOwnPage };
    return { origins: extra, admits: ({ origin }) => origin === undefined || extra.includes(origin) };
  }
  const origins = [...loopbackNames.map((name) => new URL(`http://${name}:${address.port}`).origin), ...extra];
  const hosts = new Set(origins.map((origin) => new URL(origin).host));
  return {
    origins,
    admits: ({ origin, host = "" }) => hosts.has(host.toLowerCase()) && (origin === undefined || origins.includes(origin)),
  };
}

const isOwnPage = ({ origin, host }: Caller): boolean =>
  origin === undefined || (URL.canParse(origin) && new URL(origin).host === host?.toLowerCase());
