/** What is odd about a barcode; undefined when nothing is, or when it is no GTIN and nobody can tell. */
export function barcodeWarning(
  text: string,
): { readonly code: "BARCODE_CHECK_DIGIT" | "BARCODE_ROUNDED"; readonly message: string } | undefined {
  if (/^\d(?:[.,]\d+)?E\+\d+$/i.test(text))
    return { code: "BARCODE_ROUNDED", message: `${text} was rounded by a spreadsheet; its last digits are lost` };
  if (!/^(?:\d{8}|\d{12,14})$/.test(text) || hasCheckDigit(text)) return undefined;
  return { code: "BARCODE_CHECK_DIGIT", message: `${text} should end in ${checkDigit(text.slice(0, -1))}, or a digit before is wrong` };
}

/**
 * The check digit of a GTIN: from the right, digits count three times and once in turn.
 *
 * @see https://www.gs1.org/services/how-calculate-check-digit-manually
 */
export function checkDigit(digits: string): number {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) sum += Number(digits.at(-1 - index)) * (index % 2 === 0 ? 3 : 1);
  return (10 - (sum % 10)) % 10;
}

const hasCheckDigit = (gtin: string): boolean => checkDigit(gtin.slice(0, -1)) === Number(gtin.at(-1));
