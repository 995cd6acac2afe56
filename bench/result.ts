/** One line of a report, by the names of its columns. */
export type Line = Readonly<Record<string, string | number | null>>;

/** One line of a report on speed. Rates are movements per second; ratios are ours to theirs, so 2 is twice as fast. */
export type Result = {
  readonly suite: string;
  readonly case: string;
  readonly engine: string;
  readonly callers: number;
  readonly ours: number;
  readonly rival: number | null;
  readonly limit: number | null;
  readonly ratioToRival: number | null;
  readonly ratioToLimit: number | null;
};

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
export function printLines(lines: readonly Line[], json: boolean): void {
  if (json) for (const line of lines) console.log(JSON.stringify(line));
  else console.log(tableOf(lines));
}

function tableOf(lines: readonly Line[]): string {
  const columns = Object.keys(lines[0] ?? {});
  const isText = columns.map((column) => lines.every((line) => typeof line[column] === "string"));
  const rows = [columns, ...lines.map((line) => columns.map((column) => cell(line[column] ?? null)))];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => (row[index] as string).length)));
  const aligned = (text: string, index: number): string =>
    isText[index] ? text.padEnd(widths[index] as number) : text.padStart(widths[index] as number);
  return rows.map((row) => row.map(aligned).join("  ")).join("\n");
}

const cell = (value: string | number | null): string =>
  value === null ? "–" : typeof value === "number" ? value.toLocaleString("en", { maximumFractionDigits: 4 }) : value;
