import { InventoryError, type TableDefinition } from "@onhand/core";
import { corrupt } from "./failures";
import { type Group, journalVersion, type LineToWrite, type Position, scanGroups, startOf } from "./group";
import { isSealed, splitFields } from "./line";

/** The columns of each table when a segment was begun. */
export type Layout = ReadonlyMap<string, readonly string[]>;

/** What a segment's first group tells: whose ledger it is, its shape, and where the segments before it end. */
export interface SegmentHeader {
  readonly epoch: string;
  readonly version: number;
  /** Whether each of its groups was synced before it was acknowledged. */
  readonly synced: boolean;
  readonly layout: Layout;
  readonly seals: readonly Position[];
  /** The end of the first group. */
  readonly end: Position;
}

export const layoutOf = (tables: readonly TableDefinition[]): Layout =>
  new Map(tables.map((table) => [table.name, Object.keys(table.columns)]));

/** The lines of a segment's first group. */
export function headerLines(header: Pick<SegmentHeader, "epoch" | "version" | "synced" | "layout" | "seals">, seq: number): LineToWrite[] {
  const line = (table: string, ...fields: readonly (string | number)[]) => ({ table, seq, columns: `,${fields.join(",")}` });
  return [
    line(".ledger", header.epoch, header.version, header.synced ? "synced" : "unsynced"),
    ...header.seals.map(({ segment, bytes, group, seq: at, checksum }) => line(".seal", segment, bytes, group, at, checksum)),
    ...[...header.layout].map(([table, columns]) => line(".table", table, ...columns)),
  ];
}

/** Undefined when the segment was claimed, but its opening never finished. */
export function readHeader(file: Buffer, segment: number, name: string): SegmentHeader | undefined {
  refuseNewer(file, name);
  let first: Group | undefined;
  const stop = {};
  try {
    scanGroups(file, startOf(segment, 0), (group) => {
      first = group;
      throw stop;
    });
  } catch (error) {
    if (error !== stop) throw error;
  }
  return first && parseHeader(first, name);
}

function parseHeader(first: Group, name: string): SegmentHeader {
  const layout = new Map<string, string[]>();
  const seals: Position[] = [];
  let ledger: Pick<SegmentHeader, "epoch" | "version" | "synced"> | undefined;
  for (const { table, fields } of first.lines) {
    const values = splitFields(fields);
    if (table === ".ledger") ledger = { epoch: values[0] as string, version: Number(values[1]), synced: values[2] !== "unsynced" };
    else if (table === ".table") layout.set(values[0] as string, values.slice(1));
    else if (table === ".seal") {
      const [segment, bytes, group, seq, checksum] = values.map(Number) as [number, number, number, number, number];
      seals.push({ segment, bytes, group, seq, checksum });
    }
  }
  if (!ledger) throw corrupt(name, "its first group is no header", 1);
  return { ...ledger, layout, seals, end: first.after };
}

function refuseNewer(file: Buffer, name: string): void {
  const end = file.indexOf(10);
  const written = /^(j\d+),/.exec(file.toString("latin1", 0, Math.max(0, Math.min(end, 12))))?.[1];
  if (written !== undefined && written !== journalVersion && isSealed(file.subarray(0, end + 1))) {
    throw new InventoryError("UNSUPPORTED", { feature: `${name} has the format ${written}; this version writes ${journalVersion}` });
  }
}
