import type * as z from "zod";
import { alertQueries } from "../api/alerts";
import { forecastQueries } from "../api/forecasts";
import { productQueries } from "../api/products";
import { reservationQueries } from "../api/reservations";
import { stockQueries } from "../api/stock";
import { storeQueries } from "../api/stores";
import { thresholdQueries } from "../api/thresholds";

const byArea = {
  products: productQueries,
  stores: storeQueries,
  stock: stockQueries,
  reservations: reservationQueries,
  thresholds: thresholdQueries,
  alerts: alertQueries,
  forecasts: forecastQueries,
};

/** What every question takes, by its name: the schemas that questions are parsed with. `stock.asOf` takes its time by the name `time`. */
export const querySchemas: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  Object.entries(byArea).flatMap(([area, queries]) => Object.entries(queries).map(([name, { schema }]) => [`${area}.${name}`, schema])),
);
