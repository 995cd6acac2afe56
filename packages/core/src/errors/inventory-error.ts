import { errorCodes, type InventoryErrorCode, type InventoryErrorDetails } from "./codes";

// Registered globally, so that two copies of this package in one process recognise each other's errors.
const brand = Symbol.for("@onhand/core/InventoryError");

/**
 * Everything that can be refused or go wrong, told apart by `code`.
 *
 * Codes and the shape of `details` are stable within a major version; messages are not. `cause` carries what a
 * driver said and never leaves the host.
 *
 * @example
 * try {
 *   await inventory.stock.sell({ sku: "P001", storeId: "berlin", quantity: 2 });
 * } catch (error) {
 *   if (!isInventoryError(error, "INSUFFICIENT_STOCK")) throw error;
 *   console.log(`only ${error.details.available} left`);
 * }
 */
export class InventoryError<Code extends InventoryErrorCode = InventoryErrorCode> extends Error {
  override readonly name = "InventoryError";
  readonly code: Code;
  readonly details: InventoryErrorDetails<Code>;
  /** Whether the same call may succeed later without anything else changing. */
  readonly retryable: boolean;

  constructor(code: Code, details: InventoryErrorDetails<Code>, options: { cause?: unknown } = {}) {
    super(`${code}: ${errorCodes[code].summary} ${describe(details)}`.trim(), options);
    this.code = code;
    this.details = details;
    this.retryable = errorCodes[code].retryable;
    Object.defineProperty(this, brand, { value: true });
  }

  /** What may cross a wire: the code and its details, without cause or stack. */
  toJSON(): { code: Code; details: InventoryErrorDetails<Code>; retryable: boolean; message: string } {
    return { code: this.code, details: this.details, retryable: this.retryable, message: this.message };
  }
}

/**
 * Whether a caught value is an {@link InventoryError}, and of this code where one is given.
 *
 * Works across copies of the package and across realms; `instanceof` does not.
 *
 * @example
 * if (isInventoryError(error, "QUEUE_FULL")) scheduleRetry();
 */
export function isInventoryError<Code extends InventoryErrorCode = InventoryErrorCode>(
  error: unknown,
  code?: Code,
): error is { [C in Code]: InventoryError<C> }[Code] {
  if (typeof error !== "object" || error === null || !(brand in error)) return false;
  return code === undefined || (error as unknown as InventoryError).code === code;
}

/** A code with its details, not yet thrown: what a pure rule answers when it refuses. */
export type Refusal = {
  [Code in InventoryErrorCode]: { readonly code: Code; readonly details: InventoryErrorDetails<Code> };
}[InventoryErrorCode];

/** Makes a {@link Refusal} with its details checked against its code. */
export const refuse = <Code extends InventoryErrorCode>(code: Code, details: InventoryErrorDetails<Code>): Refusal =>
  ({ code, details }) as Refusal;

/** The error that says what a refusal says. */
export const refusalError = (refusal: Refusal, options: { replayed?: boolean } = {}): InventoryError =>
  new InventoryError(refusal.code, options.replayed ? { ...refusal.details, replayed: true } : refusal.details);

const summaryLimit = 300;

function describe(details: object): string {
  const text = JSON.stringify(details);
  return text === "{}" ? "" : text.length > summaryLimit ? `${text.slice(0, summaryLimit)}…` : text;
}
