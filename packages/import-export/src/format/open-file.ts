import { createHash } from "node:crypto";
import { InventoryError } from "@onhand/core";
import { presets as knownPresets } from "../presets";
import { columnKey, type Kind, type Preset } from "../presets/preset";
import type { Encoding } from "../source/encoding";
import { type Line, readCsv } from "../source/read-csv";
import { readXlsx } from "../source/read-xlsx";
import { inspectSource, type Source } from "../source/source";
import { detectFormat } from "./detect-format";
import { headerWithin, matchHeader } from "./match";

/** How a file is to be read; all of it is detected where it is not said. */
export interface FileOptions {
  /** The format: the name of one of {@link presets}, or a {@link Preset} of the host's own. Recognised by the header unless given. */
  readonly preset?: string | Preset;
  readonly encoding?: Encoding;
  /** The character between cells. */
  readonly delimiter?: string;
  /** Names the columns of a file that has no header line. */
  readonly header?: readonly string[];
  /** Ends the import between two lines; what was applied by then stays, and running it again goes on from there. */
  readonly signal?: AbortSignal;
}

/** A file that is known, and can be read from the start as often as needed. */
export interface OpenFile {
  /** SHA-256 of its bytes, shortened. */
  readonly fingerprint: string;
  readonly type: "csv" | "xlsx";
  readonly preset: Preset;
  readonly header: readonly string[];
  /** The lines below the header. */
  lines(): AsyncIterable<Line>;
}

/** Reads a file once to know what it is. */
export async function openFile(source: Source, kind: Kind, options: FileOptions): Promise<OpenFile> {
  const { signal } = options;
  const { fingerprint, sample, bytes, utf8 } = await inspectSource(source, signal);
  if (bytes === 0) throw refusedFile("is empty");
  const presets = wantedPresets(options.preset);
  const format = detectFormat(sample, {
    kind,
    presets,
    utf8,
    whole: sample.length === bytes,
    ...(options.encoding !== undefined && { encoding: options.encoding }),
    ...(options.delimiter !== undefined && { delimiter: options.delimiter }),
  });
  const dialect = { encoding: format.encoding ?? "utf-8", delimiter: format.delimiter ?? ",", quotes: format.quotes ?? true };
  const all = () => (format.type === "xlsx" ? readXlsx(source, bytes, signal) : readCsv(source, dialect, signal));
  const { preset, header, headerLine } = options.header
    ? { preset: presetByHeader(options.header, presets, kind), header: options.header, headerLine: 0 }
    : await findHeader(all, presets, kind);
  if (!preset.kinds.includes(kind)) throw refusedFile(wrongKind(preset, kind));
  return {
    fingerprint: createHash("sha256").update(fingerprint).digest("hex").slice(0, 24),
    type: format.type,
    preset,
    header,
    async *lines() {
      for await (const line of all()) if (line.line > headerLine) yield line;
    },
  };
}

function wantedPresets(preset: string | Preset | undefined): readonly Preset[] {
  if (preset === undefined) return knownPresets;
  if (typeof preset !== "string") return [preset];
  const named = knownPresets.filter(({ name }) => name === preset);
  if (named.length > 0) return named;
  throw new InventoryError("INVALID_INPUT", {
    issues: [{ path: "preset", message: `must be one of ${knownPresets.map(({ name }) => name).join(", ")}` }],
  });
}

async function findHeader(all: () => AsyncIterable<Line>, presets: readonly Preset[], kind: Kind) {
  const first: Line[] = [];
  for await (const line of all()) if (first.push(line) === headerWithin) break;
  const match = matchHeader(first, presets, kind);
  if (match) return { preset: match.preset, header: match.header.cells, headerLine: match.header.line };
  throw headerless(first[0], presets, kind);
}

function presetByHeader(header: readonly string[], presets: readonly Preset[], kind: Kind): Preset {
  const line = { line: 0, cells: header };
  const match = matchHeader([line], presets, kind);
  if (match) return match.preset;
  throw headerless(line, presets, kind);
}

function headerless(first: Line | undefined, presets: readonly Preset[], kind: Kind): InventoryError {
  const names = first?.cells.map((cell) => cell.trim().slice(0, 40)).slice(0, 12) ?? [];
  const found = names.length > 0 ? `, but ${names.map((name) => JSON.stringify(name)).join(", ")}` : "";
  const [only] = presets.length === 1 ? presets : [];
  const wanted = only
    ? `the columns of ${only.name}: ${only.requires.map((column) => (typeof column === "string" ? column : column.join(" or "))).join(", ")}`
    : `the columns of a known format of ${kind}; name a preset, or the columns in \`header\``;
  return refusedFile(`names in none of its first ${headerWithin} lines ${wanted}${found}`, first?.line ?? 1);
}

const wrongKind = ({ name, kinds }: Preset, kind: Kind): string => `is ${name}, which carries ${kinds.join(" and ")}, not ${kind}`;

const refusedFile = (message: string, line?: number): InventoryError =>
  new InventoryError("INVALID_INPUT", { issues: [{ path: line === undefined ? "file" : `line ${line}`, message }] });

/** A short name for what decides how a line is understood. */
export const optionsPrint = (parts: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify(parts, (_, value) => (value instanceof RegExp ? value.source : value)))
    .digest("hex")
    .slice(0, 12);

/** Columns by their names as they are compared; of two with one name the first. */
export function columnsOf(header: readonly string[]): ReadonlyMap<string, number> {
  const columns = new Map<string, number>();
  for (const [index, name] of header.entries()) {
    const key = columnKey(name);
    if (!columns.has(key)) columns.set(key, index);
  }
  return columns;
}
