import * as z from "zod";
import { alertQueries } from "../api/alerts";
import { costingQueries } from "../api/costing";
import { countQueries } from "../api/counts";
import { forecastQueries } from "../api/forecasts";
import { lotQueries } from "../api/lots";
import { productQueries } from "../api/products";
import { purchaseOrderQueries } from "../api/purchase-orders";
import { reportQueries } from "../api/reports/create-reports";
import { reservationQueries } from "../api/reservations";
import { parseRunOuts } from "../api/run-outs";
import { stockQueries } from "../api/stock";
import { storeQueries } from "../api/stores";
import { supplierQueries } from "../api/suppliers";
import { thresholdQueries } from "../api/thresholds";
import { transferQueries } from "../api/transfers";
import { parser } from "../domain/shared/parse";
import { filterSchema } from "../protocol/client-frame";

/** The feed takes position, filter and limit as arguments; by name they are all fields of one object. */
const { entities, ...narrower } = filterSchema.shape;
const sinceFields = z.strictObject({
  seq: z.int().nonnegative(),
  limit: z.int().min(1).max(1_000).default(1_000),
  entities: entities.default([...entities.element.options]),
  ...narrower,
});
const feedQueries = { head: parser(z.strictObject({})), since: parser(sinceFields) };

const byArea = {
  products: productQueries,
  stores: storeQueries,
  stock: stockQueries,
  reservations: reservationQueries,
  thresholds: thresholdQueries,
  alerts: alertQueries,
  transfers: transferQueries,
  counts: countQueries,
  suppliers: supplierQueries,
  purchaseOrders: purchaseOrderQueries,
  costing: costingQueries,
  lots: lotQueries,
  forecasts: { ...forecastQueries, runOuts: parseRunOuts },
  reports: reportQueries,
  feed: feedQueries,
};

/** What every question takes, by its name: the schemas that questions are parsed with. `stock.asOf` takes its time by the name `time`, `feed.since` its position by the name `seq`. */
export const querySchemas: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  Object.entries(byArea).flatMap(([area, queries]) => Object.entries(queries).map(([name, { schema }]) => [`${area}.${name}`, schema])),
);
