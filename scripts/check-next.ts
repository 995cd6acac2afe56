import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inTemporaryFolder, pack } from "./pack";
import { installedAt, root } from "./packages";
import { read, run } from "./run";

// Next brings a compiler of its own, so it is no dependency of the workspace: only this check installs it.
const tools = ["next@16.4.6", ...["react", "react-dom", "hono", "typescript", "@types/node", "@types/react"].map(installedAt)];

process.env.NEXT_TELEMETRY_DISABLED = "1";

/** Installs the tarballs in a Next.js app outside the workspace, builds it and talks to it. */
inTemporaryFolder((folder) => {
  cpSync(join(root, "scripts", "next"), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "host", private: true }));
  read("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...pack(folder), ...tools], { cwd: folder });
  read("node", [join("node_modules", "next", "dist", "bin", "next"), "build"], { cwd: folder });
  process.exitCode = run("node", ["converse.mjs"], { cwd: folder }) ? 0 : 1;
});
