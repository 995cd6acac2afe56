import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The series of a file with one row a series: its name, then a number a period; undefined where a cell is empty. */
export function readSeries(directory: string, file: string): (number | undefined)[][] {
  const path = join(directory, file);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new Error(`no data at ${path}; say where it is with --data DIR`, { cause });
  }
  const rows = text.trim().split(/\r?\n/).slice(1);
  return rows.map((row, index) =>
    row
      .split(",")
      .slice(1)
      .map((cell) => {
        if (cell === "") return undefined;
        const value = Number(cell);
        if (!Number.isFinite(value)) throw new Error(`${path}:${index + 2} ${cell} is no number`);
        return value;
      }),
  );
}
