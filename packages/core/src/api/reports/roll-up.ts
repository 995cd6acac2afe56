import type { Scope } from "./catalogue";
import { maximumGroups, tooLarge } from "./limits";
import type { ReportDimension, ReportGroup } from "./types";

/** How the cells of a report become its rows. */
export interface Rolling<Cell, Sums, Figures extends object> {
  readonly by: readonly ReportDimension[];
  readonly scope: Scope;
  /** What a cell is by a dimension. */
  readonly valueBy: (cell: Cell, dimension: ReportDimension) => string | null;
  readonly start: () => Sums;
  readonly add: (sums: Sums, cell: Cell) => void;
  readonly end: (sums: Sums) => Figures;
}

/** Rows, sub-totals and totals. */
export interface Rolled<Figures extends object> {
  readonly rows: readonly (ReportGroup & Figures)[];
  readonly subtotals: readonly (ReportGroup & Figures)[];
  readonly totals: Figures;
}

interface Group<Sums> {
  readonly values: readonly (string | null)[];
  readonly sums: Sums;
}

/** Adds cells up to rows, to a sub-total for each beginning of `by`, and to totals. */
export function rollUp<Cell, Sums, Figures extends object>(cells: Iterable<Cell>, rolling: Rolling<Cell, Sums, Figures>): Rolled<Figures> {
  const roller = createRoller(rolling);
  for (const cell of cells) roller.add(cell);
  return roller.end();
}

/** {@link rollUp} for cells that come one after another, so that nobody holds them all. */
export function createRoller<Cell, Sums, Figures extends object>({
  by,
  scope,
  valueBy,
  start,
  add,
  end,
}: Rolling<Cell, Sums, Figures>): { add(cell: Cell): void; end(): Rolled<Figures> } {
  const levels = by.map(() => new Map<string, Group<Sums>>());
  const all = start();
  const rowsOf = (groups: ReadonlyMap<string, Group<Sums>>) =>
    [...groups.values()].sort(inOrder).map(({ values, sums }) => ({ ...groupOf(by, values, scope), ...end(sums) }));
  return {
    add(cell) {
      add(all, cell);
      const values = by.map((dimension) => valueBy(cell, dimension));
      for (const [depth, groups] of levels.entries()) {
        const own = values.slice(0, depth + 1);
        const name = JSON.stringify(own);
        let group = groups.get(name);
        if (!group) {
          if (groups.size === maximumGroups) throw tooLarge(`more than ${maximumGroups} rows`);
          group = { values: own, sums: start() };
          groups.set(name, group);
        }
        add(group.sums, cell);
      }
    },
    end: () => ({
      rows: rowsOf(levels.at(-1) as ReadonlyMap<string, Group<Sums>>),
      subtotals: levels.slice(0, -1).flatMap(rowsOf),
      totals: end(all),
    }),
  };
}

function inOrder<Sums>(a: Group<Sums>, b: Group<Sums>): number {
  for (const [index, value] of a.values.entries()) {
    const compared = compareText(value, b.values[index] as string | null);
    if (compared !== 0) return compared;
  }
  return 0;
}

/** By code unit, nothing first. */
export function compareText(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}

function groupOf(by: readonly ReportDimension[], values: readonly (string | null)[], scope: Scope): ReportGroup {
  const group: Record<string, string | null> = {};
  for (const [index, value] of values.entries()) {
    const dimension = by[index] as ReportDimension;
    group[dimension] = value;
    if (dimension === "sku") group.name = scope.fact(value as string)?.name ?? (value as string);
  }
  return group as ReportGroup;
}
