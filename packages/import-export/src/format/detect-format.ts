import { presets as knownPresets } from "../presets";
import type { Kind, Preset } from "../presets/preset";
import { detectEncoding, type Encoding } from "../source/encoding";
import { type Dialect, type Line, readSample } from "../source/read-csv";
import { isZip } from "../source/read-xlsx";
import { type Match, matchHeader } from "./match";

/** What a file is, as far as its beginning tells. */
export interface Format {
  readonly type: "csv" | "xlsx";
  /** Of text files. */
  readonly encoding?: Encoding;
  readonly bom?: boolean;
  readonly delimiter?: string;
  readonly quotes?: boolean;
  /** The line of the column names, and the names; absent when no known format was recognised. */
  readonly headerLine?: number;
  readonly header?: readonly string[];
  readonly preset?: Preset;
  /** What it can be imported as. */
  readonly kinds: readonly Kind[];
}

/** What the caller knows better than the file tells. */
export interface FormatHints {
  readonly encoding?: Encoding;
  readonly delimiter?: string;
  readonly presets?: readonly Preset[];
  readonly kind?: Kind;
  /** Whether all of the file is well-formed UTF-8, where all of it was read. */
  readonly utf8?: boolean;
  /** Whether the sample is the whole file. */
  readonly whole?: boolean;
}

const delimiters = [",", ";", "\t", "|"];

/**
 * Recognises a file by its first bytes: encoding, byte order mark, delimiter, where the header is, and the format.
 *
 * A workbook is told apart from text, but not looked into.
 *
 * @param sample - the beginning of the file; 64 KiB are plenty.
 * @example
 * const { preset, kinds } = detectFormat(await readFile("export.csv"));
 * console.log(preset?.name, kinds);
 */
export function detectFormat(sample: Uint8Array, hints: FormatHints = {}): Format {
  if (isZip(sample)) return { type: "xlsx", kinds: [] };
  const presets = hints.presets ?? knownPresets;
  const utf8 = hints.utf8 ?? isUtf8Start(sample);
  const detected = detectEncoding(sample, utf8);
  const encoding = hints.encoding ?? detected.encoding;
  const bom = detected.bom && detected.encoding === encoding;
  const tries = candidates(presets, hints.delimiter).map((cut) => {
    const lines = readSample(sample, { encoding, ...cut }, hints.whole ?? false);
    return { ...cut, lines, match: matchHeader(lines, presetsFor(presets, cut, hints.delimiter), hints.kind) };
  });
  // A delimiter under which a known header appears is the right one. Without, the one that cuts every line alike.
  const best = tries.reduce((a, b) => (score(b, hints.kind) > score(a, hints.kind) ? b : a));
  return {
    type: "csv",
    encoding,
    bom,
    delimiter: best.delimiter,
    quotes: best.quotes,
    ...(best.match && { headerLine: best.match.header.line, header: best.match.header.cells, preset: best.match.preset }),
    kinds: best.match?.preset.kinds ?? [],
  };
}

type Cut = Pick<Dialect, "delimiter" | "quotes">;

function candidates(presets: readonly Preset[], delimiter: string | undefined): readonly Cut[] {
  const quoted = (delimiter === undefined ? delimiters : [delimiter]).map((each) => ({ delimiter: each, quotes: true }));
  const unquoted = presets
    .filter(({ quotes }) => quotes === false)
    .map((preset) => ({ delimiter: delimiter ?? preset.delimiter ?? "\t", quotes: false }));
  return [...quoted, ...unquoted.slice(0, 1)];
}

/** Formats without quotes are looked for without quotes only, and the other way round. */
const presetsFor = (presets: readonly Preset[], { delimiter, quotes }: Cut, given: string | undefined): readonly Preset[] =>
  presets.filter((preset) => (preset.quotes ?? true) === quotes && (given ?? preset.delimiter ?? delimiter) === delimiter);

interface Try extends Cut {
  readonly lines: readonly Line[];
  readonly match: Match | undefined;
}

function score({ lines, match, quotes }: Try, kind: Kind | undefined): number {
  if (match)
    return (
      1_000 + match.preset.requires.length + (kind !== undefined && match.preset.kinds.includes(kind) ? 100 : 0) - match.header.line / 1e3
    );
  const [first] = lines;
  if (!quotes || !first || first.cells.length < 2) return 0;
  const alike = lines.filter(({ cells }) => cells.length === first.cells.length).length / lines.length;
  return alike * 100 + Math.min(first.cells.length, 50) / 100;
}

/** The sample may end in the middle of a character. */
function isUtf8Start(sample: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
