import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packages } from "./packages";
import { read } from "./run";

/** A fresh folder outside the workspace for the length of `work`. */
export const inTemporaryFolder = (work: (folder: string) => void): void => {
  const folder = mkdtempSync(join(tmpdir(), "onhand-"));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Packs every package as `npm publish` would; answers the tarballs. Needs `npm run build` first. */
export const pack = (folder: string): string[] =>
  packages().map(({ directory }) => {
    const [packed]: { filename: string }[] = JSON.parse(read("npm", ["pack", "--json", "--pack-destination", folder], { cwd: directory }));
    if (!packed) throw new Error(`npm pack made nothing of ${directory}`);
    return join(folder, packed.filename);
  });
