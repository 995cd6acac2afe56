import { basename, dirname } from "node:path";
import type { FileHandle, FileSystem } from "../../src/csv/file-system";

/** What happened to a disk, in order. Data reaches it when it is synced; names when their directory is. */
type Event =
  | { readonly type: "create"; readonly file: number; readonly path: string }
  | { readonly type: "write"; readonly file: number; readonly position: number; readonly bytes: Buffer }
  | { readonly type: "truncate"; readonly file: number; readonly size: number }
  | { readonly type: "sync"; readonly file: number }
  | { readonly type: "rename"; readonly from: string; readonly to: string }
  | { readonly type: "remove"; readonly path: string }
  | { readonly type: "syncDirectory"; readonly directory: string }
  | { readonly type: "acknowledged"; readonly seq: number };

/** Steps a broken storage leaves out. */
export interface Mutation {
  readonly skipSync?: (path: string) => boolean;
  readonly skipDirectorySync?: boolean;
}

export interface SimulatedDisk {
  readonly fileSystem: FileSystem;
  readonly events: readonly Event[];
  acknowledged(seq: number): void;
  /** Makes an operation fail from now on until it answers undefined again. */
  fault: ((operation: "write" | "sync" | "truncate" | "open", path: string) => string | undefined) | undefined;
  /** How many bytes still fit. */
  room: number;
}

const directory = "/ledger";
const sectorBytes = 512;

/** A file system in memory that remembers everything done to it. `content` is what it starts with. */
export function simulatedDisk(content: ReadonlyMap<string, Buffer> = new Map(), mutation: Mutation = {}): SimulatedDisk {
  const events: Event[] = [];
  const names = new Map<string, number>();
  const files = new Map<number, Buffer>();
  for (const [path, bytes] of content) {
    names.set(path, files.size);
    files.set(files.size, Buffer.from(bytes));
  }
  const bytesOf = (file: number) => files.get(file) ?? Buffer.alloc(0);
  const failing = (code: string) => Object.assign(new Error(code), { code });

  function check(operation: "write" | "sync" | "truncate" | "open", path: string): void {
    const code = disk.fault?.(operation, path);
    if (code) throw failing(code);
  }

  const fileSystem: FileSystem = {
    async open(path, mode) {
      check("open", path);
      const known = names.get(path);
      if (mode === "create" && known !== undefined) throw failing("EEXIST");
      if (known === undefined && (mode === "read" || mode === "update")) throw failing("ENOENT");
      const existing = mode === "read" || mode === "update";
      const file = existing ? (known as number) : files.size;
      if (!existing) {
        names.set(path, file);
        files.set(file, Buffer.alloc(0));
        events.push({ type: "create", file, path });
      }
      return handleOf(file, path);
    },
    list: async () => [...names.keys()].map((path) => basename(path)),
    makeDirectory: async () => undefined,
    async rename({ from, to }) {
      names.set(to, names.get(from) as number);
      names.delete(from);
      events.push({ type: "rename", from, to });
    },
    async remove(path) {
      if (names.delete(path)) events.push({ type: "remove", path });
    },
    async syncDirectory(path) {
      if (!mutation.skipDirectorySync) events.push({ type: "syncDirectory", directory: path });
    },
    facts(path) {
      const file = names.get(path);
      return file === undefined ? undefined : { size: bytesOf(file).length, identity: String(file), links: 1 };
    },
    networkKind: async () => undefined,
    lock: async () => async () => undefined,
  };

  function handleOf(file: number, path: string): FileHandle {
    return {
      read: async (target, position) => bytesOf(file).copy(target, 0, position, position + target.length),
      async write(source, position) {
        check("write", path);
        const taken = Buffer.from(source.subarray(0, Math.min(source.length, disk.room)));
        if (taken.length === 0) throw failing("ENOSPC");
        disk.room -= taken.length;
        files.set(file, overwrite(bytesOf(file), position, taken));
        events.push({ type: "write", file, position, bytes: taken });
        return taken.length;
      },
      async truncate(size) {
        check("truncate", path);
        files.set(file, bytesOf(file).subarray(0, size));
        events.push({ type: "truncate", file, size });
      },
      async sync() {
        check("sync", path);
        if (!mutation.skipSync?.(path)) events.push({ type: "sync", file });
      },
      close: async () => undefined,
    };
  }

  const disk: SimulatedDisk = {
    fileSystem,
    events,
    acknowledged: (seq) => void events.push({ type: "acknowledged", seq }),
    fault: undefined,
    room: Number.POSITIVE_INFINITY,
  };
  return disk;
}

