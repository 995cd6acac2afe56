import type { Product } from "@onhand/core";
import type { Mode } from "./report";

/** Whether goods can be booked only when it is said which: serial numbers always, lots where they come in. */
export const mustNameLots = ({ tracking }: Product, mode: Mode): boolean => tracking === "serial" || (tracking === "lot" && mode === "add");

/** A lot or a serial number, and how much of it, as it is being typed. */
export interface EditedLot {
  readonly lot: string;
  readonly quantity: string;
  /** The last day it may be sold, as a date field has it; empty: it never expires, or that is known already. */
  readonly lastDay: string;
}

/** How much of a product, as it is being typed. Where lots are named, it is what they come to. */
export interface EditedAmount {
  readonly quantity: string;
  readonly lots: readonly EditedLot[];
}

/** How much of a product, as a command takes it. */
export interface Amount {
  readonly quantity: number;
  readonly lots?: readonly { readonly lot: string; readonly quantity: number; readonly expiresAt?: number }[];
}

export const emptyLot: EditedLot = { lot: "", quantity: "", lastDay: "" };

export const plainAmount = (quantity: number | string): EditedAmount => ({ quantity: String(quantity), lots: [] });

/** An amount of lots that are known: those of a shipment, or those at a store. */
export const amountOfLots = (lots: readonly { readonly lot: string; readonly quantity: number | string }[]): EditedAmount => ({
  quantity: "",
  lots: lots.map(({ lot, quantity }) => ({ ...emptyLot, lot, quantity: String(quantity) })),
});

// Quantities have six decimals at most; what adding them leaves behind is not one of them.
const exactly = (quantity: number): number => Number(quantity.toFixed(6));

/** How much an amount is so far. */
export const totalOf = ({ quantity, lots }: EditedAmount): number =>
  lots.length === 0 ? Number(quantity) : exactly(lots.reduce((sum, lot) => sum + Number(lot.quantity), 0));

/** An amount as a command takes it. */
export function toAmount(amount: EditedAmount): Amount {
  const lots = amount.lots.flatMap(({ lot, quantity, lastDay }) =>
    lot.trim() === "" || !(Number(quantity) > 0)
      ? []
      : [{ lot: lot.trim(), quantity: Number(quantity), ...(lastDay !== "" && { expiresAt: endOf(lastDay) }) }],
  );
  return { quantity: totalOf(amount), ...(lots.length > 0 && { lots }) };
}

/** When the day that a date field has is over, here: from then on a lot is not sold. */
export function endOf(date: string): number {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(year, month - 1, day + 1).getTime();
}

/** {@link endOf}, the other way round: the last day on which what expires then can be sold, as a date field has it. */
export function lastDayOf(expiresAt: number): string {
  const last = new Date(expiresAt - 1);
  const [month, day] = [last.getMonth() + 1, last.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${String(last.getFullYear()).padStart(4, "0")}-${month}-${day}`;
}

/** Serial numbers as they are scanned, one a line; an empty line counts nothing. */
export const serialsOf = (text: string): readonly EditedLot[] =>
  text === "" ? [] : text.split("\n").map((lot) => ({ ...emptyLot, lot, quantity: lot.trim() === "" ? "0" : "1" }));

/** {@link serialsOf}, the other way round. */
export const textOf = (lots: readonly EditedLot[]): string => lots.map(({ lot }) => lot).join("\n");
