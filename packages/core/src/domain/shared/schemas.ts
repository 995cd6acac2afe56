import * as z from "zod";
import { maximumDecimals } from "./quantity";
import type { Json } from "./rows";

/** Text as people type it: spaces around it dropped, Unicode NFC, of bounded length, without what `refused` names. */
const text = (minimum: number, maximum: number, refused: string) =>
  z
    .string()
    .max(maximum * 4, { abort: true })
    .overwrite(tidy)
    .regex(new RegExp(`^[^${refused}]{${minimum},${maximum}}$`, "u"), `must be ${minimum} to ${maximum} printable characters`);

/** Trimmed and composed. Most text is plain ASCII between two that are no spaces, and needs neither. */
const tidy = (value: string): string => (/^[!-~](?:[ -~]*[!-~])?$/.test(value) ? value : value.trim().normalize("NFC"));

/** What identifies something shows all of itself: nothing invisible, unassigned or for private use. */
const identifier = (maximum: number) => text(1, maximum, "\\p{C}");
/** What people read may hold the joiners that Persian, Hindi and emoji are written with; control characters it may not. */
const words = (maximum: number) => text(1, maximum, "\\p{Cc}\\p{Cs}");

export const sku = identifier(64);
export const storeId = identifier(64);
/** A lot's code or a serial number, as it stands on the package. */
export const lotCode = identifier(64);
export const name = words(200);
export const label = words(100);
export const note = words(500);
export const reason = words(100);
export const actorId = identifier(100);
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/, "must be 1 to 200 printable ASCII characters");
export const searchText = z.string().trim().normalize("NFC").max(200);

/** More than 0, in the product's unit. How many decimals it may have is the product's say. */
export const quantity = z.number().positive().max(Number.MAX_SAFE_INTEGER);
export const signedQuantity = z
  .number()
  .min(-Number.MAX_SAFE_INTEGER)
  .max(Number.MAX_SAFE_INTEGER)
  .refine((value) => value !== 0, "must not be 0");
export const countedQuantity = z.number().nonnegative().max(Number.MAX_SAFE_INTEGER);
export const decimals = z.int().min(0).max(maximumDecimals);

const latest = Date.UTC(9999, 11, 31);

/** A point in time, as epoch milliseconds, a Date or an ISO 8601 text with its offset; epoch milliseconds inside. */
export const instant = z
  .union(
    [z.int(), z.date().transform((date) => date.getTime()), z.iso.datetime({ offset: true }).transform((iso) => Date.parse(iso))],
    "must be epoch milliseconds, a Date or an ISO 8601 date and time with Z or an offset",
  )
  .pipe(z.int().min(0).max(latest));

export const currency = z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code such as EUR");

const maximumLots = 1_000;
/** Which lots or serial numbers of a tracked product, and of each how much: 1 unless said. */
export const lots = z
  .array(z.strictObject({ lot: lotCode, quantity: quantity.default(1), expiresAt: instant.optional() }))
  .max(maximumLots)
  .readonly();

/** An amount in the currency's minor unit (cents), with its ISO 4217 code. */
export const money = z.strictObject({ amount: z.int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER), currency });
/** An amount in the currency's minor unit (cents), with its ISO 4217 code. */
export type Money = z.output<typeof money>;

export const price = money.extend({ amount: z.int().nonnegative().max(Number.MAX_SAFE_INTEGER) });

/** What caused a movement: an order, an invoice, a delivery note. */
export const reference = z.strictObject({ type: identifier(50), id: identifier(200) });
/** What caused a movement: an order, an invoice, a delivery note. */
export type Reference = z.output<typeof reference>;

/** Where a picture is: an absolute address that a page can show. */
const imageUrl = z
  .string()
  .max(2_000)
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), "must be an http or https address");

/** Pictures of a product, the first the one to show where there is room for one. */
export const images = z.array(imageUrl).max(20).readonly();

const maximumAttributesLength = 16_384;
const maximumDepth = 8;

/** The host's own fields of a product: plain JSON up to 16 KiB, 8 levels deep. */
export const attributes = z
  .custom<{ readonly [key: string]: Json }>((value) => isPlainObject(value) && isJson(value, maximumDepth), "must be a plain JSON object")
  .refine(
    (value) => JSON.stringify(value).length <= maximumAttributesLength,
    `must not be longer than ${maximumAttributesLength} characters as JSON`,
  )
  // The caller keeps the object and may change it; the ledger must not change with it.
  .transform((value) => structuredClone(value))
  .meta({ type: "object" });

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth - 1));
  return isPlainObject(value) && Object.entries(value).every(([key, item]) => key !== "__proto__" && isJson(item, depth - 1));
}

/** What every command may carry beside its own fields. */
export const commandFields = {
  /** Who does it, as the host names them. */
  actor: actorId.optional(),
  /** Makes retries safe: a key is applied at most once, for ever. */
  idempotencyKey: idempotencyKey.optional(),
};

const maximumPageSize = 1_000;
/** What every list takes: how many at most, and where the page before it ended. */
export const pageFields = {
  limit: z.int().min(1).max(maximumPageSize).default(100),
  cursor: z.string().max(2_000).optional(),
};
