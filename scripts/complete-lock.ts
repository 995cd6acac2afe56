import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./packages";

/**
 * Adds what npm leaves out of the lock when a mirror lacks the binaries of other platforms. `npm ci` refuses such a lock
 * everywhere, although nobody needs a binary of another platform. Run it after `npm install`.
 */
type Locked = {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
};
type Lock = { packages: Record<string, Locked> };

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

const platform = (name: string): Locked | undefined => {
  const words = name.split(/[-/]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  if (os.length === 0 || cpu.length === 0) return undefined;
  const libc = words.some((word) => word.startsWith("musl"))
    ? ["musl"]
    : words.some((word) => word.startsWith("gnu"))
      ? ["glibc"]
      : undefined;
  return { cpu, ...(libc && os[0] === "linux" && { libc }), optional: true, os };
};

const file = join(root, "package-lock.json");
const lock: Lock = JSON.parse(readFileSync(file, "utf8"));
const wanted = Object.entries(lock.packages).flatMap(([path, { dev, optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies).map(([name, version]) => ({ path, name, version, dev })),
);
const missing = wanted.flatMap(({ path, name, version, dev }) => {
  const nested = path && `${path}/node_modules/${name}`;
  const known = lock.packages[`node_modules/${name}`] ?? lock.packages[nested];
  const place = platform(name);
  return known || !place || !/^\d/.test(version)
    ? []
    : [[`node_modules/${name}`, { version, ...(dev === true && { dev }), ...place }] as const];
});
const entries = [...Object.entries(lock.packages), ...missing].sort(([a], [b]) => a.localeCompare(b, "en"));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, undefined, 2)}\n`);
console.log(`${missing.length} packages of other platforms added to package-lock.json`);
