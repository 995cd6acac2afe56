import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { delimiter } from "node:path";
import { promisify } from "node:util";

/** A program that runs until it is ended. */
export interface Child {
  /** Ends it as a crash does: at once, with nothing said. */
  kill(): Promise<void>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
}

/** Who runs a program, and where. */
export interface Surroundings {
  readonly directory: string;
  /** Root may not run PostgreSQL, so a user of the system does; empty for anybody else. */
  readonly as?: { readonly uid?: number; readonly gid?: number };
  readonly stopSignal?: NodeJS.Signals;
  /** Whether this line of its output says that it serves. */
  readonly isReady: (line: string) => boolean;
}

// Debian puts servers where no PATH leads.
const debianPlaces = ["/usr/sbin", ...[17, 16, 15, 14, 13].map((version) => `/usr/lib/postgresql/${version}/bin`)];
const env = { ...process.env, PATH: [process.env.PATH, ...debianPlaces].join(delimiter) };

const readyWithinMs = 30_000;
const keptOutput = 4_000;

/** Starts a program and waits until it says that it serves. */
export async function startProgram([program = "", ...args]: readonly string[], surroundings: Surroundings): Promise<Child> {
  const { directory, as = {}, stopSignal = "SIGTERM", isReady } = surroundings;
  const child = spawn(program, args, { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"], ...as });
  // Should this process end without closing, no server is left behind.
  const onExit = () => void child.kill("SIGKILL");
  process.once("exit", onExit);
  const exit = once(child, "exit");
  const end = async (signal: NodeJS.Signals) => {
    process.off("exit", onExit);
    if (child.exitCode === null && child.signalCode === null && child.kill(signal)) await exit;
  };
  try {
    await ready(child, program, isReady);
  } catch (error) {
    await end("SIGKILL");
    throw error;
  }
  return { kill: () => end("SIGKILL"), stop: () => end(stopSignal) };
}

function ready(child: ChildProcess, program: string, isReady: (line: string) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    let unfinished = "";
    const failed = (reason: string) => reject(new Error(`${program} ${reason}: ${said.trim() || "it said nothing"}`));
    const impatience = setTimeout(() => failed(`did not serve within ${readyWithinMs} ms`), readyWithinMs);
    // Read to the end of its life: a full pipe would stop it.
    const read = (text: string) => {
      said = (said + text).slice(-keptOutput);
      const lines = (unfinished + text).split("\n");
      unfinished = (lines.pop() ?? "").slice(-keptOutput);
      if (!lines.some(isReady)) return;
      clearTimeout(impatience);
      resolve();
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", read);
    child.once("error", (error) => {
      clearTimeout(impatience);
      failed(`could not be started (${error.message})`);
    });
    child.once("exit", () => {
      clearTimeout(impatience);
      failed("ended while starting");
    });
  });
}

/** Runs a program to its end. */
export async function runProgram(
  [program = "", ...args]: readonly string[],
  { directory, as = {} }: Pick<Surroundings, "directory" | "as">,
) {
  await promisify(execFile)(program, args, { cwd: directory, env, ...as });
}

/** A user of the system, for root; nobody else needs one, or may be one. */
export async function userOf(name: string): Promise<{ readonly uid?: number; readonly gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const id = async (flag: string) => Number((await promisify(execFile)("id", [flag, name])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}
