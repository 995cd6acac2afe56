import { type Refusal, refuse } from "../../errors";
import { type ProductRow, products, type StoreRow, stores } from "../catalog/tables";
import { toScaled } from "../shared/quantity";
import { keyText, type Write } from "../shared/rows";
import { skuKeyOf } from "../shared/sku-key";
import type { CommandDefinition, Context, Decision, Need, View } from "../shared/slice";
import { type LevelRow, levels, untouchedLevel } from "../stock/tables";
import {
  type ParsedAssign,
  type ParsedCheck,
  type ParsedRemoveThreshold,
  type ParsedSetThreshold,
  type ParsedTarget,
  parse,
} from "./commands";
import { asOfNow, finest, judge, judgeNeeds } from "./judge";
import {
  type Alert,
  type AlertRow,
  type AlertStatus,
  alertKey,
  alerts,
  type Threshold,
  type ThresholdRow,
  thresholds,
  toAlert,
  toThreshold,
} from "./tables";

/** What became of a threshold, and of the alerts it concerns. */
export interface ThresholdResult {
  readonly threshold: Threshold;
  /** Alerts that were raised or resolved by it. */
  readonly alerts: readonly Alert[];
}

/** What a check set right. */
export interface CheckResult {
  readonly alerts: readonly Alert[];
}

type Scope = { readonly sku?: string | undefined; readonly storeId?: string | undefined };

/** What a threshold is for, as it is spelt; a product that does not exist is named as it was given. */
interface Target {
  readonly product: ProductRow | undefined;
  readonly store: StoreRow | undefined;
  readonly key: readonly [string, string];
}

function targetOf(view: View, { sku, storeId }: Scope): Target {
  const product = sku === undefined ? undefined : view.get(products, skuKeyOf(sku));
  const store = storeId === undefined ? undefined : view.get(stores, storeId);
  return { product, store, key: [product?.sku ?? sku ?? "", storeId ?? ""] };
}

const unknown = ({ sku, storeId }: Scope, { product, store }: Target): Refusal | undefined => {
  if (sku !== undefined && !product) return refuse("UNKNOWN_PRODUCT", { sku });
  if (storeId !== undefined && !store) return refuse("UNKNOWN_STORE", { storeId });
  return undefined;
};

/**
 * The levels that are judged in the same command: of one product, at the store it is for or at all of them. A threshold for
 * every product counts for each level from its next change on, and for the others when they are checked.
 */
function levelsOf(view: View, { product, store }: Target): readonly LevelRow[] {
  if (!product) return [];
  if (!store) return view.find(levels, { sku: product.sku });
  const key = { sku: product.sku, storeId: store.id };
  return [view.get(levels, [key.sku, key.storeId]) ?? untouchedLevel(key, product.decimals)];
}

function scopeNeeds(scope: Scope, view: View, now: number): readonly Need[] {
  const target = targetOf(view, scope);
  const needs: Need[] = [{ table: thresholds, key: target.key }];
  if (scope.sku !== undefined) needs.push({ table: products, key: [skuKeyOf(scope.sku)] });
  if (scope.storeId !== undefined) needs.push({ table: stores, key: [scope.storeId] });
  else needs.push({ table: stores, where: {} });
  if (target.product && scope.storeId === undefined) needs.push({ table: levels, where: { sku: target.product.sku } });
  if (target.product && target.store) needs.push(...judgeNeeds({ sku: target.product.sku, storeId: target.store.id }, view, now));
  else if (target.product && scope.storeId === undefined)
    needs.push(...view.find(levels, { sku: target.product.sku }).flatMap((level) => judgeNeeds(level, view, now)));
  return needs;
}

/** Writes a threshold and judges what it concerns by it. */
function withThreshold(view: View, row: ThresholdRow, target: Target, context: Context): Decision<ThresholdResult> {
  const judged = judgeAll(overlaid(view, row), levelsOf(view, target), context);
  return {
    writes: [{ table: thresholds.name, row }, ...watch(view, target, context), ...judged],
    result: { threshold: toThreshold(row), alerts: alertsIn(judged) },
  };
}

/** Rules see what was committed; the threshold being written counts already. */
const overlaid = (view: View, row: ThresholdRow): View => ({
  get: ((table, key) =>
    table.name === thresholds.name && (typeof key === "string" ? key : keyText(key)) === keyText([row.sku, row.storeId])
      ? row
      : view.get(table, key)) as View["get"],
  find: view.find,
});

function judgeAll(view: View, rows: readonly LevelRow[], context: Context): readonly Write[] {
  const writes: Write[] = [];
  for (const level of rows) writes.push(...judge(view, asOfNow(view, level, context.now), context, writes.length));
  return writes;
}

const alertsIn = (writes: readonly Write[]): readonly Alert[] =>
  writes.filter(({ table }) => table === alerts.name).map(({ row }) => toAlert(row as AlertRow));

/** Stores say whether any threshold may concern them, so that where none does a sale looks for none. */
function watch(view: View, { store }: Target, { seq }: Context): readonly Write[] {
  const concerned = store ? [store] : view.find(stores, {});
  return concerned.filter((each) => !each.watched).map((each) => ({ table: stores.name, row: { ...each, seq, watched: true } }));
}

