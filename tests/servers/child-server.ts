import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { waitFor } from "./wait-for";

/** A server this test run started. */
export interface StartedServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Where and as whom a server is run. */
export interface Home {
  readonly directory: string;
  readonly port: number;
  /** Root may not run a database server, so a user of the system does; empty for anybody else. */
  readonly as: { readonly uid?: number; readonly gid?: number };
}

/** What differs between one server program and another. */
export interface ServerKind {
  readonly name: string;
  /** The user its package made. */
  readonly user: string;
  /** Programs and their arguments that make an empty data directory, and the one that serves it. */
  commands(home: Home): { readonly prepare: readonly string[]; readonly serve: readonly string[] };
  url(home: Home): string;
  isReady(url: string): Promise<boolean>;
  /** How it is asked to end without waiting for those who are still connected. */
  readonly stopSignal: NodeJS.Signals;
}

const readyWithinMs = 60_000;

/** Makes an empty server in a temporary directory, on a free port unless one is given, and waits until it answers. */
export async function startServer(kind: ServerKind, port?: number): Promise<StartedServer> {
  const directory = await mkdtemp(join(tmpdir(), `onhand-${kind.name}-`));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const as = await userIds(kind.user);
    if (as.uid !== undefined && as.gid !== undefined) await chown(directory, as.uid, as.gid);
    const home = { directory, port: port ?? (await freePort()), as };
    const { prepare, serve } = kind.commands(home);
    await runToEnd(prepare, home);
    const server = spawnServer(serve, home);
    await untilReady(kind, home, server);
    return {
      url: kind.url(home),
      async stop() {
        await server.stop(kind.stopSignal);
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function untilReady(kind: ServerKind, home: Home, server: ServerChild): Promise<void> {
  try {
    await waitFor(`${kind.name} on port ${home.port}`, readyWithinMs, async () => {
      if (server.said()) throw new Error(`${kind.name} ended while starting: ${server.said()}`);
      return kind.isReady(kind.url(home));
    });
  } catch (error) {
    await server.stop("SIGKILL");
    throw error;
  }
}

interface ServerChild {
  /** What it said last, once it has ended. */
  said(): string | undefined;
  stop(signal: NodeJS.Signals): Promise<void>;
}

const keptOutput = 4_000;

function spawnServer([program = "", ...args]: readonly string[], { directory, as }: Home): ServerChild {
  const child: ChildProcess = spawn(program, args, { cwd: directory, stdio: ["ignore", "ignore", "pipe"], ...as });
  let output = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output = (output + text).slice(-keptOutput);
  });
  const ended = once(child, "exit").catch((error: unknown) => {
    output += String(error);
  });
  let over = false;
  void ended.then(() => {
    over = true;
  });
  // Should the run end without a teardown, no server is left behind.
  const onExit = () => void child.kill("SIGKILL");
  process.once("exit", onExit);
  return {
    said: () => (over ? output || "nothing" : undefined),
    async stop(signal) {
      process.off("exit", onExit);
      if (!over) child.kill(signal);
      await ended;
    },
  };
}

async function runToEnd([program = "", ...args]: readonly string[], { directory, as }: Home): Promise<void> {
  await promisify(execFile)(program, args, { cwd: directory, ...as });
}

async function userIds(user: string): Promise<Home["as"]> {
  if (process.getuid?.() !== 0) return {};
  const id = async (flag: string) => Number((await promisify(execFile)("id", [flag, user])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

/** A port nobody listens on now. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}
