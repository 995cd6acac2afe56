import { createHash, createHmac, randomBytes } from "node:crypto";
import { type Clock, InventoryError, type Principal, systemClock } from "@onhand/core";
import { type Authenticate, bearerTokens } from "@onhand/transport-adapters/auth";
import { SignJWT } from "jose";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { hashPassword, type VerifyPassword, verifyPassword } from "./passwords";
import { createRefreshTokens } from "./refresh-tokens";
import type { Sessions } from "./sessions";
import { principalOf, type User } from "./users";

/** What somebody has who signed in. */
export interface Session {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  readonly name: string;
}

/** The way in for users with passwords. */
export interface SignIn {
  /** @throws {@link InventoryError} `UNAUTHENTICATED`, with the same words whatever was wrong; `RATE_LIMITED` after too many tries, known name or not. */
  signIn(tried: { readonly name: string; readonly password: string; readonly address: string }): Promise<Session>;
  /** @throws {@link InventoryError} `UNAUTHENTICATED`. */
  refresh(refreshToken: string): Promise<Session>;
  signOut(refreshToken: string): void;
  /** Who brings an access token. */
  readonly authenticate: Authenticate;
}

const issued = { issuer: "onhand-reference-server", audience: "onhand" };
const accessSeconds = 600;
const longestPassword = 1_024;
const perName = { keyPrefix: "name", points: 10, duration: 900 };
const perAddress = { keyPrefix: "address", points: 30, duration: 900 };

/** What signing in goes by. */
export interface SignInOptions {
  /** Where those who signed in are remembered; closed by whoever opened it. */
  readonly sessions: Sessions;
  readonly clock?: Clock;
  readonly verify?: VerifyPassword;
}

/**
 * Who signed in stays so when the server is started anew: access tokens hold for as long as nothing was changed about the users, refresh
 * tokens unless their own user is gone or has another password.
 */
export async function createSignIn(
  users: readonly User[],
  { sessions, clock = systemClock, verify = verifyPassword }: SignInOptions,
): Promise<SignIn> {
  const byName = new Map(users.map((user) => [user.name, user]));
  // Tokens say what their bearer may do. Of users who are others now, none may be good.
  const secret = createHmac("sha256", sessions.secret).update(JSON.stringify(users)).digest();
  const refreshTokens = createRefreshTokens({ sessions, clock, credentialOf: (name) => byName.get(name)?.passwordHash });
  const failures = [new RateLimiterMemory(perName), new RateLimiterMemory(perAddress)] as const;
  // Who is not known takes as long as who is.
  const nobody = await hashPassword(randomBytes(16).toString("hex"));

  async function sessionOf(name: string, refreshToken: string): Promise<Session> {
    const { id, ...facts } = principalOf(byName.get(name) as User) satisfies Principal;
    const now = Math.floor(clock.now() / 1_000);
    const accessToken = await new SignJWT(facts)
      .setProtectedHeader({ alg: "HS256" })
      .setSubject(id)
      .setIssuer(issued.issuer)
      .setAudience(issued.audience)
      .setIssuedAt(now)
      .setExpirationTime(now + accessSeconds)
      .sign(secret);
    return { accessToken, expiresInSeconds: accessSeconds, refreshToken, name };
  }

  return {
    async signIn({ name, password, address }) {
      const [byNameTries, byAddressTries] = failures;
      // A point is taken before anybody looks, or a hundred tries at once would all be looked at.
      await Promise.all([byNameTries.consume(digest(name)), byAddressTries.consume(address)]).catch(tooMany);
      const user = byName.get(name);
      const isRight = password.length <= longestPassword && (await verify(user?.passwordHash ?? nobody, password));
      if (!user || !isRight) throw new InventoryError("UNAUTHENTICATED", { reason: "the name or the password is wrong" });
      await Promise.all([byNameTries.delete(digest(name)), byAddressTries.reward(address)]);
      return sessionOf(name, refreshTokens.begin(name));
    },
    async refresh(refreshToken) {
      const next = refreshTokens.rotate(refreshToken);
      if (next) return sessionOf(next.name, next.token);
      throw new InventoryError("UNAUTHENTICATED", { reason: "sign in anew" });
    },
    signOut: refreshTokens.end,
    authenticate: bearerTokens({ secret, ...issued, clock }),
  };
}

// Names are kept by digest: whatever somebody tries takes the same room.
const digest = (name: string): string => createHash("sha256").update(name).digest("hex");

function tooMany(reason: unknown): never {
  if (reason instanceof RateLimiterRes) throw new InventoryError("RATE_LIMITED", { retryAfterMs: Math.max(1, reason.msBeforeNext) });
  throw reason;
}
