import * as z from "zod";
import type { PastLevel } from "../api/stock";
import { type Alert, alertStatuses, alertTypes, type Threshold } from "../domain/alerts/tables";
import { type Product, type Store, storeKinds } from "../domain/catalog/tables";
import { type Reservation, reservationStatuses } from "../domain/reservations/tables";
import { type Money, money, type Reference } from "../domain/shared/schemas";
import { type Movement, type MovementType, movementEffects, type StockLevel } from "../domain/stock/tables";

const seq = z.int().nonnegative();
const time = z.int().nonnegative().meta({ description: "Epoch milliseconds." });
const text = z.string();
const quantity = z.number().meta({ description: "In the product's unit." });
const amount = money satisfies z.ZodType<Money>;
const reference = z.strictObject({ type: text, id: text }) satisfies z.ZodType<Reference>;
const level = { sku: text, storeId: text };

/** What an inventory tells of, as it leaves it: one schema for each entity, equal to its type. */
export const entitySchemas = {
  product: z.strictObject({
    sku: text,
    name: text,
    barcode: text.exactOptional(),
    category: text.exactOptional(),
    supplierId: text.exactOptional(),
    unit: text.exactOptional(),
    decimals: z.int(),
    price: amount.exactOptional(),
    cost: amount.exactOptional(),
    backorderLimit: quantity,
    attributes: z.record(z.string(), z.any()),
    archived: z.boolean(),
    createdAt: time,
    updatedAt: time,
    seq,
  }) satisfies z.ZodType<Product>,
  store: z.strictObject({
    id: text,
    name: text,
    kind: z.enum(storeKinds),
    archived: z.boolean(),
    createdAt: time,
    updatedAt: time,
    seq,
  }) satisfies z.ZodType<Store>,
  level: z.strictObject({
    ...level,
    onHand: quantity,
    reserved: quantity,
    available: quantity,
    incoming: quantity,
    updatedAt: time,
    seq,
  }) satisfies z.ZodType<StockLevel>,
  pastLevel: z.strictObject({ ...level, onHand: quantity }) satisfies z.ZodType<PastLevel>,
  movement: z.strictObject({
    id: text,
    seq,
    line: z.int().nonnegative(),
    ...level,
    type: z.enum(Object.keys(movementEffects) as [MovementType, ...MovementType[]]),
    delta: quantity,
    onHandAfter: quantity,
    reservedAfter: quantity,
    unitCost: amount.exactOptional(),
    reason: text.exactOptional(),
    reference: reference.exactOptional(),
    actor: text.exactOptional(),
    occurredAt: time,
    recordedAt: time,
    idempotencyKey: text.exactOptional(),
    reverses: text.exactOptional(),
  }) satisfies z.ZodType<Movement>,
  reservation: z.strictObject({
    id: text,
    ...level,
    quantity,
    committed: quantity,
    held: quantity,
    status: z.enum(reservationStatuses),
    expiresAt: time,
    reference: reference.exactOptional(),
    actor: text.exactOptional(),
    movedFrom: z.array(text).exactOptional(),
    createdAt: time,
    updatedAt: time,
    seq,
  }) satisfies z.ZodType<Reservation>,
  threshold: z.strictObject({
    sku: text.exactOptional(),
    storeId: text.exactOptional(),
    reorderPoint: quantity,
    reorderQuantity: quantity.exactOptional(),
    safetyStock: quantity.exactOptional(),
    maximum: quantity.exactOptional(),
    updatedAt: time,
    seq,
  }) satisfies z.ZodType<Threshold>,
  alert: z.strictObject({
    id: text,
    ...level,
    type: z.enum(alertTypes),
    status: z.enum(alertStatuses),
    quantity,
    limit: quantity,
    assignee: text.exactOptional(),
    raisedAt: time,
    closedAt: time.exactOptional(),
    updatedAt: time,
    seq,
  }) satisfies z.ZodType<Alert>,
};
