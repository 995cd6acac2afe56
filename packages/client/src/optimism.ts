import type { StockLevel } from "@onhand/core";
import { levelId } from "./wanted";

/** What a command is expected to do to one level. */
export interface Effect {
  readonly id: string;
  readonly sku: string;
  readonly storeId: string;
  readonly apply: (onHand: number) => number;
}

type Input = Readonly<Record<string, unknown>>;
type Guess = (input: Input) => readonly Effect[];

// The most decimals a product may have; keeps 0.1 + 0.2 from showing as 0.30000000000000004.
const decimals = 6;
const exact = (quantity: number): number => Number(quantity.toFixed(decimals));

function effectOn(
  sku: unknown,
  storeId: unknown,
  quantity: unknown,
  apply: (onHand: number, quantity: number) => number,
): readonly Effect[] {
  if (typeof sku !== "string" || typeof storeId !== "string" || typeof quantity !== "number" || !Number.isFinite(quantity)) return [];
  return [{ id: levelId({ sku, storeId }), sku, storeId, apply: (onHand) => exact(apply(onHand, quantity)) }];
}

const plus = (onHand: number, quantity: number) => onHand + quantity;
const minus = (onHand: number, quantity: number) => onHand - quantity;
const instead = (_onHand: number, quantity: number) => quantity;

const lines: Readonly<Record<string, Guess>> = {
  receive: ({ sku, storeId, quantity }) => effectOn(sku, storeId, quantity, plus),
  return: ({ sku, storeId, quantity }) => effectOn(sku, storeId, quantity, plus),
  sell: ({ sku, storeId, quantity }) => effectOn(sku, storeId, quantity, minus),
  adjust: ({ sku, storeId, delta }) => effectOn(sku, storeId, delta, plus),
  count: ({ sku, storeId, counted }) => effectOn(sku, storeId, counted, instead),
  transfer: ({ sku, from, to, quantity }) => [...effectOn(sku, from, quantity, minus), ...effectOn(sku, to, quantity, plus)],
};

const isInput = (value: unknown): value is Input => typeof value === "object" && value !== null;
const guessLine = (type: unknown, input: Input): readonly Effect[] =>
  typeof type === "string" && Object.hasOwn(lines, type) ? (lines[type]?.(input) ?? []) : [];

/** What a command is expected to do. Nothing for commands that are not about stock: their effect shows when the server tells of it. */
export function guessEffects(command: string, input: Input): readonly Effect[] {
  const [slice, type] = command.split(".");
  if (slice !== "stock") return [];
  if (type !== "apply") return guessLine(type, input);
  return Array.isArray(input.lines) ? input.lines.filter(isInput).flatMap((line) => guessLine(line.type, line)) : [];
}

/** A level with an effect on it. What is reserved stays. */
export function applyEffect<L extends StockLevel>(level: L, effect: Effect): L {
  const onHand = effect.apply(level.onHand);
  return { ...level, onHand, available: exact(onHand - level.reserved) };
}
