import type { FileHandle, FileSystem } from "../../src/csv/file-system";
import { nodeFileSystem } from "../../src/csv/node-file-system";

/** The machine's file system for one process that can be ended: from then on nothing it does has any effect. */
export function freezableFileSystem(): { fileSystem: FileSystem; freeze: () => Promise<void> } {
  let frozen = false;
  const handles = new Set<FileHandle>();
  const locks = new Set<() => Promise<void>>();

  const alive = <Args extends unknown[], Result>(act: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      if (frozen) throw Object.assign(new Error("this process has ended"), { code: "EIO" });
      return act(...args);
    };
  };

  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    rename: alive(nodeFileSystem.rename),
    remove: alive(nodeFileSystem.remove),
    syncDirectory: alive(nodeFileSystem.syncDirectory),
    open: alive(async (path, mode) => {
      const handle = await nodeFileSystem.open(path, mode);
      handles.add(handle);
      return {
        read: handle.read,
        write: alive(handle.write),
        truncate: alive(handle.truncate),
        sync: alive(handle.sync),
        async close() {
          if (handles.delete(handle)) await handle.close();
        },
      };
    }),
    async lock(directory) {
      const unlock = await nodeFileSystem.lock(directory);
      const once = async () => {
        if (locks.delete(once)) await unlock();
      };
      locks.add(once);
      return once;
    },
  };

  return {
    fileSystem,
    async freeze() {
      frozen = true;
      for (const handle of [...handles]) if (handles.delete(handle)) await handle.close();
      for (const unlock of [...locks]) await unlock();
    },
  };
}
