import { type Amount, rounded as toMinorUnits } from "../../domain/costing/amount";
import { maximumDecimals } from "../../domain/shared/quantity";
import type { Money } from "../../domain/shared/schemas";
import { tooMuch } from "../reads";

/** Adds up quantities of products with different decimals, exactly. */
export interface QuantitySum {
  add(scaled: number, decimals: number): void;
  /** In the products' units. */
  total(): number;
}

/** Adds up money, by currency. Fractions of a cent are kept until the end. */
export interface MoneySum {
  /** @param scaled - a scaled quantity times an amount in minor units. */
  add(scaled: number, decimals: number, currency: string): void;
  /** One amount for each currency, by its code, each rounded once: half a cent away from zero. */
  totals(): readonly Money[];
}

export function quantitySum(): QuantitySum {
  const byDecimals: number[] = [];
  return {
    add: (scaled, decimals) => addExactly(byDecimals, scaled, decimals),
    // Dividing rounds once, to the number closest to the sum.
    total: () => Number(finest(byDecimals)) / 10 ** maximumDecimals,
  };
}

export function moneySum(): MoneySum {
  const currencies = new Map<string, number[]>();
  return {
    add(scaled, decimals, currency) {
      let byDecimals = currencies.get(currency);
      if (!byDecimals) {
        byDecimals = [];
        currencies.set(currency, byDecimals);
      }
      addExactly(byDecimals, scaled, decimals);
    },
    totals: () => byCurrency(currencies, (byDecimals) => rounded(finest(byDecimals), 10n ** BigInt(maximumDecimals))),
  };
}

/** Adds up amounts of costing, by currency. */
export interface AmountSum {
  add(amount: Amount, currency: string): void;
  /** One amount for each currency, by its code, each rounded once. */
  totals(): readonly Money[];
}

export function amountSum(): AmountSum {
  const currencies = new Map<string, Amount>();
  return {
    add: (amount, currency) => void currencies.set(currency, (currencies.get(currency) ?? 0n) + amount),
    totals: () => byCurrency(currencies, toMinorUnits),
  };
}

const byCurrency = <Sum>(currencies: ReadonlyMap<string, Sum>, amountOf: (sum: Sum) => number): readonly Money[] =>
  [...currencies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, sum]) => ({ amount: amountOf(sum), currency }));

function addExactly(byDecimals: number[], scaled: number, decimals: number): void {
  const sum = (byDecimals[decimals] ?? 0) + scaled;
  if (!Number.isSafeInteger(sum)) throw tooMuch();
  byDecimals[decimals] = sum;
}

/** The sum over all scales, in millionths. */
const finest = (byDecimals: readonly number[]): bigint =>
  byDecimals.reduce((sum, scaled, decimals) => sum + BigInt(scaled) * 10n ** BigInt(maximumDecimals - decimals), 0n);

function rounded(value: bigint, by: bigint): number {
  const half = by / 2n;
  return Number((value < 0n ? value - half : value + half) / by);
}
