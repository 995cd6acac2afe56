/** Bounds as they must be. Anything else is a programming mistake of the caller. */
export function requireBounds(bounds: readonly number[]): readonly number[] {
  const ascends = bounds.every((bound, index) => Number.isSafeInteger(bound) && (index === 0 || bound > (bounds[index - 1] as number)));
  if (!ascends || bounds.length === 0) throw new TypeError("bounds must be whole numbers, one or more, in ascending order");
  return bounds;
}

/** How many of the bounds are not above a value. */
export function intervalOf(bounds: readonly number[], value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bounds[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same in SQL: a search by halves, so that a row meets a few comparisons and not one for each bound. */
function intervalSql(column: string, bounds: readonly number[], low = 0, high = bounds.length): string {
  if (low === high) return String(low);
  const middle = (low + high) >>> 1;
  return `CASE WHEN ${column} < ${bounds[middle]} THEN ${intervalSql(column, bounds, low, middle)} ELSE ${intervalSql(column, bounds, middle + 1, high)} END`;
}

/** The interval a column's value lies in, where it may have none. */
export const nullableIntervalSql = (column: string, bounds: readonly number[]): string =>
  `CASE WHEN ${column} IS NOT NULL THEN ${intervalSql(column, bounds)} END`;
