import { getConnInfo } from "@hono/node-server/conninfo";
import { InventoryError, type Logger } from "@onhand/core";
import { problemFor } from "@onhand/transport-adapters/http";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Session, SignIn } from "../auth/sign-in";

/** How this server wants to know who somebody is. */
export type WayIn = "open" | "token" | "password";

const cookie = "onhand_refresh";
const path = "/api/session";
const maximumBodyBytes = 4_096;
const month = 30 * 86_400;

/**
 * Signing in and out. The access token is in the answer; the refresh token is in a cookie that no script can read and that is sent to this
 * address only.
 */
export function createSessionApi(wayIn: WayIn, signIn: SignIn | undefined, logger: Logger): Hono {
  const api = new Hono();
  api.get("/", (context) => context.json({ wayIn }));
  if (!signIn) return api;

  function answer(context: Context, { refreshToken, ...session }: Session): Response {
    setCookie(context, cookie, refreshToken, { httpOnly: true, sameSite: "Strict", secure: isSecure(context), path, maxAge: month });
    context.header("Cache-Control", "no-store");
    return context.json(session);
  }

  api.onError((error) => problemFor(error, { logger }));
  api.use(bodyLimit({ maxSize: maximumBodyBytes, onError: () => problemFor(malformed("is too long"), { status: 413 }) }));
  api.post("/", async (context) => {
    const { name, password } = await readBody(context);
    if (typeof name !== "string" || typeof password !== "string") throw malformed("must have a name and a password");
    return answer(context, await signIn.signIn({ name, password, address: addressOf(context) }));
  });
  api.post("/refresh", async (context) => answer(context, await signIn.refresh(getCookie(context, cookie) ?? "")));
  api.delete("/", (context) => {
    signIn.signOut(getCookie(context, cookie) ?? "");
    deleteCookie(context, cookie, { path });
    return context.body(null, 204);
  });
  return api;
}

/** Another site's form can send text, but not this type. */
async function readBody({ req }: Context): Promise<{ readonly name?: unknown; readonly password?: unknown }> {
  if (!/^application\/json\b/iu.test(req.header("Content-Type") ?? "")) throw malformed("send Content-Type: application/json");
  const body: unknown = await req.json().catch(() => undefined);
  if (typeof body !== "object" || body === null) throw malformed("must be a JSON object");
  return body;
}

const isSecure = (context: Context): boolean => new URL(context.req.url).protocol === "https:";

/** Requests that a test makes come from nowhere. */
const addressOf = (context: Context): string => (context.env ? getConnInfo(context).remote.address : undefined) ?? "";

const malformed = (message: string) => new InventoryError("INVALID_INPUT", { issues: [{ path: "", message }] });
