import { chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Child, freePort, runProgram, startProgram, userOf } from "./child";

/** A PostgreSQL server. */
export interface Postgres extends Child {
  readonly port: number;
  readonly url: string;
}

/** Makes an empty server that a replica may copy and follow. */
export async function startPrimary(parent: string): Promise<Postgres> {
  const { directory, data, as } = await home(parent, "primary");
  await runProgram(["initdb", "-D", data, "-U", "postgres", "--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C"], {
    directory,
    as,
  });
  return serve({ directory, data, as }, await freePort());
}

/** Where a server on this port is reached. */
export const postgresUrl = (port: number): string => `postgres://postgres@127.0.0.1:${port}/postgres`;

/** Copies the primary, and follows it from then on: it answers reads and refuses writes. */
export async function startReplica(parent: string, primary: Postgres, port: number): Promise<Postgres> {
  const { directory, data, as } = await home(parent, "replica");
  const from = ["-h", "127.0.0.1", "-p", String(primary.port), "-U", "postgres"];
  await runProgram(
    ["pg_basebackup", "-D", data, ...from, "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"],
    {
      directory,
      as,
    },
  );
  return serve({ directory, data, as }, port);
}

interface Home {
  readonly directory: string;
  readonly data: string;
  readonly as: Awaited<ReturnType<typeof userOf>>;
}

async function home(parent: string, name: string): Promise<Home> {
  const directory = join(parent, name);
  await mkdir(directory, { recursive: true });
  const as = await userOf("postgres");
  if (as.uid !== undefined && as.gid !== undefined) await chown(directory, as.uid, as.gid);
  return { directory, data: join(directory, "data"), as };
}

async function serve({ directory, data, as }: Home, port: number): Promise<Postgres> {
  const settings = [`port=${port}`, "listen_addresses=127.0.0.1", `unix_socket_directories=${directory}`, "max_connections=100"];
  const child = await startProgram(["postgres", "-D", data, ...settings.flatMap((setting) => ["-c", setting])], {
    directory,
    as,
    // "Fast": ends sessions, keeps data.
    stopSignal: "SIGINT",
    isReady: (line) => /database system is ready to accept (read-only )?connections/u.test(line),
  });
  return { ...child, port, url: postgresUrl(port) };
}
