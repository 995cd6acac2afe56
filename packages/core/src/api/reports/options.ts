import * as z from "zod";
import { parser } from "../../domain/shared/parse";
import { instant, label, sku, storeId } from "../../domain/shared/schemas";
import { isTime } from "./period";
import type { ReportDimension } from "./types";

const filterFields = { storeId: storeId.optional(), sku: sku.optional(), category: label.optional() };
export const periodFields = { from: instant.optional(), to: instant.optional(), timeZone: z.string().max(64).default("UTC") };

/** What a report is grouped by: of these, each once, and one of time at most. */
const grouping = (allowed: readonly ReportDimension[], usual: readonly ReportDimension[]) =>
  z
    .array(z.enum(allowed as [ReportDimension, ...ReportDimension[]]))
    .min(1)
    .refine((by) => new Set(by).size === by.length, "must not name a dimension twice")
    .refine((by) => by.filter(isTime).length <= 1, "must not name more than one of day, week and month")
    .default([...usual]);

/** A parser of what a report is asked with. */
export const reportParser = <Fields extends z.ZodRawShape>(
  fields: Fields,
  allowed: readonly ReportDimension[],
  usual: readonly ReportDimension[],
) => parser(z.strictObject({ ...filterFields, ...fields, by: grouping(allowed, usual) }));
