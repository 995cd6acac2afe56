import type { TableWrite } from "./group";
import type { ColumnLayout, TableLayout } from "./layout";
import type { Scalar } from "./rows";

/**
 * What rows that are written together have in common. Most entries of a ledger leave most of what they could say unsaid, and
 * those of one group share their time and often their type: that need not be sent, nor read by a server, row by row.
 */
export interface Shape {
  /** Tells it from the other shapes of its table. */
  readonly name: string;
  /** Columns to be sent for each row. */
  readonly differing: readonly ColumnLayout[];
  /** Columns to be sent once: the first row's value is every row's. */
  readonly shared: readonly ColumnLayout[];
  /** Columns that are null in every row. */
  readonly absent: readonly ColumnLayout[];
}

// Each shape is a statement of its own, which a server keeps prepared on every connection.
const mostShapes = 16;
// What a few rows have in common is chance: it would make a statement for each chance.
const fewRows = 32;

/** How a dialect tells rows apart: with `sharing`, values that all rows have in common are sent once. */
export function createShapes(sharing: boolean): (write: TableWrite) => Shape {
  const known = new WeakMap<TableLayout, Map<string, Shape>>();
  return ({ table, count, columns }) => {
    const shapes = known.get(table) ?? new Map<string, Shape>();
    known.set(table, shapes);
    const shares = sharing && (count === 1 || count >= fewRows);
    const kinds = table.columns.map((column) => kindOf(column, columns[column.index] as readonly Scalar[], shares));
    const name = kinds.join("");
    const shape = shapes.get(name);
    if (shape) return shape;
    if (shapes.size >= mostShapes) return wholeShape(table);
    const of = (kind: Kind) => table.columns.filter((_, index) => kinds[index] === kind);
    const made = { name, differing: of("d"), shared: of("s"), absent: of("n") };
    shapes.set(name, made);
    return made;
  };
}

const whole = new WeakMap<TableLayout, Shape>();

/** Every column for each row: fits any rows. */
export function wholeShape(table: TableLayout): Shape {
  const shape = whole.get(table) ?? { name: "", differing: table.columns, shared: [], absent: [] };
  whole.set(table, shape);
  return shape;
}

/** Differing, shared, or null in every row. */
type Kind = "d" | "s" | "n";

function kindOf({ nullable }: ColumnLayout, values: readonly Scalar[], sharing: boolean): Kind {
  const first = values[0] as Scalar;
  if (first === null ? !nullable : !sharing) return "d";
  for (const value of values) if (value !== first) return "d";
  return first === null ? "n" : "s";
}
