import { errorCodes, type InventoryError, type InventoryErrorCode, type InventoryErrorDetailsByCode, isInventoryError } from "@onhand/core";

/** What a caller of the classic routes is told. */
export interface Refusal {
  readonly status: 400 | 404 | 500;
  readonly message: string;
  /** Of a sale that was refused: what there is. */
  readonly newQuantity?: number;
}

type Words = { readonly [Code in InventoryErrorCode]?: (details: InventoryErrorDetailsByCode[Code]) => string };

/** The classic system's own words, where it had any. */
const words: Words = {
  UNKNOWN_PRODUCT: ({ sku }) => `Product ${sku} not found`,
  INSUFFICIENT_STOCK: ({ available, requested }) => `Insufficient stock. Available: ${available}, Requested: ${requested}`,
  INVALID_INPUT: ({ issues }) => issues.map(({ path, message }) => `${path} ${message}`.trim()).join("; "),
};

/**
 * A failure as the three kinds the classic contract knows: the caller's mistake, a product that is not there, and trouble of
 * the server, which is for the log and not for the caller.
 */
export function refusalOf(error: unknown): Refusal {
  if (!isInventoryError(error) || errorCodes[error.code].status >= 500) return { status: 500, message: "Internal server error" };
  return {
    status: error.code === "UNKNOWN_PRODUCT" ? 404 : 400,
    message: wordsFor(error),
    ...(isInventoryError(error, "INSUFFICIENT_STOCK") && { newQuantity: error.details.available }),
  };
}

const wordsFor = ({ code, details }: InventoryError): string => {
  const say = words[code] as ((details: object) => string) | undefined;
  return say ? say(details) : errorCodes[code].summary;
};
