import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root = fileURLToPath(new URL("../../..", import.meta.url));

const cache = join(root, "node_modules/.cache/onhand-dashboard");
const sources = ["examples/dashboard", ...["client", "core", "react", "transport-adapters"].map((name) => `packages/${name}/src`)];
const keptMs = 3_600_000;

/** Builds the dashboard from the sources of all packages, or finds the build of just these sources. */
export async function buildDashboard(): Promise<string> {
  const directory = join(cache, await fingerprint());
  if (existsSync(directory)) return directory;
  await mkdir(cache, { recursive: true });
  await forgetOldBuilds();
  const fresh = await mkdtemp(join(cache, "building-"));
  await runVite(fresh);
  await rename(fresh, directory).catch(async (error: NodeJS.ErrnoException) => {
    // Another test file built the same meanwhile, and its build may be in use: it is as good.
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    await rm(fresh, { recursive: true });
  });
  return directory;
}

async function runVite(outDir: string): Promise<void> {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const build = spawn(process.execPath, [vite, "build", "--mode", "source", "--logLevel", "error", "--outDir", outDir, "--emptyOutDir"], {
    cwd: join(root, "examples/dashboard"),
    env: { ...process.env, NODE_ENV: "production" },
    stdio: "inherit",
  });
  const [code] = await once(build, "exit");
  if (code !== 0) throw new Error(`vite build ended with ${code}`);
}

async function fingerprint(): Promise<string> {
  const hash = createHash("sha256");
  for (const path of (await Promise.all(sources.map(filesIn))).flat().sort()) hash.update(path).update(await readFile(path));
  return hash.digest("hex").slice(0, 16);
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(join(root, directory), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/node_modules|[\\/]dist\b/u.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function forgetOldBuilds(): Promise<void> {
  for (const name of await readdir(cache)) {
    const { mtimeMs } = await stat(join(cache, name));
    if (Date.now() - mtimeMs > keptMs) await rm(join(cache, name), { recursive: true, force: true });
  }
}
