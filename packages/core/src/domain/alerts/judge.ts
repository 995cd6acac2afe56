import { products, stores } from "../catalog/tables";
import { expiryNeeds, reservedAt } from "../reservations/expiry";
import { maximumDecimals } from "../shared/quantity";
import { keyText, type Write } from "../shared/rows";
import { skuKeyOf } from "../shared/sku-key";
import type { Context, Need, View } from "../shared/slice";
import { type LevelRow, levels } from "../stock/tables";
import {
  type AlertRow,
  type AlertType,
  alertId,
  alertKey,
  alerts,
  alertTypes,
  isOpen,
  type LevelAlertsRow,
  levelAlerts,
  type ThresholdRow,
  thresholds,
} from "./tables";

type Place = { readonly sku: string; readonly storeId: string };

/** Where a threshold for a level may stand: the first that is set counts, as a whole. */
export const scopesOf = ({ sku, storeId }: Place): readonly (readonly [string, string])[] => [
  [sku, storeId],
  [sku, ""],
  ["", storeId],
  ["", ""],
];

/** The threshold that counts for a level. */
export function ruleOf(view: View, place: Place): ThresholdRow | undefined {
  for (const key of scopesOf(place)) {
    const row = view.get(thresholds, keyText(key));
    if (row && !row.removed) return row;
  }
  return undefined;
}

/** What a level is measured by, scaled like the level. */
interface Measure {
  readonly quantity: number;
  readonly bound: number;
  readonly tripped: boolean;
}

/** A threshold's quantity at a level's scale, rounded down: no quantity of the product lies between the two. */
function atScale(quantity: number, { decimals }: ThresholdRow, level: LevelRow): number {
  return decimals === level.decimals ? quantity : Math.floor(quantity / 10 ** (decimals - level.decimals));
}

/** Each type's question to a level. */
const measures = {
  low_stock: (level, available, rule) => {
    const bound = atScale(rule.reorderPoint, rule, level);
    return { quantity: available, bound, tripped: available <= bound };
  },
  out_of_stock: (_level, available) => ({ quantity: available, bound: 0, tripped: available <= 0 }),
  overstock: (level, _available, rule) => {
    const bound = rule.maximum === null ? Number.MAX_SAFE_INTEGER : atScale(rule.maximum, rule, level);
    return { quantity: level.onHand, bound, tripped: level.onHand > bound };
  },
} as const satisfies Record<AlertType, (level: LevelRow, available: number, rule: ThresholdRow) => Measure>;

/** The finest a quantity can be said; thresholds for every product are kept like this. */
export const finest = maximumDecimals;

/** The rows that judging a level reads. */
export function judgeNeeds(place: Place, view: View, now: number): readonly Need[] {
  const level = [place.sku, place.storeId];
  const open = view.get(levelAlerts, level);
  return [
    { table: products, key: [skuKeyOf(place.sku)] },
    { table: stores, key: [place.storeId] },
    { table: levels, key: level },
    { table: levelAlerts, key: level },
    ...scopesOf(place).map((key) => ({ table: thresholds, key })),
    ...alertTypes.flatMap((type): readonly Need[] => {
      const key = alertKey(open?.[type] ?? "");
      return key ? [{ table: alerts, key }] : [];
    }),
    ...expiryNeeds(view.get(levels, level), now),
  ];
}

/** A level as it stands, whoever wrote it when: what has run out is not promised any more. */
export const asOfNow = (view: View, level: LevelRow, now: number): LevelRow => ({ ...level, reserved: reservedAt(view, level, now) });

/**
 * Raises what a level calls for and resolves what it does no longer. Nothing to write means that all is as it should be.
 *
 * @param line - the first line for alerts that are raised; no two of one command have the same.
 */
export function judge(view: View, level: LevelRow, { now, seq }: Context, line: number): readonly Write[] {
  const { sku, storeId, decimals } = level;
  const available = level.onHand - level.reserved;
  const before = view.get(levelAlerts, keyText([sku, storeId]));
  const set = ruleOf(view, level);
  // Nearly always there is enough, and nothing is open.
  if (!before && !(set && alertTypes.some((type) => measures[type](level, available, set).tripped))) return none;
  const rule = inUse(view, level) ? set : undefined;
  const after: { -readonly [Type in AlertType]: string | null } = { low_stock: null, out_of_stock: null, overstock: null };
  const writes: Write[] = [];
  for (const type of alertTypes) {
    const known = before?.[type] ?? null;
    const measure = rule && measures[type](level, available, rule);
    if (measure?.tripped && known === null) {
      const { quantity, bound } = measure;
      const row: AlertRow = {
        seq,
        createdSeq: seq,
        line: line + writes.length,
        sku,
        storeId,
        type,
        status: "active",
        quantity,
        bound,
        decimals,
        change: "raised",
        assignee: null,
        raisedAt: now,
        closedAt: null,
        updatedAt: now,
      };
      writes.push({ table: alerts.name, row });
      after[type] = alertId(row);
    } else if (measure?.tripped) after[type] = known;
    else if (known !== null) {
      const alert = view.get(alerts, alertKey(known) ?? []);
      if (alert && isOpen(alert)) writes.push({ table: alerts.name, row: resolved(alert, { now, seq }) });
    }
  }
  if (alertTypes.some((type) => after[type] !== (before?.[type] ?? null))) {
    const row: LevelAlertsRow = { seq, sku, storeId, ...after };
    writes.push({ table: levelAlerts.name, row });
  }
  return writes;
}

const none: readonly Write[] = [];

const resolved = (alert: AlertRow, { now, seq }: Context): AlertRow => ({
  ...alert,
  seq,
  status: "resolved",
  change: "resolved",
  closedAt: now,
  updatedAt: now,
});

/** Nobody runs out of what is no longer sold. */
const inUse = (view: View, { sku, storeId }: Place): boolean =>
  view.get(products, skuKeyOf(sku))?.archived === false && view.get(stores, storeId)?.archived === false;
