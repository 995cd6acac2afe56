import { createHash } from "node:crypto";
import { columnsOf, type OpenFile } from "../format/open-file";
import { columnKey, type Field, type Place } from "../presets/preset";
import type { Line } from "../source/read-csv";

/** One record, asked for what its cells mean. */
export interface FileRecord {
  readonly line: number;
  /** The text of a field, without spaces around it; empty when there is none. */
  text(field: Field): string;
  /** The column a field was read from, for messages. */
  columnOf(field: Field): string;
  /** Whether a field was made up of other columns, there being none of its own. */
  isCode(field: Field): boolean;
  attributes(): Readonly<Record<string, string>>;
  /** Quantities by store, where stores are columns. */
  byStore(): readonly { readonly storeId: string; readonly column: string; readonly text: string }[];
  /** Why it can't be read at all. */
  readonly broken: string | undefined;
  /** Why it is left out; undefined when it is not. */
  readonly ignored: string | undefined;
}

/** What a sheet's cell that begins like a formula was given in front by an export, so that no program would run it. */
const guarded = /^'('*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/;

const tooLong = "it has more cells than the header has columns; a delimiter in a cell may lack its quotes";

/** Heads of variants that are remembered, for the rows that refer to them. */
const maximumHeads = 100_000;

/** Reads records as a format means them. One reader reads one file, in order: rows may refer to rows before them. */
export function recordReader({ type, preset, header }: Pick<OpenFile, "type" | "preset" | "header">): (line: Line) => FileRecord {
  const columns = columnsOf(header);
  const heads = new Map<string, ReadonlyMap<string, string>>();
  // Names are compared once, not on every line.
  const places = new Map<string, number>();
  const indexOf = (column: string): number => {
    const known = places.get(column);
    if (known !== undefined) return known;
    const index = columns.get(columnKey(column)) ?? -1;
    places.set(column, index);
    return index;
  };
  const storeColumns = storeColumnsOf(header, preset.storeColumns);
  const attributeColumns = attributeColumnsOf();

  function attributeColumnsOf(): readonly (readonly [string, string])[] {
    if (preset.attributes === undefined) return [];
    if (preset.attributes !== "rest") return Object.entries(preset.attributes);
    const used = new Set(Object.values(preset.fields).flatMap((places) => places.flatMap(columnsIn).map(columnKey)));
    return header.filter((name) => name.trim() !== "" && !used.has(columnKey(name))).map((name) => [name.trim(), name]);
  }

  return ({ line, cells, broken }) => {
    const own = (column: string): string => {
      const text = (cells[indexOf(column)] ?? "").trim();
      // A cell of a workbook says itself that it is text, so nothing is put in front of it.
      return type === "csv" ? unguarded(text) : text;
    };
    const inherited = inheritance(own);
    const cell = (column: string): string => own(column) || inherited?.get(column) || "";
    const textAt = (place: Place): string => {
      if (typeof place === "string") return cell(place);
      if ("join" in place) return joined(place.join.map(cell), place.with, place.without);
      const content = place.code.map(cell).join("\u0000");
      return content.replaceAll("\u0000", "") === "" ? "" : place.prefix + codeOf(content);
    };
    const placeOf = (field: Field): Place | undefined => preset.fields[field]?.find((place) => textAt(place) !== "");
    return {
      line,
      // What was not quoted moves the cells after it: what stands where can't be known.
      broken: broken ?? (cells.slice(header.length).some((text) => text.trim() !== "") ? tooLong : undefined),
      ignored: preset.ignore?.find((rule) => matches(rule, own))?.because,
      text(field) {
        let text = "";
        for (const place of preset.fields[field] ?? []) {
          text = textAt(place);
          if (text !== "") break;
        }
        return field === "barcode" && preset.apostropheBeforeBarcode ? text.replace(/^'(?=\d)/, "") : text;
      },
      columnOf: (field) => [placeOf(field) ?? preset.fields[field]?.[0] ?? field].flatMap(columnsIn).join(" + "),
      isCode(field) {
        const place = placeOf(field);
        return typeof place === "object" && "code" in place;
      },
      attributes: () =>
        Object.fromEntries(attributeColumns.map(([name, column]) => [name, cell(column)]).filter(([, text]) => text !== "")),
      byStore: () => quantitiesByStore(cells),
    };
  };

  function inheritance(own: (column: string) => string): ReadonlyMap<string, string> | undefined {
    const { inherit } = preset;
    if (!inherit) return undefined;
    const head = heads.get(own(inherit.by));
    const key = own(inherit.key);
    const said = new Map(inherit.columns.map((column) => [column, own(column)]));
    if (key !== "" && [...said.values()].some((text) => text !== "") && !(inherit.key === inherit.by && head)) {
      heads.set(key, said);
      const [oldest] = heads.keys();
      if (heads.size > maximumHeads && oldest !== undefined) heads.delete(oldest);
    }
    return head;
  }

  /** Of several columns of one store the first that is not empty, as the new figure stands before the current one. */
  function quantitiesByStore(cells: readonly string[]) {
    const found = new Map<string, { storeId: string; column: string; text: string }>();
    for (const { storeId, column, index } of storeColumns) {
      const text = (cells[index] ?? "").trim();
      if (text !== "" && !found.has(storeId)) found.set(storeId, { storeId, column, text });
    }
    return [...found.values()];
  }
}

function storeColumnsOf(header: readonly string[], rule: OpenFile["preset"]["storeColumns"]) {
  if (!rule) return [];
  const named = header.map((name, index) => ({ column: name.trim(), index }));
  if ("except" in rule) {
    const fixed = new Set(rule.except.map(columnKey));
    return named
      .filter(({ column }) => column !== "" && !fixed.has(columnKey(column)))
      .map(({ column, index }) => ({ storeId: column, column, index }));
  }
  return rule.match.flatMap((pattern) =>
    named.flatMap(({ column, index }) => {
      const storeId = pattern.exec(column)?.[1];
      return storeId === undefined ? [] : [{ storeId, column, index }];
    }),
  );
}

const columnsIn = (place: Place): readonly string[] => (typeof place === "string" ? [place] : "join" in place ? place.join : place.code);

const joined = (texts: readonly string[], glue: string, without: readonly string[] = []): string =>
  texts.filter((text) => text !== "" && !without.includes(text)).join(glue);

const matches = (
  { columns, is }: { readonly columns: readonly string[]; readonly is?: readonly string[] },
  own: (column: string) => string,
): boolean => (is ? columns.some((column) => is.includes(own(column).toLowerCase())) : columns.every((column) => own(column) === ""));

const unguarded = (text: string): string => (text.startsWith("'") ? text.replace(guarded, "$1") : text);

const codeOf = (content: string): string => createHash("sha256").update(content.normalize("NFC")).digest("hex").slice(0, 10).toUpperCase();
