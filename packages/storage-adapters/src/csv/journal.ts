import { InventoryError } from "@onhand/core";
import { storageFailure } from "./failures";
import { type FileHandle, type FileSystem, writeAll } from "./file-system";
import { createGroupEncoder, type LineToWrite, type Position, startOf } from "./group";
import { joinPath, journalName } from "./names";

/** The one open segment, and the right to write to it. */
export interface Journal {
  readonly position: Position;
  /** Why nothing can be written any more; undefined while all is well. */
  readonly failure: InventoryError | undefined;
  /** Resolves when the group is durable and the segment was still ours afterwards; only then may it be acknowledged. */
  append(lines: readonly LineToWrite[], seq: number): Promise<{ readonly before: Position; readonly after: Position }>;
  /** Goes on in a new segment that starts with these lines. No group may be under way. Answers where the old one ends. */
  rotate(header: (sealed: Position) => readonly LineToWrite[]): Promise<Position>;
  close(): Promise<void>;
}

interface Claim {
  readonly segment: number;
  readonly handle: FileHandle;
}

/** Takes the next segment for this writer: from here on no earlier writer can acknowledge anything. */
export async function claimSegment(files: FileSystem, directory: string, segment: number): Promise<Claim> {
  try {
    const handle = await files.open(joinPath(directory, journalName(segment)), "create");
    await files.syncDirectory(directory);
    return { segment, handle };
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") throw fenced(error);
    throw error;
  }
}

const fenced = (cause?: unknown) => new InventoryError("STORAGE_LOCKED", { holder: "a process that opened it later" }, { cause });

/** Begins a claimed segment with its header and goes on behind it. */
export async function beginJournal(
  options: { readonly files: FileSystem; readonly directory: string; readonly synced: boolean },
  claim: Claim,
  header: readonly LineToWrite[],
  seq: number,
): Promise<Journal> {
  const { files, directory, synced } = options;
  const encodeGroup = createGroupEncoder();
  let current = claim;
  let path = joinPath(directory, journalName(claim.segment));
  let identity = files.facts(path)?.identity;
  let position = await writeHeader(claim, header, seq).catch(async (error) => {
    await claim.handle.close();
    throw error;
  });
  let failure: InventoryError | undefined;
  // Claimed, but its header could not be written yet.
  let spare: Claim | undefined;

  async function writeHeader(to: Claim, lines: readonly LineToWrite[], at: number): Promise<Position> {
    const { bytes, after } = encodeGroup(startOf(to.segment, at), lines, at);
    await to.handle.truncate(0);
    await writeAll(to.handle, bytes, 0);
    await to.handle.sync();
    return after;
  }

  /** Why this writer may not go on; undefined when all is as it left it. */
  function interference(size: number): InventoryError | undefined {
    if (files.facts(joinPath(directory, journalName((spare ?? current).segment + 1)))) return fenced();
    const facts = files.facts(path);
    if (facts?.identity === identity && facts?.size === size && facts.links === 1) return undefined;
    return new InventoryError("STORAGE_UNAVAILABLE", { reason: `${path} was changed by another program; it must be opened again` });
  }

  function poison(error: InventoryError): InventoryError {
    failure ??= error;
    return error;
  }

  async function takeBack(error: unknown): Promise<never> {
    const refused = storageFailure(error, path);
    try {
      await current.handle.truncate(position.bytes);
    } catch (cause) {
      const reason = `${path} could not be cut back after a failed write; it must be opened again`;
      poison(new InventoryError("STORAGE_UNAVAILABLE", { reason }, { cause }));
    }
    // The group's last line was not written, so it can never count.
    throw refused;
  }

  async function sync(): Promise<void> {
    try {
      if (synced) await current.handle.sync();
    } catch (cause) {
      // The kernel may have dropped the pages it could not write, so a second sync would prove nothing.
      const reason = `${path} could not be synced; it must be opened again to know what was kept`;
      poison(new InventoryError("STORAGE_UNAVAILABLE", { reason }, { cause }));
      throw new InventoryError("OUTCOME_UNKNOWN", {}, { cause });
    }
  }

  return {
    get position() {
      return position;
    },

    get failure() {
      return failure;
    },

    async append(lines, seq) {
      if (failure) throw failure;
      const stopped = interference(position.bytes);
      if (stopped) throw poison(stopped);
      const before = position;
      const { bytes, after } = encodeGroup(before, lines, seq);
      await writeAll(current.handle, bytes, before.bytes).catch(takeBack);
      await sync();
      const overtaken = interference(after.bytes);
      if (overtaken) throw new InventoryError("OUTCOME_UNKNOWN", {}, { cause: poison(overtaken) });
      position = after;
      return { before, after };
    },

    async rotate(linesOf) {
      if (failure) throw failure;
      const sealed = position;
      try {
        spare ??= await claimSegment(files, directory, current.segment + 1);
        const begun = await writeHeader(spare, linesOf(sealed), sealed.seq);
        const old = current.handle;
        path = joinPath(directory, journalName(spare.segment));
        identity = files.facts(path)?.identity;
        current = spare;
        spare = undefined;
        position = begun;
        await old.close();
      } catch (error) {
        const refused = storageFailure(error, path);
        throw refused.code === "STORAGE_LOCKED" ? poison(refused) : refused;
      }
      return sealed;
    },

    async close() {
      failure ??= new InventoryError("STORAGE_CLOSED", {});
      await current.handle.close();
      await spare?.handle.close();
    },
  };
}
