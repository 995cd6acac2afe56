const name = "onhand.token";

// For as long as this tab lives; a token that was not kept is asked for again.
let token: string | undefined;

/** The token that was last entered in this tab. */
export function readToken(): string | undefined {
  try {
    token ??= sessionStorage.getItem(name) ?? undefined;
  } catch {
    return token;
  }
  return token;
}

/** Remembers a token until the tab is closed. */
export function keepToken(entered: string): void {
  token = entered;
  try {
    sessionStorage.setItem(name, entered);
  } catch {
    return;
  }
}