function overwrite(content: Buffer, position: number, bytes: Buffer): Buffer {
  const next = Buffer.alloc(Math.max(content.length, position + bytes.length));
  content.copy(next);
  bytes.copy(next, position);
  return next;
}

/** One thing that might be on the disk after the power went, and what had been promised by then. */
export interface CrashState {
  readonly content: ReadonlyMap<string, Buffer>;
  readonly acknowledged: number;
  readonly description: string;
}

/** How the sectors and names that were not synced fare. */
type Fate = (index: number, count: number) => boolean;

const fates: Readonly<Record<string, Fate>> = {
  "nothing unsynced": () => false,
  "everything unsynced": () => true,
  "the first half": (index, count) => index < count / 2,
  "the second half": (index, count) => index >= count / 2,
  "all but the first": (index) => index > 0,
  "all but the last": (index, count) => index < count - 1,
  "every other": (index) => index % 2 === 0,
};

/** States the power could leave behind, cut after each event: whole sectors in any order, names in the order they were given. */
export function* crashStates(events: readonly Event[], random: () => number, drawn: number): Iterable<CrashState> {
  for (let cut = 1; cut <= events.length; cut++) {
    const past = events.slice(0, cut);
    const drawnFates = Array.from({ length: drawn }, (_, index) => [`draw ${index}`, () => random() < 0.5] as const);
    for (const [name, sectors] of [...Object.entries(fates), ...drawnFates]) {
      for (const keptNames of [0, 0.5, 1]) yield crash(past, sectors, keptNames, `after event ${cut}: ${name}, names ${keptNames}`);
    }
  }
}

interface Inode {
  durable: Buffer;
  pending: Extract<Event, { type: "write" | "truncate" }>[];
}

function crash(events: readonly Event[], keeps: Fate, keptNames: number, description: string): CrashState {
  const inodes = new Map<number, Inode>();
  const durableNames = new Map<string, number>();
  let waitingNames: Extract<Event, { type: "create" | "rename" | "remove" }>[] = [];
  let acknowledged = 0;
  for (const event of events) {
    if (event.type === "acknowledged") acknowledged = event.seq;
    else if (event.type === "create" || event.type === "rename" || event.type === "remove") waitingNames.push(event);
    else if (event.type === "syncDirectory") {
      if (event.directory !== directory && event.directory !== dirname(directory)) throw new Error(`unknown directory ${event.directory}`);
      if (event.directory === directory) {
        for (const change of waitingNames) applyName(durableNames, change);
        waitingNames = [];
      }
    } else {
      const inode = inodes.get(event.file) ?? { durable: Buffer.alloc(0), pending: [] };
      inodes.set(event.file, inode);
      if (event.type !== "sync") inode.pending.push(event);
      else {
        for (const change of inode.pending) inode.durable = applyData(inode.durable, change, () => true);
        inode.pending = [];
      }
    }
  }
  for (const change of waitingNames.slice(0, Math.round(waitingNames.length * keptNames))) applyName(durableNames, change);
  const content = new Map<string, Buffer>();
  for (const [path, file] of durableNames) {
    const inode = inodes.get(file) ?? { durable: Buffer.alloc(0), pending: [] };
    let bytes = inode.durable;
    for (const change of inode.pending) bytes = applyData(bytes, change, keeps);
    content.set(path, bytes);
  }
  return { content, acknowledged, description };
}

function applyName(names: Map<string, number>, change: Extract<Event, { type: "create" | "rename" | "remove" }>): void {
  if (change.type === "create") names.set(change.path, change.file);
  else if (change.type === "remove") names.delete(change.path);
  else {
    const file = names.get(change.from);
    names.delete(change.from);
    if (file !== undefined) names.set(change.to, file);
  }
}

function applyData(content: Buffer, change: Extract<Event, { type: "write" | "truncate" }>, keeps: Fate): Buffer {
  if (change.type === "truncate") return keeps(0, 1) ? content.subarray(0, change.size) : content;
  let next = content;
  const start = Math.floor(change.position / sectorBytes) * sectorBytes;
  const end = change.position + change.bytes.length;
  const count = Math.ceil((end - start) / sectorBytes);
  for (let sector = 0; sector < count; sector++) {
    if (!keeps(sector, count)) continue;
    const from = Math.max(change.position, start + sector * sectorBytes);
    const to = Math.min(end, start + (sector + 1) * sectorBytes);
    next = overwrite(next, from, change.bytes.subarray(from - change.position, to - change.position));
  }
  return next;
}
