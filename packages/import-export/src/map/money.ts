import type { Money } from "@onhand/core";
import type { Field } from "../presets/preset";
import { currencyDecimals, parseNumber, toMinor } from "./cells";
import type { Findings } from "./problem";
import type { FileRecord } from "./record";

/** How cells are understood where the file leaves it open. */
export interface Reading {
  /** The ISO 4217 code of amounts whose line names none. */
  readonly currency?: string | undefined;
  readonly decimal?: "." | "," | undefined;
}

/** An amount of money; undefined when the cell is empty, or when a problem was found, which is then among the findings. */
export function readMoney(record: FileRecord, field: Field, currencyField: Field, reading: Reading, findings: Findings): Money | undefined {
  const text = record.text(field);
  if (text === "") return undefined;
  const column = record.columnOf(field);
  const currency = record.text(currencyField) || reading.currency;
  if (currency === undefined) {
    findings.warn("CURRENCY_MISSING", column, "amounts are left out, as neither the file nor the import names a currency");
    return undefined;
  }
  const amount = parseNumber(text, reading.decimal);
  const decimals = currencyDecimals(currency);
  if (decimals === undefined) findings.error(record.columnOf(currencyField), `${currency} is not an ISO 4217 code such as EUR`);
  else if (amount === undefined) findings.error(column, `${JSON.stringify(text.slice(0, 40))} is no amount`);
  else {
    const minor = toMinor(amount, decimals);
    if (minor !== undefined) return { amount: minor, currency };
    // Rounding money without a word would be worse than having none: stock is right without it.
    findings.warn("AMOUNT_TOO_FINE", column, `${text} has more decimals than ${currency} and is left out`);
  }
  return undefined;
}
