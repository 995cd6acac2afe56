import { createHttpClient } from "@onhand/transport-adapters/http/client";
import { freshToken } from "./session";

/** The server's API, for what is asked once and not followed: history, proposals, forecasts, reports. */
export const api = createHttpClient({ url: new URL("/api", location.href), getToken: freshToken });

/** Who is signed in, and what they may do. */
export interface Permissions {
  readonly id: string;
  /** The commands that are open to them. */
  readonly actions: readonly string[];
}

export async function fetchPermissions(): Promise<Permissions> {
  const token = await freshToken();
  const response = await fetch("/api/session/permissions", token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return (await response.json()) as Permissions;
}
