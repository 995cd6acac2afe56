import * as z from "zod";
import type { AlertCounts, AlertReceipt } from "../api/alerts";
import type { CorrectionReceipt, CostingReceipt, CostLayer, MovementCost } from "../api/costing";
import type { CountApprovalReceipt, CountLinesReceipt, CountReceipt, StockCountSheet } from "../api/counts";
import type { Balance, Explained, Explanation } from "../api/explain";
import type { DemandForecast, ReorderSuggestion, RunOut } from "../api/forecast-types";
import type { LotReceipt, LotTrace } from "../api/lots";
import type { List } from "../api/paging";
import type { ProductReceipt } from "../api/products";
import type { DraftedReceipt, PurchaseOrderReceipt } from "../api/purchase-orders";
import type { ReservationReceipt } from "../api/reservations";
import type { StockReceipt } from "../api/stock";
import type { StoreReceipt } from "../api/stores";
import type { SupplierReceipt, SupplierTermsReceipt } from "../api/suppliers";
import type { ThresholdReceipt } from "../api/thresholds";
import type { TransferReceipt } from "../api/transfers";
import type { AlertType } from "../domain/alerts/tables";
import type { Lot, LotLevel, LotMovement } from "../domain/lots/tables";
import { reservationChanges } from "../domain/reservations/tables";
import { money } from "../domain/shared/schemas";
import { type MovementType, movementEffects } from "../domain/stock/tables";
import { entities } from "../protocol/client-frame";
import { entitySchemas, howMany, time } from "./entities";
import { reportAnswers } from "./report-answers";

const { product, store, level, pastLevel, movement, reservation, threshold, alert } = entitySchemas;
const { transfer, count, countLine, supplier, supplierTerms, purchaseOrder } = entitySchemas;

const receipt = {
  seq: z.int().nonnegative().meta({ description: "The command's number in the ledger." }),
  replayed: z.boolean().meta({ description: "Whether this is the answer first given to an earlier call with the same key." }),
};
const page = <Item extends z.ZodType>(item: Item) => z.strictObject({ items: z.array(item), nextCursor: z.string().exactOptional() });

const moved = { movements: z.array(movement), levels: z.array(level), ...receipt };
const stockReceipt = z.strictObject(moved) satisfies z.ZodType<StockReceipt>;
const productReceipt = z.strictObject({ product, ...receipt }) satisfies z.ZodType<ProductReceipt>;
const storeReceipt = z.strictObject({ store, ...receipt }) satisfies z.ZodType<StoreReceipt>;
const reservationReceipt = z.strictObject({
  reservation,
  level,
  ...moved,
}) satisfies z.ZodType<ReservationReceipt>;
const thresholdReceipt = z.strictObject({ threshold, alerts: z.array(alert), ...receipt }) satisfies z.ZodType<ThresholdReceipt>;
const alertReceipt = z.strictObject({ alert, ...receipt }) satisfies z.ZodType<AlertReceipt>;

const transferReceipt = z.strictObject({ transfer, ...moved }) satisfies z.ZodType<TransferReceipt>;
const countSheet = count.extend({ lines: z.array(countLine) }) satisfies z.ZodType<StockCountSheet>;
const countReceipt = z.strictObject({ count, ...receipt }) satisfies z.ZodType<CountReceipt>;
const countLinesReceipt = z.strictObject({ count, lines: z.array(countLine), ...receipt }) satisfies z.ZodType<CountLinesReceipt>;
const countApproval = z.strictObject({ count, ...moved }) satisfies z.ZodType<CountApprovalReceipt>;
const supplierReceipt = z.strictObject({ supplier, ...receipt }) satisfies z.ZodType<SupplierReceipt>;
const supplierTermsReceipt = z.strictObject({ terms: supplierTerms, ...receipt }) satisfies z.ZodType<SupplierTermsReceipt>;
const purchaseOrderReceipt = z.strictObject({ purchaseOrder, ...moved }) satisfies z.ZodType<PurchaseOrderReceipt>;
const leftOut = z.strictObject({
  sku: z.string(),
  storeId: z.string(),
  because: z.enum(["no_supplier", "unknown_supplier", "archived_supplier", "covered"]),
});
const draftedReceipt = z.strictObject({
  purchaseOrders: z.array(purchaseOrder),
  leftOut: z.array(leftOut),
  ...receipt,
}) satisfies z.ZodType<DraftedReceipt>;

