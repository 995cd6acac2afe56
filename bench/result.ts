/** One line of the report. Rates are movements per second; ratios are ours to theirs, so 2 is twice as fast. */
export interface Result {
  readonly suite: string;
  readonly case: string;
  readonly engine: string;
  readonly callers: number;
  readonly ours: number;
  readonly rival: number | null;
  readonly limit: number | null;
  readonly ratioToRival: number | null;
  readonly ratioToLimit: number | null;
}

/** Works the ratios out and rounds to what the measurement can tell. */
export function resultOf(
  named: Pick<Result, "suite" | "case" | "engine" | "callers">,
  measured: { readonly ours: number; readonly rival?: number | undefined; readonly limit?: number | undefined },
): Result {
  const { ours, rival, limit } = measured;
  return {
    ...named,
    ours: significant(ours),
    rival: rival === undefined ? null : significant(rival),
    limit: limit === undefined ? null : significant(limit),
    ratioToRival: rival === undefined ? null : significant(ours / rival),
    ratioToLimit: limit === undefined ? null : significant(ours / limit),
  };
}

const significant = (value: number): number => (value >= 1_000 ? Math.round(value) : Number(value.toPrecision(3)));

/** JSON lines for machines, aligned columns for people. */
export function printResults(results: readonly Result[], json: boolean): void {
  if (json) for (const result of results) console.log(JSON.stringify(result));
  else console.log(tableOf(results));
}

const columns = ["suite", "case", "engine", "callers", "ours", "rival", "limit", "ratioToRival", "ratioToLimit"] as const;

function tableOf(results: readonly Result[]): string {
  const rows = [columns as readonly string[], ...results.map((result) => columns.map((column) => cell(result[column])))];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => (row[index] as string).length)));
  return rows.map((row) => row.map((text, index) => aligned(text, widths[index] as number, index)).join("  ")).join("\n");
}

const cell = (value: string | number | null): string =>
  value === null ? "–" : typeof value === "number" ? value.toLocaleString("en") : value;

const aligned = (text: string, width: number, index: number): string => (index < 3 ? text.padEnd(width) : text.padStart(width));
