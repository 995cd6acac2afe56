import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./dashboard";

/** A server process that listens. */
export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  /** Ends it as a crash does: at once, with nothing said. */
  kill(): Promise<void>;
  /** Asks it to end, and tells its exit code. */
  stop(): Promise<number | null>;
}

const main = join(root, "examples/reference-server/src/main.ts");

/** Runs the reference server's command line from its source. */
function spawnServer(args: readonly string[]): ChildProcess {
  const { ONHAND_TOKEN: _, ...env } = process.env;
  return spawn(process.execPath, ["--conditions=@onhand/source", "--import", "tsx", main, ...args], { cwd: root, env, stdio: "pipe" });
}

/** Runs the reference server until it listens. */
export async function startServer(args: readonly string[]): Promise<ServerProcess> {
  const child = spawnServer(args);
  const said = collect(child);
  const exit = once(child, "exit");
  const url = await Promise.race([listening(child), exit.then(() => undefined)]);
  if (url === undefined) throw new Error(`the server did not start: ${await said}`);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const [code] = (await exit) as [number | null];
    return code;
  };
  return {
    url,
    port: Number(new URL(url).port),
    kill: async () => void (await end("SIGKILL")),
    stop: () => end("SIGTERM"),
  };
}

const usersMain = join(root, "examples/reference-server/src/users/main.ts");

/** Adds somebody who may sign in to a users file, by the command that a host has for it. */
export async function addUser(
  file: string,
  user: { readonly name: string; readonly role: string; readonly password: string },
): Promise<void> {
  const args = ["--conditions=@onhand/source", "--import", "tsx", usersMain, user.name, "--file", file, "--roles", user.role];
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ONHAND_PASSWORD: user.password }, stdio: "pipe" });
  const said = collect(child);
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`no user was added: ${await said}`);
}

/** Runs the server where it is expected not to start, and tells how it ended and what it said. */
export async function refusal(args: readonly string[]): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = spawnServer(args);
  const said = collect(child);
  const [code] = (await once(child, "exit")) as [number | null];
  return { code, stderr: await said };
}

async function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    if (!child.stdout) return;
    createInterface(child.stdout).on("line", (line) => {
      const url = /listening on (\S+)/u.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

async function collect({ stderr }: ChildProcess): Promise<string> {
  let text = "";
  stderr?.setEncoding("utf8");
  for await (const part of stderr ?? []) text += part;
  return text;
}
