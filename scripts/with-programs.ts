import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./run";

/** What the tests start beside Node: a program, and the Debian package that brings it. */
const programs = {
  chromium: "chromium",
  postgres: "postgresql",
  mariadbd: "mariadb-server",
  nginx: "nginx",
  "redis-server": "redis-server",
};

/** Debian puts servers where no PATH leads. */
function serverDirectories(): string[] {
  const postgres = "/usr/lib/postgresql";
  const versions = existsSync(postgres) ? readdirSync(postgres).map((version) => join(postgres, version, "bin")) : [];
  return [...versions, "/usr/sbin"];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missing(): string[] {
  const directories = [...(process.env.PATH ?? "").split(delimiter), ...serverDirectories()];
  const isHere = (program: string) => directories.some((directory) => isExecutable(join(directory, program)));
  return Object.entries(programs).flatMap(([program, debian]) => (isHere(program) ? [] : [debian]));
}

/** Only where it can be done without asking: elsewhere the tests that lack a server say which. */
function install(packages: readonly string[]): void {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    console.warn(`The tests need ${packages.join(", ")}: install them, or name servers that run (see CONTRIBUTING.md).`);
    return;
  }
  process.env.DEBIAN_FRONTEND = "noninteractive";
  if (!run("apt-get", ["update", "-qq"]) || !run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages]))
    throw new Error(`${packages.join(", ")} could not be installed`);
}

// Runs a command with the servers and the browser that tests start, installed first where they are missing.
const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new TypeError("which command?");
const lacking = missing();
if (lacking.length > 0) install(lacking);
process.env.PATH = [process.env.PATH, ...serverDirectories()].join(delimiter);
process.exitCode = run(command, args) ? 0 : 1;
