import { readFileSync, statSync } from "node:fs";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { InventoryError } from "@onhand/core";

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly boot: string;
  readonly since: string;
}

/**
 * Holds a directory for this process. On Linux the kernel keeps the lock, as an abstract socket, and frees it when the
 * process dies however it dies; the file LOCK only names the holder. Elsewhere LOCK is the lock, and it is stale when
 * its process is gone or the machine was started again. Correctness rests on the journal's fence, not on this.
 *
 * @throws InventoryError `STORAGE_LOCKED` naming the holder.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, "LOCK");
  const me: Holder = { pid: process.pid, host: hostname(), boot: bootId(), since: new Date().toISOString() };
  const server = process.platform === "linux" ? await listen(directory, path) : undefined;
  try {
    if (server) await writeFile(path, JSON.stringify(me));
    else await claimFile(path, me);
  } catch (error) {
    server?.close();
    throw error;
  }
  return async () => {
    await rm(path, { force: true });
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  };
}

async function listen(directory: string, path: string): Promise<Server> {
  const { dev, ino } = statSync(directory);
  const server = createServer((socket) => socket.destroy());
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ path: `\0onhand-${dev}-${ino}` }, resolve);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") throw await locked(path, error);
    throw error;
  }
  server.unref();
  return server;
}

async function claimFile(path: string, me: Holder): Promise<void> {
  const mine = `${path}.${me.pid}`;
  await writeFile(mine, JSON.stringify(me));
  try {
    await link(mine, path);
    await rm(mine);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const holder = await readHolder(path);
    if (holder && isAlive(holder, me)) {
      await rm(mine);
      throw await locked(path, error);
    }
    await rename(mine, path);
  }
}

function isAlive(holder: Holder, me: Holder): boolean {
  if (holder.host !== me.host) return true;
  if (holder.boot !== me.boot) return false;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function locked(path: string, cause: unknown): Promise<InventoryError> {
  const holder = await readHolder(path);
  const name = holder ? `process ${holder.pid} on ${holder.host} since ${holder.since}` : "another process";
  return new InventoryError("STORAGE_LOCKED", { holder: name }, { cause });
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Holder;
  } catch {
    // The file only helps the message; between a claim and its writing it may be missing or half written.
    return undefined;
  }
}

function bootId(): string {
  if (process.platform !== "linux") return "";
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