export const setThreshold: CommandDefinition<ParsedSetThreshold, ThresholdResult> = {
  name: "thresholds.set",
  parse: parse.setThreshold,
  refusals: ["UNKNOWN_PRODUCT", "UNKNOWN_STORE", "INVALID_INPUT"],
  needs: scopeNeeds,
  decide(view, input, context) {
    const target = targetOf(view, input);
    const refusal = unknown(input, target);
    if (refusal) return { refusal };
    const decimals = target.product?.decimals ?? finest;
    const scaled = (field: "reorderPoint" | "reorderQuantity" | "safetyStock" | "maximum") => {
      const quantity = input[field];
      return quantity === undefined ? null : toScaled(quantity, decimals);
    };
    const { reorderPoint, reorderQuantity, safetyStock, maximum } = {
      reorderPoint: scaled("reorderPoint"),
      reorderQuantity: scaled("reorderQuantity"),
      safetyStock: scaled("safetyStock"),
      maximum: scaled("maximum"),
    };
    if (typeof reorderPoint !== "number" || reorderQuantity === undefined || safetyStock === undefined || maximum === undefined) {
      const issues = [{ path: "reorderPoint", message: `quantities must have at most ${decimals} decimals and be exact` }];
      return { refusal: refuse("INVALID_INPUT", { issues }) };
    }
    const row: ThresholdRow = {
      seq: context.seq,
      sku: target.key[0],
      storeId: target.key[1],
      reorderPoint,
      reorderQuantity,
      safetyStock,
      maximum,
      decimals,
      removed: false,
      updatedAt: context.now,
    };
    return withThreshold(view, row, target, context);
  },
};

export const removeThreshold: CommandDefinition<ParsedRemoveThreshold, ThresholdResult> = {
  name: "thresholds.remove",
  parse: parse.removeThreshold,
  refusals: ["UNKNOWN_PRODUCT", "UNKNOWN_STORE", "UNKNOWN_THRESHOLD"],
  needs: scopeNeeds,
  decide(view, input, context) {
    const target = targetOf(view, input);
    const refusal = unknown(input, target);
    if (refusal) return { refusal };
    const before = view.get(thresholds, target.key);
    if (!before || before.removed)
      return {
        refusal: refuse("UNKNOWN_THRESHOLD", {
          ...(input.sku !== undefined && { sku: input.sku }),
          ...(input.storeId !== undefined && { storeId: input.storeId }),
        }),
      };
    return withThreshold(view, { ...before, seq: context.seq, removed: true, updatedAt: context.now }, target, context);
  },
};

type AlertResult = { readonly alert: Alert };

function alertNeeds({ id }: { readonly id: string }): readonly Need[] {
  const key = alertKey(id);
  return key ? [{ table: alerts, key }] : [];
}

/** Changes an alert that stands in one of these ways. */
function onAlert(
  view: View,
  { id }: { readonly id: string },
  { now, seq }: Context,
  from: readonly AlertStatus[],
  to: Partial<AlertRow> & Pick<AlertRow, "change">,
): Decision<AlertResult> {
  const key = alertKey(id);
  const before = key && view.get(alerts, key);
  if (!before) return { refusal: refuse("UNKNOWN_ALERT", { id }) };
  if (!from.includes(before.status)) return { refusal: refuse("INVALID_STATE", { entity: "alert", key: id, state: before.status }) };
  const row: AlertRow = { ...before, ...to, seq, updatedAt: now };
  return { writes: [{ table: alerts.name, row }], result: { alert: toAlert(row) } };
}

export const acknowledge: CommandDefinition<ParsedTarget, AlertResult> = {
  name: "alerts.acknowledge",
  parse: parse.target,
  refusals: ["UNKNOWN_ALERT", "INVALID_STATE"],
  needs: alertNeeds,
  decide: (view, input, context) => onAlert(view, input, context, ["active"], { status: "acknowledged", change: "acknowledged" }),
};

/** A dismissed alert keeps its level's place, so that nothing new is raised there until stock has recovered. */
export const dismiss: CommandDefinition<ParsedTarget, AlertResult> = {
  name: "alerts.dismiss",
  parse: parse.target,
  refusals: ["UNKNOWN_ALERT", "INVALID_STATE"],
  needs: alertNeeds,
  decide: (view, input, context) =>
    onAlert(view, input, context, ["active", "acknowledged"], { status: "dismissed", change: "dismissed", closedAt: context.now }),
};

export const assign: CommandDefinition<ParsedAssign, AlertResult> = {
  name: "alerts.assign",
  parse: parse.assign,
  refusals: ["UNKNOWN_ALERT", "INVALID_STATE"],
  needs: alertNeeds,
  decide: (view, input, context) =>
    onAlert(view, input, context, ["active", "acknowledged"], { assignee: input.assignee, change: "assigned" }),
};

/** Judges levels anew: after a threshold for every product was set, or after rows came in past the commands. */
export const check: CommandDefinition<ParsedCheck, CheckResult> = {
  name: "alerts.check",
  parse: parse.check,
  refusals: [],
  weight: (input) => input.levels.length,
  needs: (input, view, now) => input.levels.flatMap((place) => judgeNeeds(place, view, now)),
  decide(view, input, context) {
    const rows = new Map<string, LevelRow>();
    for (const { sku, storeId } of input.levels) {
      const level = view.get(levels, [sku, storeId]);
      if (level) rows.set(keyText([sku, storeId]), level);
    }
    const writes = judgeAll(view, [...rows.values()], context);
    return { writes, result: { alerts: alertsIn(writes) } };
  },
};
