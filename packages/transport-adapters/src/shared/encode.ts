import type { Change } from "@onhand/core";
import { encodeFrame, type ServerFrame } from "@onhand/core/protocol";
import type { HubLimits } from "./limits";

/** A `d` frame: the changes in it and the bytes that every reader of all of them gets. */
export interface Delta {
  readonly from: number;
  readonly to: number;
  readonly changes: readonly Change[];
  readonly bytes: Uint8Array;
}

/** A frame as it goes to a link: a `Buffer`, since sockets would make one of other bytes for each reader. */
export const bytesOf = (frame: ServerFrame): Uint8Array => Buffer.from(encodeFrame(frame));

// A change goes out in the frames of every filter that lets it through; it is written as JSON once.
const texts = new WeakMap<Change, string>();

function textOf(change: Change): string {
  const known = texts.get(change);
  if (known !== undefined) return known;
  const text = JSON.stringify(change);
  texts.set(change, text);
  return text;
}

/** Writes one `d` frame. */
export const encodeDelta = (sid: string, range: Omit<Delta, "bytes">): Delta => ({
  ...range,
  bytes: encodeRows({ t: "d", sid, ...range }),
});

/** A frame with rows, as it goes to a link. */
export function encodeRows({ changes, ...rest }: Extract<ServerFrame, { changes: unknown }>): Uint8Array {
  return Buffer.from(`${JSON.stringify(rest).slice(0, -1)},"changes":[${changes.map(textOf).join(",")}]}`);
}

/**
 * Writes everything in `(from, to]` as frames of bounded size. A frame ends where a command ends, so that every
 * client's position is one that the ledger had.
 */
export function encodeDeltas(sid: string, range: Omit<Delta, "bytes">, limits: HubLimits): Delta[] {
  const pieces = split(range.changes, limits, (before, change) => before.seq !== change.seq);
  const last = pieces.length - 1;
  let from = range.from;
  return pieces.map((changes, index) => {
    const to = index === last ? range.to : (changes.at(-1)?.seq ?? range.to);
    const delta = encodeDelta(sid, { from, to, changes });
    from = to;
    return delta;
  });
}

/** Cuts rows into pages of bounded size, anywhere: a page says nothing about positions. At least one page. */
export const splitRows = (changes: readonly Change[], limits: HubLimits): (readonly Change[])[] => split(changes, limits, () => true);

function split(
  changes: readonly Change[],
  { maxFrameChanges, maxDeltaBytes }: HubLimits,
  mayCut: (before: Change, change: Change) => boolean,
): (readonly Change[])[] {
  const pieces: Change[][] = [];
  let piece: Change[] = [];
  let size = 0;
  for (const run of runs(changes, mayCut)) {
    const length = run.reduce((sum, change) => sum + textOf(change).length, 0);
    if (piece.length > 0 && (piece.length + run.length > maxFrameChanges || size + length > maxDeltaBytes)) {
      pieces.push(piece);
      piece = [];
      size = 0;
    }
    piece.push(...run);
    size += length;
  }
  pieces.push(piece);
  return pieces;
}

function* runs(changes: readonly Change[], mayCut: (before: Change, change: Change) => boolean): Generator<readonly Change[]> {
  let run: Change[] = [];
  for (const change of changes) {
    const before = run.at(-1);
    if (before && mayCut(before, change)) {
      yield run;
      run = [];
    }
    run.push(change);
  }
  if (run.length > 0) yield run;
}