const costingReceipt = z.strictObject({ product, ...receipt }) satisfies z.ZodType<CostingReceipt>;
const correctionReceipt = z.strictObject({
  sku: z.string(),
  inStock: money,
  costOfGoodsSold: money,
  ...receipt,
}) satisfies z.ZodType<CorrectionReceipt>;
const movementCost = z.strictObject({
  movementId: z.string(),
  sku: z.string(),
  storeId: z.string(),
  quantity: z.number(),
  value: money,
  unknown: z.number(),
  unsettled: z.number(),
}) satisfies z.ZodType<MovementCost>;
const costLayer = z.strictObject({
  movementId: z.string().exactOptional(),
  storeId: z.string(),
  quantity: z.number(),
  value: money.exactOptional(),
  unitCost: money.exactOptional(),
  occurredAt: time,
}) satisfies z.ZodType<CostLayer>;
const lot = z.strictObject({ sku: z.string(), lot: z.string(), expiresAt: time.exactOptional() }) satisfies z.ZodType<Lot>;
const lotLevel = lot.extend({ storeId: z.string(), quantity: z.number() }) satisfies z.ZodType<LotLevel>;
const lotMovement = z.strictObject({
  movementId: z.string(),
  seq: z.int().nonnegative(),
  storeId: z.string(),
  type: z.enum(Object.keys(movementEffects) as [MovementType, ...MovementType[]]),
  delta: z.number(),
  reference: z.strictObject({ type: z.string(), id: z.string() }).exactOptional(),
  actor: z.string().exactOptional(),
  occurredAt: time,
}) satisfies z.ZodType<LotMovement>;
const lotReceipt = z.strictObject({ lot, ...receipt }) satisfies z.ZodType<LotReceipt>;
const lotTrace = lot.extend({
  levels: z.array(lotLevel),
  inTransit: z.array(z.strictObject({ transferId: z.string(), from: z.string(), to: z.string(), quantity: z.number() })),
  movements: z.array(lotMovement),
  nextCursor: z.string().exactOptional(),
}) satisfies z.ZodType<LotTrace>;

const alertCounts = z.strictObject({
  open: howMany,
  unread: howMany,
  byType: z.strictObject({ low_stock: howMany, out_of_stock: howMany, overstock: howMany } satisfies Record<AlertType, typeof howMany>),
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
  minimum: z.number(),
  multiple: z.number(),
  reorderPoint: z.number().exactOptional(),
  maximum: z.number().exactOptional(),
  method: z.string(),
});

const runOut = z.strictObject({
  sku: z.string(),
  storeId: z.string(),
  available: z.number(),
  incoming: z.number(),
  lastsDays: z.int().nonnegative(),
  runsOutOn: z.string().meta({ description: "`YYYY-MM-DD`." }),
  leadTimeDays: z.int(),
  method: z.string(),
}) satisfies z.ZodType<RunOut>;

const balance = z.strictObject({ onHand: z.number(), reserved: z.number(), available: z.number() }) satisfies z.ZodType<Balance>;
const effect = { at: time, onHand: z.number(), reserved: z.number() };
const explained = z.discriminatedUnion("kind", [
  z.strictObject({ ...effect, kind: z.literal("movement"), movement }),
  z.strictObject({
    ...effect,
    kind: z.literal("hold"),
    seq: z.int().nonnegative(),
    reservationId: z.string(),
    change: z.enum(reservationChanges),
    actor: z.string().exactOptional(),
  }),
  z.strictObject({ ...effect, kind: z.literal("lapsed") }),
]) satisfies z.ZodType<Explained>;
const explanation = page(explained).extend({
  sku: z.string(),
  storeId: z.string(),
  closing: balance,
  opening: balance,
}) satisfies z.ZodType<Explanation>;

const [firstEntity, ...otherEntities] = entities.map((entity) =>
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
  "products.images": z.array(z.string()),
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
  "stock.explain": explanation,
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
  "transfers.ship": transferReceipt,
  "transfers.receive": transferReceipt,
  "transfers.cancel": transferReceipt,
  "transfers.get": z.strictObject({ transfer }),
  "transfers.list": page(transfer),
  "counts.start": countReceipt,
  "counts.record": countLinesReceipt,
  "counts.recount": countLinesReceipt,
  "counts.approve": countApproval,
  "counts.cancel": countReceipt,
  "counts.get": z.strictObject({ count: countSheet }),
  "counts.list": page(count),
  "suppliers.create": supplierReceipt,
  "suppliers.update": supplierReceipt,
  "suppliers.archive": supplierReceipt,
  "suppliers.get": z.strictObject({ supplier }),
  "suppliers.list": page(supplier),
  "suppliers.setTerms": supplierTermsReceipt,
  "suppliers.removeTerms": supplierTermsReceipt,
  "suppliers.listTerms": page(supplierTerms),
  "purchaseOrders.create": purchaseOrderReceipt,
  "purchaseOrders.update": purchaseOrderReceipt,
  "purchaseOrders.submit": purchaseOrderReceipt,
  "purchaseOrders.receive": purchaseOrderReceipt,
  "purchaseOrders.cancel": purchaseOrderReceipt,
  "purchaseOrders.draftFrom": draftedReceipt,
  "purchaseOrders.get": z.strictObject({ purchaseOrder }),
  "purchaseOrders.list": page(purchaseOrder),
  "costing.set": costingReceipt,
  "costing.correct": correctionReceipt,
  "costing.movement": movementCost,
  "costing.layers": page(costLayer),
  "lots.update": lotReceipt,
  "lots.list": page(lotLevel),
  "lots.expiring": page(lotLevel),
  "lots.trace": lotTrace,
  "forecasts.demand": demandForecast,
  "forecasts.reorder": page(suggestion) satisfies z.ZodType<List<ReorderSuggestion>>,
  "forecasts.runOuts": page(runOut),
  ...reportAnswers,
  "feed.head": z.strictObject({ epoch, head: position }),
  "feed.since": z.strictObject({ epoch, items: z.array(change), head: position, position, more: z.boolean() }),
};
