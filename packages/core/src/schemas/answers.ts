import * as z from "zod";
import type { AlertCounts, AlertReceipt } from "../api/alerts";
import type { DemandForecast, ReorderSuggestion } from "../api/forecast-types";
import type { List } from "../api/paging";
import type { ProductReceipt } from "../api/products";
import type { ReservationReceipt } from "../api/reservations";
import type { StockReceipt } from "../api/stock";
import type { StoreReceipt } from "../api/stores";
import type { ThresholdReceipt } from "../api/thresholds";
import type { AlertType } from "../domain/alerts/tables";
import { money } from "../domain/shared/schemas";
import { filterSchema } from "../protocol/frames";
import { entitySchemas } from "./entities";

const { product, store, level, pastLevel, movement, reservation, threshold, alert } = entitySchemas;

const receipt = {
  seq: z.int().nonnegative().meta({ description: "The command's number in the ledger." }),
  replayed: z.boolean().meta({ description: "Whether this is the answer first given to an earlier call with the same key." }),
};
const page = <Item extends z.ZodType>(item: Item) => z.strictObject({ items: z.array(item), nextCursor: z.string().exactOptional() });

const stockReceipt = z.strictObject({
  movements: z.array(movement),
  levels: z.array(level),
  ...receipt,
}) satisfies z.ZodType<StockReceipt>;
const productReceipt = z.strictObject({ product, ...receipt }) satisfies z.ZodType<ProductReceipt>;
const storeReceipt = z.strictObject({ store, ...receipt }) satisfies z.ZodType<StoreReceipt>;
const reservationReceipt = z.strictObject({
  reservation,
  level,
  movements: z.array(movement),
  levels: z.array(level),
  ...receipt,
}) satisfies z.ZodType<ReservationReceipt>;
const thresholdReceipt = z.strictObject({ threshold, alerts: z.array(alert), ...receipt }) satisfies z.ZodType<ThresholdReceipt>;
const alertReceipt = z.strictObject({ alert, ...receipt }) satisfies z.ZodType<AlertReceipt>;

const count = z.int().nonnegative();
const alertCounts = z.strictObject({
  open: count,
  unread: count,
  byType: z.strictObject({ low_stock: count, out_of_stock: count, overstock: count } satisfies Record<AlertType, typeof count>),
}) satisfies z.ZodType<AlertCounts>;

const day = { date: z.string().meta({ description: "`YYYY-MM-DD`." }), quantity: z.number() };
const demandForecast = z.strictObject({
  sku: z.string(),
  storeId: z.string().exactOptional(),
  timeZone: z.string(),
  method: z.string(),
  history: z.array(z.strictObject(day)),
  days: z.array(z.strictObject({ ...day, lower: z.number(), upper: z.number() })),
  total: z.number(),
}) satisfies z.ZodType<DemandForecast>;
const suggestion = z.strictObject({
  supplierId: z.string().exactOptional(),
  storeId: z.string(),
  sku: z.string(),
  demand: z.number(),
  safetyStock: z.number(),
  target: z.number(),
  quantity: z.number(),
  unitCost: money.exactOptional(),
  onHand: z.number(),
  available: z.number(),
  incoming: z.number(),
  leadTimeDays: z.int(),
  reviewDays: z.int(),
  serviceLevel: z.number(),
  method: z.string(),
});

const [firstEntity, ...otherEntities] = filterSchema.shape.entities.element.options.map((entity) =>
  z.strictObject({ seq: z.int().nonnegative(), entity: z.literal(entity), key: z.string(), value: entitySchemas[entity] }),
);
const change = z.discriminatedUnion("entity", [firstEntity as NonNullable<typeof firstEntity>, ...otherEntities]);
const epoch = z.string().meta({ description: "Names this ledger's life; positions of another epoch mean nothing here." });
const position = z.int().nonnegative();

/** What every command and every question answers, by its name. A question about one thing answers with it by its name, as commands do. */
export const answerSchemas = {
  "products.create": productReceipt,
  "products.update": productReceipt,
  "products.archive": productReceipt,
  "products.get": z.strictObject({ product }),
  "products.list": page(product),
  "stores.create": storeReceipt,
  "stores.update": storeReceipt,
  "stores.archive": storeReceipt,
  "stores.get": z.strictObject({ store }),
  "stores.list": page(store),
  "stock.receive": stockReceipt,
  "stock.sell": stockReceipt,
  "stock.return": stockReceipt,
  "stock.adjust": stockReceipt,
  "stock.count": stockReceipt,
  "stock.transfer": stockReceipt,
  "stock.apply": stockReceipt,
  "stock.reverse": stockReceipt,
  "stock.level": z.strictObject({ level }),
  "stock.levels": page(level),
  "stock.movements": page(movement),
  "stock.asOf": page(pastLevel),
  "reservations.hold": reservationReceipt,
  "reservations.commit": reservationReceipt,
  "reservations.release": reservationReceipt,
  "reservations.extend": reservationReceipt,
  "reservations.update": reservationReceipt,
  "reservations.expire": z.strictObject({ reservations: z.array(reservation), levels: z.array(level), ...receipt }),
  "reservations.get": z.strictObject({ reservation }),
  "reservations.list": page(reservation),
  "thresholds.set": thresholdReceipt,
  "thresholds.remove": thresholdReceipt,
  "thresholds.get": z.strictObject({ threshold }),
  "thresholds.list": page(threshold),
  "alerts.acknowledge": alertReceipt,
  "alerts.dismiss": alertReceipt,
  "alerts.assign": alertReceipt,
  "alerts.check": z.strictObject({ alerts: z.array(alert), ...receipt }),
  "alerts.get": z.strictObject({ alert }),
  "alerts.list": page(alert),
  "alerts.counts": alertCounts,
  "forecasts.demand": demandForecast,
  "forecasts.reorder": page(suggestion) satisfies z.ZodType<List<ReorderSuggestion>>,
  "feed.head": z.strictObject({ epoch, head: position }),
  "feed.since": z.strictObject({ epoch, items: z.array(change), head: position, position, more: z.boolean() }),
};
