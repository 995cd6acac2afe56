import { type InventoryError, type InventoryErrorCode, isInventoryError } from "@onhand/core";

/** What is odd about a line and does not keep it from being imported. */
export type WarningCode = "BARCODE_CHECK_DIGIT" | "BARCODE_ROUNDED" | "AMOUNT_TOO_FINE" | "CURRENCY_MISSING" | "SKU_MADE_UP";

/** What is wrong or odd about a line of a file. */
export interface Problem {
  /** Where the record begins: the line of the file, or the row of the sheet, from 1. */
  readonly line: number;
  /** The column it is about, where it is about one. */
  readonly column?: string;
  /** An error keeps the line out; a warning does not. */
  readonly severity: "error" | "warning";
  readonly code: InventoryErrorCode | WarningCode;
  /** For people. Not stable. */
  readonly message: string;
}

/** Collects what is wrong with one line. */
export interface Findings {
  readonly problems: readonly Problem[];
  error(column: string | undefined, message: string, code?: InventoryErrorCode): void;
  warn(code: WarningCode, column: string, message: string): void;
  readonly failed: boolean;
}

export function findingsOf(line: number): Findings {
  const problems: Problem[] = [];
  return {
    problems,
    error(column, message, code = "INVALID_INPUT") {
      problems.push({ line, ...(column !== undefined && { column }), severity: "error", code, message });
    },
    warn: (code, column, message) => problems.push({ line, column, severity: "warning", code, message }),
    get failed() {
      return problems.some(({ severity }) => severity === "error");
    },
  };
}

/** What was found on several lines that share one fate. What is found from now on is about the first. */
export const together = (first: Findings, next: Findings): Findings => ({
  error: first.error,
  warn: first.warn,
  get problems() {
    return [...first.problems, ...next.problems];
  },
  get failed() {
    return first.failed || next.failed;
  },
});

/** What a refusal says to somebody who looks at the file. */
export function refusalText(error: InventoryError): string {
  if (isInventoryError(error, "INVALID_INPUT")) {
    const { issues } = error.details;
    return issues.map(({ path, message }) => (path === "" ? message : `${path} ${message}`)).join("; ");
  }
  if (isInventoryError(error, "UNKNOWN_PRODUCT")) return `there is no product ${error.details.sku}`;
  if (isInventoryError(error, "UNKNOWN_STORE")) return `there is no store ${error.details.storeId}`;
  if (isInventoryError(error, "UNKNOWN_SUPPLIER")) return `there is no supplier ${error.details.supplierId}`;
  if (isInventoryError(error, "UNKNOWN_PURCHASE_ORDER")) return `there is no order ${error.details.id}`;
  if (isInventoryError(error, "ALREADY_EXISTS")) return `the ${error.details.entity} ${error.details.key} exists`;
  if (isInventoryError(error, "INVALID_STATE")) return `the ${error.details.entity} ${error.details.key} is ${error.details.state}`;
  if (isInventoryError(error, "INSUFFICIENT_STOCK")) {
    const { sku, storeId, requested, available } = error.details;
    return `of ${sku} at ${storeId} ${requested} would go, and ${available} can`;
  }
  return error.message;
}
