import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

/** An empty directory on the disk that is to be measured, and how to get rid of it. */
export async function temporaryDirectory(parent: string): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(parent, "onhand-bench-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
