import { type Clock, type Principal, systemClock } from "@onhand/core";
import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { Authenticate } from "../shared/options";
import { principalOf } from "./principal";

/** What a token says, once it was found to be genuine. */
export type Claims = JWTPayload;

interface Common {
  /** Who must have issued it. */
  readonly issuer: string | readonly string[];
  /** Whom it must be for. */
  readonly audience: string | readonly string[];
  /** The only algorithms that are taken. Unless said `HS256` with a secret; `RS256`, `PS256`, `ES256` and `EdDSA` with keys. */
  readonly algorithms?: readonly string[];
  /** How far the clocks of issuer and server may differ; 5 seconds unless said. */
  readonly clockToleranceSeconds?: number;
  /** Who the claims speak of; by their `sub`, `roles`, `stores` and `exp` unless given. Undefined for nobody. */
  readonly principalOf?: (claims: Claims) => Principal | undefined | Promise<Principal | undefined>;
  readonly clock?: Clock;
}

/** What {@link bearerTokens} takes: a secret that both sides share, or the public keys of whoever issues tokens. */
export type BearerTokensOptions = Common &
  (
    | { /** At least 32 bytes. */ readonly secret: string | Uint8Array; readonly jwks?: never }
    | { /** Where the keys are published, or the keys. */ readonly jwks: string | URL | JSONWebKeySet; readonly secret?: never }
  );

const publicKeyAlgorithms = ["RS256", "PS256", "ES256", "EdDSA"];
const shortestSecret = 32;
const longestToken = 8_192;

/**
 * Takes JSON Web Tokens: genuine, from the right issuer, for the right audience, not expired, and signed by an algorithm on the list.
 * Anything else is nobody. That the keys can't be fetched says nothing about a token, so it is thrown and the client comes back.
 *
 * @throws {@link TypeError} when the secret is short, or an algorithm doesn't go with the kind of key: a public key must never serve as a secret.
 * @example
 * const authenticate = bearerTokens({ jwks: "https://id.example/.well-known/jwks.json", issuer: "https://id.example/", audience: "stock" });
 * @see docs/guides/auth.md
 */
export function bearerTokens(options: BearerTokensOptions): Authenticate {
  const { issuer, audience, clockToleranceSeconds = 5, clock = systemClock } = options;
  const { key, algorithms } = options.secret === undefined ? publishedKeys(options) : sharedSecret(options);
  const whoIs = options.principalOf ?? principalOfClaims;
  const demanded = {
    issuer: list(issuer),
    audience: list(audience),
    algorithms: [...algorithms],
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ["exp", "sub"],
  };
  return async ({ token }) => {
    if (token === undefined || token.length > longestToken) return undefined;
    try {
      const { payload } = await jwtVerify(token, key, { ...demanded, currentDate: new Date(clock.now()) });
      const principal = await whoIs(payload);
      // A link must not outlive the token that opened it, whoever says who it belongs to.
      return (
        principal && { ...principal, expiresAt: Math.min(principal.expiresAt ?? Number.POSITIVE_INFINITY, (payload.exp as number) * 1_000) }
      );
    } catch (error) {
      if (isFaultOfToken(error)) return undefined;
      throw error;
    }
  };
}

interface Keys {
  readonly key: JWTVerifyGetKey;
  readonly algorithms: readonly string[];
}

function sharedSecret({ secret, algorithms = ["HS256"] }: { secret: string | Uint8Array; algorithms?: readonly string[] }): Keys {
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  if (bytes.length < shortestSecret) throw new TypeError(`a secret for tokens has at least ${shortestSecret} bytes`);
  demand(algorithms, (name) => name.startsWith("HS"), "a secret");
  return { key: async () => bytes, algorithms };
}

function publishedKeys({ jwks, algorithms = publicKeyAlgorithms }: Pick<BearerTokensOptions, "jwks" | "algorithms">): Keys {
  demand(algorithms, (name) => publicKeyAlgorithms.includes(name) || /^(RS|PS|ES)(256|384|512)$/.test(name), "public keys");
  if (jwks === undefined) throw new TypeError("tokens are proved by a secret or by keys: give one of them");
  const isPlace = typeof jwks === "string" || jwks instanceof URL;
  return { key: isPlace ? createRemoteJWKSet(new URL(jwks)) : createLocalJWKSet(jwks), algorithms };
}

function demand(algorithms: readonly string[], suits: (name: string) => boolean, kind: string): void {
  const wrong = algorithms.find((name) => !suits(name));
  if (wrong !== undefined || algorithms.length === 0) throw new TypeError(`${wrong ?? "no algorithm"} does not go with ${kind}`);
}

const list = (value: string | readonly string[]): string[] => (typeof value === "string" ? [value] : [...value]);

const principalOfClaims = ({ sub, roles, stores }: Claims): Principal | undefined => principalOf({ id: sub, roles, stores });

const faultsOfKeys = ["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"];

function isFaultOfToken(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^ERR_(JWT|JWS|JWKS|JOSE)_/.test(code) && !faultsOfKeys.includes(code);
}
