import type { Money, Movement, MovementType } from "@onhand/core";

const quantities = new Intl.NumberFormat("en", { maximumFractionDigits: 6 });
const changes = new Intl.NumberFormat("en", { maximumFractionDigits: 6, signDisplay: "exceptZero" });
const times = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const days = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export const formatQuantity = (quantity: number): string => quantities.format(quantity);
/** With its sign, and a real minus. */
export const formatChange = (delta: number): string => changes.format(delta).replace("-", "−");

export function formatMoney({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat("en-IE", { style: "currency", currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

const dates = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });

/** The day alone. */
export const formatDate = (at: number): string => dates.format(at);

/** The last day on which what expires then can be sold. */
export const formatLastDay = (expiresAt: number): string => formatDate(expiresAt - 1);

/** `1 line`, `3 lines`. */
export const formatCount = (count: number, one: string, many = `${one}s`): string => `${formatQuantity(count)} ${count === 1 ? one : many}`;

/** The time of day; of another day, the day as well. */
export const formatTime = (at: number, now: number): string => (formatDate(at) === formatDate(now) ? times : days).format(at);

/** What each kind of movement is called on the screen. */
const movementNames = {
  received: "Received",
  sold: "Sold",
  returned: "Returned",
  adjusted: "Adjusted",
  transferred_out: "Sent on",
  transferred_in: "Arrived",
  counted: "Counted",
} as const satisfies Record<MovementType, string>;

/** A movement in a few words, such as `Adjusted · damaged`. */
export const describeMovement = ({ type, reason }: Movement): string =>
  reason ? `${movementNames[type]} · ${reason}` : movementNames[type];
