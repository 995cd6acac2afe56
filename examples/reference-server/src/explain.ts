import { errorCodes, type InventoryErrorCode, isInventoryError } from "@onhand/core";

/** What to do about a failure, by its code. */
export type Advice = Partial<Record<InventoryErrorCode, string>>;

const advice: Advice = {
  STORAGE_LOCKED: "another server is using it; stop that one or choose another directory with --storage",
  STORAGE_CORRUPT: "nothing was changed; restore the file from a backup",
  INVALID_STATE: "the demo doesn't mix with stock of your own; give it a directory of its own with --storage",
  STORAGE_UNAVAILABLE:
    "check that the directory exists and may be written to, or that the database server runs and takes this user and password",
};

const networkCodes: Readonly<Record<string, string>> = {
  EADDRINUSE: "PORT_TAKEN: another program listens there; choose another port with --port",
  EACCES: "PORT_FORBIDDEN: this user may not listen there; choose a port above 1023 with --port",
  EADDRNOTAVAIL: "HOST_UNAVAILABLE: this machine has no such address; choose another with --host",
  ENOTFOUND: "HOST_UNAVAILABLE: no such host; choose another with --host",
};

/**
 * Why a program can't do what it was asked, in one line that begins with a code; undefined for what nobody foresaw. What to do about
 * it is the server's advice, unless the program has its own.
 */
export function explain(error: unknown, ownAdvice: Advice = {}): string | undefined {
  if (isInventoryError(error)) return `${error.code}: ${reasonOf(error.code, error.details, { ...advice, ...ownAdvice })}`;
  const code = codeOf(error);
  return code === undefined ? undefined : networkCodes[code];
}

function reasonOf(code: InventoryErrorCode, details: object, advised: Advice): string {
  const facts =
    "issues" in details
      ? issueText(details.issues)
      : Object.entries(details)
          .map(([name, value]) => `${name} ${value}`)
          .join(", ");
  return [facts || errorCodes[code].summary, advised[code]].filter(Boolean).join("; ").replaceAll(/\s+/gu, " ");
}

const issueText = (issues: unknown): string =>
  (issues as readonly { path: string; message: string }[]).map(({ path, message }) => `${path} ${message}`.trim()).join("; ");

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" && "syscall" in error ? error.code : undefined;
