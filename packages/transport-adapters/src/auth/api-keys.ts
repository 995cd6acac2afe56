import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { type Clock, type Principal, systemClock } from "@onhand/core";
import type { Authenticate } from "../shared/options";

/** What is kept of an API key: enough to know it again, and nothing it could be made of. */
export interface ApiKeyRecord extends Principal {
  /** The part of the key that it is looked up by. It is no secret. */
  readonly prefix: string;
  /** SHA-256 of the whole key, in hexadecimal digits. */
  readonly hash: string;
}

/** What {@link apiKeys} takes. */
export interface ApiKeysOptions {
  /** Finds what was kept of a key by its prefix; undefined where there is none, or it was withdrawn. */
  readonly find: (prefix: string) => ApiKeyRecord | undefined | Promise<ApiKeyRecord | undefined>;
  readonly clock?: Clock;
}

const form = /^ohk_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

// A key has 256 random bits: there is nothing to try out, so a fast hash is enough.
const digest = (key: string): Buffer => createHash("sha256").update(key).digest();

/**
 * Makes a key for a program. It is shown once; what is kept is `record`.
 *
 * @example
 * const { key, record } = createApiKey({ id: "till-7", roles: ["operator"], stores: ["berlin"] });
 */
export function createApiKey(principal: Principal): { readonly key: string; readonly record: ApiKeyRecord } {
  const prefix = randomBytes(6).toString("hex");
  const key = `ohk_${prefix}_${randomBytes(32).toString("base64url")}`;
  return { key, record: { ...principal, prefix, hash: digest(key).toString("hex") } };
}

/**
 * Takes API keys as {@link createApiKey} makes them. Keys are compared in constant time, and one that nobody knows takes as long
 * as one that is wrong. A key past its `expiresAt` is nobody's.
 *
 * @example
 * const authenticate = apiKeys({ find: (prefix) => db.apiKeys.byPrefix(prefix) });
 * @see docs/guides/auth.md
 */
export function apiKeys({ find, clock = systemClock }: ApiKeysOptions): Authenticate {
  return async ({ token }) => {
    const prefix = token === undefined ? undefined : form.exec(token)?.[1];
    if (token === undefined || prefix === undefined) return undefined;
    const record = await find(prefix);
    const kept = Buffer.from(record?.hash ?? "", "hex");
    const given = digest(token);
    const isSame = timingSafeEqual(given, kept.length === given.length ? kept : Buffer.alloc(given.length));
    if (!isSame || !record || (record.expiresAt ?? Number.POSITIVE_INFINITY) <= clock.now()) return undefined;
    const { prefix: _, hash: __, ...principal } = record;
    return principal;
  };
}
