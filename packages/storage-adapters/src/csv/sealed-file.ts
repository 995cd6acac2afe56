import { crc32 } from "node:zlib";
import { type FileSystem, readFile, withFile, writeAll } from "./file-system";
import { checksumText, lineEnd } from "./line";
import { joinPath } from "./names";

// What is put together between two writes keeps everything else waiting.
const chunkBytes = 32 * 1024;
const footerMark = "#END";

/**
 * Writes a file that is either wholly there under its name or not at all: to a temporary name, synced, then renamed,
 * then the directory synced. Its last line counts and sums up the rest.
 */
export async function writeSealed(files: FileSystem, directory: string, name: string, lines: Iterable<string>): Promise<void> {
  await replaceFile(files, directory, name, async (write) => {
    let count = 0;
    let checksum = 0;
    for (const chunk of chunksOf(lines, () => count++)) {
      checksum = crc32(chunk, checksum);
      await write(chunk);
    }
    await write(Buffer.from(`${footerMark},${count},${checksumText(checksum)}${lineEnd}`));
  });
}

/** Puts a file in the place of another, wholly or not at all. */
export async function replaceFile(
  files: FileSystem,
  directory: string,
  name: string,
  fill: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const path = joinPath(directory, name);
  const temporary = `${path}.tmp`;
  // What a crash left under this name is of no use to anybody.
  await files.remove(temporary);
  await withFile(files, temporary, "create", async (handle) => {
    let size = 0;
    await fill(async (bytes) => {
      await writeAll(handle, bytes, size);
      size += bytes.length;
    });
    if (files.facts(temporary)?.size !== size) throw Object.assign(new Error("written bytes are missing"), { code: "EIO" });
    await handle.sync();
  });
  await files.rename({ from: temporary, to: path });
  await files.syncDirectory(directory);
}

function* chunksOf(lines: Iterable<string>, counted: () => void): Iterable<Buffer> {
  let text = "";
  for (const line of lines) {
    text += line + lineEnd;
    counted();
    if (text.length < chunkBytes) continue;
    yield Buffer.from(text);
    text = "";
  }
  if (text !== "") yield Buffer.from(text);
}

/** The lines of a file that {@link writeSealed} wrote, one at a time; undefined when it is missing or damaged. */
export async function readSealed(files: FileSystem, directory: string, name: string): Promise<Iterable<string> | undefined> {
  const path = joinPath(directory, name);
  if (!files.facts(path)) return undefined;
  const file = await readFile(files, path);
  const footer = file.length < 2 ? 0 : file.lastIndexOf(10, file.length - 2) + 1;
  const body = file.subarray(0, footer);
  const [mark, , checksum] = file.toString("latin1", footer, file.length - lineEnd.length).split(",");
  if (mark !== footerMark || checksum !== checksumText(crc32(body))) return undefined;
  return linesOf(body);
}

function* linesOf(body: Buffer): Iterable<string> {
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf(10, at);
    yield body.toString("utf8", at, end - 1);
    at = end + 1;
  }
}
