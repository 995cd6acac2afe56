import { stores } from "../catalog/tables";
import type { Write } from "../shared/rows";
import { commandsOf, type Reaction, type Slice, type SliceEvent } from "../shared/slice";
import { type LevelRow, levels } from "../stock/tables";
import * as commands from "./decide";
import { judge, judgeNeeds } from "./judge";
import {
  type AlertRow,
  alertEntity,
  alerts as alertTable,
  levelAlerts,
  type ThresholdRow,
  thresholds,
  toAlert,
  toThreshold,
} from "./tables";

/** Every level that a command writes is judged in the same command, where a threshold may concern its store. */
const judgeLevels: Reaction = {
  to: levels,
  needs([sku, storeId], view, now) {
    const store = view.get(stores, storeId as string);
    if (!store) return [{ table: stores, key: [storeId as string] }];
    return store.watched ? judgeNeeds({ sku: sku as string, storeId: storeId as string }, view, now) : [];
  },
  react(row, view, context, line) {
    const level = row as LevelRow;
    return view.get(stores, level.storeId)?.watched ? judge(view, level, context, line) : nothing;
  },
};

const nothing: readonly Write[] = [];

export const alerts: Slice = {
  name: "alerts",
  commands: commandsOf(commands),
  tables: [thresholds, alertTable, levelAlerts],
  entities: [alertEntity],
  events: (writes) => writes.flatMap(alertEvent),
  reactions: [judgeLevels],
};

function alertEvent({ table, row }: Write): SliceEvent[] {
  if (table === alertTable.name) {
    const alert = row as AlertRow;
    return [{ type: `alert.${alert.change}`, event: { seq: row.seq, alert: toAlert(alert) } as SliceEvent["event"] }];
  }
  if (table === thresholds.name) {
    const threshold = row as ThresholdRow;
    const type = threshold.removed ? "threshold.removed" : "threshold.set";
    return [{ type, event: { seq: row.seq, threshold: toThreshold(threshold) } as SliceEvent["event"] }];
  }
  return [];
}
