import { crc32 } from "node:zlib";
import { type FileSystem, readBytes, withFile } from "./file-system";

const chunkBytes = 4 * 1024 * 1024;

/** The checksum of a file's first bytes. */
export async function checksumOf(files: FileSystem, path: string, bytes: number): Promise<number> {
  return withFile(files, path, "read", async (handle) => {
    let checksum = 0;
    for (let at = 0; at < bytes; at += chunkBytes) {
      checksum = crc32(await readBytes(handle, at, Math.min(bytes, at + chunkBytes)), checksum);
    }
    return checksum;
  });
}
