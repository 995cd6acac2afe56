import { statSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, statfs } from "node:fs/promises";
import { lockDirectory } from "./directory-lock";
import type { FileSystem } from "./file-system";

const flags = { read: "r", update: "r+", create: "wx+", replace: "w+" } as const;

/** Magic numbers of statfs(2) for file systems whose writes pass through a network or another process. */
const networkKinds: ReadonlyMap<number, string> = new Map([
  [0x6969, "nfs"],
  [0x517b, "smb"],
  [0xff534d42, "cifs"],
  [0xfe534d42, "smb2"],
  [0x65735546, "fuse"],
  [0x01021997, "9p"],
  [0x5346414f, "afs"],
  [0x00c36400, "ceph"],
]);

/** The machine's own file system. */
export const nodeFileSystem: FileSystem = {
  async open(path, mode) {
    const handle = await open(path, flags[mode]);
    return {
      read: async (target, position) => (await handle.read(target, 0, target.length, position)).bytesRead,
      write: async (source, position) => (await handle.write(source, 0, source.length, position)).bytesWritten,
      truncate: (size) => handle.truncate(size),
      sync: () => handle.datasync(),
      close: () => handle.close(),
    };
  },
  list: (directory) => readdir(directory),
  async makeDirectory(directory) {
    await mkdir(directory, { recursive: true });
  },
  rename: ({ from, to }) => rename(from, to),
  remove: (path) => rm(path, { force: true }),
  async syncDirectory(directory) {
    // Windows can't sync a directory; the promise of surviving a power loss excludes it there.
    if (process.platform === "win32") return;
    const handle = await open(directory, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  facts(path) {
    const found = statSync(path, { throwIfNoEntry: false });
    return found && { size: found.size, identity: `${found.dev}:${found.ino}`, links: found.nlink };
  },
  async networkKind(directory) {
    const { type } = await statfs(directory);
    return networkKinds.get(type >>> 0);
  },
  lock: lockDirectory,
};
