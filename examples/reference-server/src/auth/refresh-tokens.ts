import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "@onhand/core";
import type { Sessions } from "./sessions";

/** Tokens that each are good for one more. */
export interface RefreshTokens {
  /** Begins a family: the first token of a sign-in. */
  begin(name: string): string;
  /** Takes a token for the next of its family. Undefined for one that is not the latest: then somebody has a copy, and the family ends. */
  rotate(token: string): { readonly name: string; readonly token: string } | undefined;
  /** Ends the family of a token. */
  end(token: string): void;
}

/** What refresh tokens are made with. */
export interface RefreshTokenOptions {
  readonly sessions: Sessions;
  readonly clock: Clock;
  /** What somebody signs in with now; undefined for who may not any more. A family that began with another ends. */
  readonly credentialOf: (name: string) => string | undefined;
}

const lifetimeMs = 30 * 86_400_000;

/** A family ends after 30 days, or when 10,000 newer ones have begun. A restart ends none. */
export function createRefreshTokens({ sessions, clock, credentialOf }: RefreshTokenOptions): RefreshTokens {
  return {
    begin(name) {
      const [id, secret] = [random(16), random(32)];
      const now = clock.now();
      const credential = digest(credentialOf(name) ?? "");
      sessions.add({ id, name, credential, latest: digest(secret), endsAt: now + lifetimeMs }, now);
      return `${id}.${secret}`;
    },
    rotate(token) {
      const [id = "", secret = ""] = token.split(".", 2);
      const name = sessions.nameOf(id);
      if (name === undefined) return undefined;
      const next = random(32);
      const credential = credentialOf(name);
      const shown = { id, latest: digest(secret), credential: digest(credential ?? "") };
      if (credential !== undefined && sessions.rotate(shown, digest(next), clock.now())) return { name, token: `${id}.${next}` };
      sessions.remove(id);
      return undefined;
    },
    end: (token) => sessions.remove(token.split(".", 1)[0] ?? ""),
  };
}

const random = (bytes: number): string => randomBytes(bytes).toString("base64url");
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
