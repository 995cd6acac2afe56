/** What is known of a file from outside. */
export interface FileFacts {
  readonly size: number;
  /** Names the file itself, not its path: it changes when another file is renamed into its place. */
  readonly identity: string;
  /** How many directory entries lead to it; 0 when it was removed while open. */
  readonly links: number;
}

/** What is to be done with a file. */
export type OpenMode = "read" | "update" | "create" | "replace";

/** An open file. Positions are bytes from its start. */
export interface FileHandle {
  /** Reads into `target`; answers how many bytes, 0 at the end. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Writes from `source`, whose bytes are others once it has answered; may write fewer than asked and answers how many. */
  write(source: Uint8Array, position: number): Promise<number>;
  /** Cuts the file to this many bytes. */
  truncate(size: number): Promise<void>;
  /** Resolves when content and size are on the disk. */
  sync(): Promise<void>;
  /** Lets go of the file. */
  close(): Promise<void>;
}

/**
 * Exactly what the CSV storage asks of a file system. Tests put a faulty or recording one in its place.
 *
 * Failures carry a `code` as Node's do: `ENOSPC`, `EEXIST`, `EROFS` …
 */
export interface FileSystem {
  /**
   * `read`: an existing file; `update`: an existing one, to be written to as well; `create`: a new one, `EEXIST` when
   * there is one; `replace`: a new or emptied one.
   */
  open(path: string, mode: OpenMode): Promise<FileHandle>;
  /** The names in a directory, in no order. */
  list(directory: string): Promise<readonly string[]>;
  /** Makes a directory and those above it where they are missing. */
  makeDirectory(directory: string): Promise<void>;
  /** Gives a file another name, at once and in place of what has it. */
  rename(names: { readonly from: string; readonly to: string }): Promise<void>;
  /** Removes a file. */
  remove(path: string): Promise<void>;
  /** Resolves when the entries of a directory are on the disk. */
  syncDirectory(directory: string): Promise<void>;
  /** Undefined where there is no file. At once, since it is asked after every group. */
  facts(path: string): FileFacts | undefined;
  /** The name of the network file system a directory lies on; undefined for a local one. */
  networkKind(directory: string): Promise<string | undefined>;
  /**
   * Holds a directory until the answer is called. Freed by itself when the process dies.
   * @throws InventoryError `STORAGE_LOCKED` naming the holder.
   */
  lock(directory: string): Promise<() => Promise<void>>;
}

/** Writes all bytes, however few the file system takes at a time. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const written = await handle.write(done === 0 ? bytes : bytes.subarray(done), position + done);
    if (written <= 0) throw Object.assign(new Error("the file system took no bytes"), { code: "EIO" });
    done += written;
  }
}

/** The bytes of a file between two positions; fewer when it ends before. */
export async function readBytes(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(0, to - from));
  let done = 0;
  while (done < bytes.length) {
    const read = await handle.read(bytes.subarray(done), from + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}

/** Opens, uses and closes a file. */
export async function withFile<T>(files: FileSystem, path: string, mode: OpenMode, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await files.open(path, mode);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** A whole file, or its beginning. */
export async function readFile(files: FileSystem, path: string, limit = Number.POSITIVE_INFINITY): Promise<Buffer> {
  return withFile(files, path, "read", (handle) => readBytes(handle, 0, Math.min(limit, files.facts(path)?.size ?? 0)));
}
