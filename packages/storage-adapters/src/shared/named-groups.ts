import type { AggregateRow, Aggregation, Value } from "@onhand/core";

/** Whether groups are named, which not every database can be told in its own words. */
export const hasNames = ({ by }: Aggregation): boolean => by.some((grouping) => typeof grouping !== "string" && "names" in grouping);

/** The same question by the columns themselves. Its groups are the parts of those that were asked for. */
export const byColumns = ({ limit: _, ...aggregation }: Aggregation): Aggregation => ({
  ...aggregation,
  by: [...new Set(aggregation.by.map((grouping) => (typeof grouping !== "string" && "names" in grouping ? grouping.column : grouping)))],
});

/** Puts parts together to the groups that were asked for. */
export function nameGroups(
  { by, measures, limit = Number.POSITIVE_INFINITY }: Aggregation,
  parts: readonly AggregateRow[],
): AggregateRow[] {
  const groups = new Map<string, Record<string, Value>>();
  for (const part of parts) {
    const row: Record<string, Value> = {};
    for (const grouping of by) {
      if (typeof grouping === "string") row[grouping] = part[grouping] as Value;
      else if ("names" in grouping) row[grouping.as] = grouping.names.get(part[grouping.column] as string) ?? null;
      else row[grouping.as] = part[grouping.as] as Value;
    }
    const name = JSON.stringify(Object.values(row));
    const group = groups.get(name);
    if (!group && groups.size === limit) continue;
    if (!group) groups.set(name, row);
    const into = group ?? row;
    for (const [measure, how] of Object.entries(measures)) into[measure] = joined(into[measure], how, part[measure] as Value, measure);
  }
  return [...groups.values()];
}

function joined(before: Value | undefined, how: Aggregation["measures"][string], part: Value, name: string): Value {
  if (before === undefined || before === null) return part;
  if (part === null) return before;
  if ("min" in how) return part < before ? part : before;
  if ("max" in how) return part > before ? part : before;
  const sum = (before as number) + (part as number);
  if (!Number.isSafeInteger(sum)) throw new RangeError(`${name} passes what a number holds exactly`);
  return sum;
}
