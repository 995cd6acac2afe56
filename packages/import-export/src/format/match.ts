import { columnKey, type Kind, type Preset } from "../presets/preset";
import type { Line } from "../source/read-csv";

/** A header line, and the preset it belongs to. */
export interface Match {
  readonly preset: Preset;
  readonly header: Line;
}

/** Reports with notes above their header are common; this many lines may stand above it. */
export const headerWithin = 100;

/** The first line that names all columns of one of the presets; of several presets the one that requires most. */
export function matchHeader(lines: readonly Line[], presets: readonly Preset[], kind?: Kind): Match | undefined {
  for (const header of lines.slice(0, headerWithin)) {
    const names = new Set(header.cells.map(columnKey));
    const [preset] = presets.filter((candidate) => isNamed(candidate, names)).sort((a, b) => rank(b, kind) - rank(a, kind));
    if (preset) return { preset, header };
  }
  return undefined;
}

const isNamed = ({ requires }: Preset, names: ReadonlySet<string>): boolean =>
  requires.length > 0 &&
  requires.every((column) => (typeof column === "string" ? [column] : column).some((name) => names.has(columnKey(name))));

/** Files that can be what is wanted come first; a file that can't be still is recognised, to say so. */
const rank = ({ requires, kinds }: Preset, kind: Kind | undefined): number =>
  requires.length + (kind !== undefined && kinds.includes(kind) ? 100 : 0);
