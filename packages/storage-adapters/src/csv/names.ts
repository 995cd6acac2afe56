import { join } from "node:path";

const width = 8;
const padded = (segment: number): string => String(segment).padStart(width, "0");

/** The file of a journal segment. */
export const journalName = (segment: number): string => `journal-${padded(segment)}.csv`;
/** Where the blocks and keys of a sealed segment are listed, so that opening need not read the segment. */
export const indexName = (segment: number): string => `index-${padded(segment)}.csv`;
/** The state tables as they stood at a place of the journal. */
export const snapshotName = (place: { readonly segment: number; readonly seq: number }): string =>
  `snapshot-${padded(place.segment)}-${place.seq}.csv`;
/** What stood behind the last whole group of a segment. */
export const tornName = (segment: number): string => `journal-${padded(segment)}.torn`;

/** The segment a name belongs to; undefined when it is no journal. */
export function segmentOf(name: string): number | undefined {
  const match = /^journal-(\d{8,})\.csv$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

/** The segment an index belongs to; undefined when the name is no index. */
export function indexOf(name: string): number | undefined {
  const match = /^index-(\d{8,})\.csv$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

/** The place a snapshot was taken at; undefined when the name is no snapshot. */
export function snapshotPlace(name: string): { readonly segment: number; readonly seq: number } | undefined {
  const match = /^snapshot-(\d{8,})-(\d+)\.csv$/.exec(name);
  return match ? { segment: Number(match[1]), seq: Number(match[2]) } : undefined;
}

export { join as joinPath };
