import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "@onhand/core";

/** Tokens that each are good for one more. */
export interface RefreshTokens {
  /** Begins a family: the first token of a sign-in. */
  begin(name: string): string;
  /** Takes a token for the next of its family. Undefined for one that is not the latest: then somebody has a copy, and the family ends. */
  rotate(token: string): { readonly name: string; readonly token: string } | undefined;
  /** Ends the family of a token. */
  end(token: string): void;
}

interface Family {
  readonly name: string;
  readonly latest: Buffer;
  readonly endsAt: number;
}

const maximumFamilies = 10_000;
const lifetimeMs = 30 * 86_400_000;

/** Keeps families in memory, of each only the hash of its latest token. They end with the process, after 30 days, or when 10,000 newer ones have begun. */
export function createRefreshTokens(clock: Clock): RefreshTokens {
  const families = new Map<string, Family>();

  function issue(id: string, family: Omit<Family, "latest">): string {
    const secret = randomBytes(32).toString("base64url");
    families.set(id, { ...family, latest: digest(secret) });
    return `${id}.${secret}`;
  }

  return {
    begin(name) {
      const oldest = families.keys().next();
      if (families.size >= maximumFamilies && !oldest.done) families.delete(oldest.value);
      return issue(randomBytes(16).toString("base64url"), { name, endsAt: clock.now() + lifetimeMs });
    },
    rotate(token) {
      const [id = "", secret = ""] = token.split(".", 2);
      const family = families.get(id);
      if (!family) return undefined;
      if (family.endsAt > clock.now() && timingSafeEqual(family.latest, digest(secret)))
        return { name: family.name, token: issue(id, { name: family.name, endsAt: family.endsAt }) };
      families.delete(id);
      return undefined;
    },
    end: (token) => void families.delete(token.split(".", 1)[0] ?? ""),
  };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
