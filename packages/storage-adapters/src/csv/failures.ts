import { InventoryError, isInventoryError } from "@onhand/core";

const fullCodes = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const deniedCodes = new Set(["EACCES", "EPERM", "EROFS"]);

const codeOf = (error: unknown): string => String((error as { readonly code?: unknown } | undefined)?.code ?? "unknown");

/** What a file system's failure means to a caller. Errors that already say it pass as they are. */
export function storageFailure(error: unknown, path: string): InventoryError {
  if (isInventoryError(error)) return error;
  const code = codeOf(error);
  if (fullCodes.has(code)) return new InventoryError("STORAGE_FULL", { path }, { cause: error });
  const reason = deniedCodes.has(code) ? `${path} can't be written to (${code})` : `${path} failed with ${code}`;
  return new InventoryError("STORAGE_UNAVAILABLE", { reason }, { cause: error });
}

/** What was kept is not what was written. */
export const corrupt = (file: string, reason: string, line?: number): InventoryError =>
  new InventoryError("STORAGE_CORRUPT", { file, reason, ...(line !== undefined && { line }) });
