import { readToken } from "./token";

/** How the server wants to know who somebody is. */
export type WayIn = "open" | "token" | "password";

interface Access {
  readonly token: string;
  readonly endsAt: number;
}

const address = "/api/session";
const flag = "onhand.signed-in";
const marginMs = 30_000;
let access: Access | undefined;

export async function fetchWayIn(): Promise<WayIn> {
  const response = await fetch(address);
  return ((await response.json()) as { readonly wayIn: WayIn }).wayIn;
}

/** Signs in; answers what to tell somebody who may not, and nothing to who may. */
export async function signIn(name: string, password: string): Promise<string | undefined> {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name, password }),
  });
  if (response.ok) await keep(response);
  else if (response.status === 429) return "Too many tries. Wait a quarter of an hour.";
  else if (response.status === 401) return "The name or the password is wrong.";
  else return "The server could not sign you in. Try again.";
  return undefined;
}

/** Whether somebody signed in here, with a password. */
export const isSignedIn = (): boolean => localStorage.getItem(flag) !== null;

/** The token to show the server: the one that was entered, or a session's, renewed where it ends soon. */
export async function freshToken(): Promise<string | undefined> {
  const entered = readToken();
  if (entered !== undefined || !isSignedIn()) return entered;
  // Of two pages that renew at once the second would show a token that was used, and be signed out for it.
  await navigator.locks.request(flag, async () => {
    if (access && access.endsAt - Date.now() > marginMs) return;
    const response = await fetch(`${address}/refresh`, { method: "POST" });
    if (response.ok) await keep(response);
    else if (response.status === 401) forget();
  });
  return access?.token;
}

async function keep(response: Response): Promise<void> {
  const { accessToken, expiresInSeconds } = (await response.json()) as { readonly accessToken: string; readonly expiresInSeconds: number };
  access = { token: accessToken, endsAt: Date.now() + expiresInSeconds * 1_000 };
  localStorage.setItem(flag, "1");
}

function forget(): void {
  access = undefined;
  localStorage.removeItem(flag);
}
