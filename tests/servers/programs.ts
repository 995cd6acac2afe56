import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where Debian, Homebrew and a plain PATH keep server programs: `postgres` is on nobody's PATH. */
function places(): readonly string[] {
  const versions = "/usr/lib/postgresql";
  const postgres = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : [];
  return [
    ...(process.env.PATH ?? "").split(delimiter),
    ...postgres.map((version) => join(versions, version, "bin")),
    "/usr/sbin",
    "/usr/local/sbin",
    "/opt/homebrew/bin",
  ];
}

/**
 * The paths of server programs.
 *
 * @throws Error that says which package brings the one that is missing.
 */
export function findPrograms<Name extends string>(names: readonly Name[], debianPackage: string): Readonly<Record<Name, string>> {
  const found = names.map((name) => {
    const path = places()
      .map((place) => join(place, name))
      .find((candidate) => existsSync(candidate));
    if (path) return [name, path] as const;
    throw new Error(`there is no ${name} on this machine: install ${debianPackage} (apt-get install ${debianPackage})`);
  });
  return Object.fromEntries(found) as Record<Name, string>;
}
