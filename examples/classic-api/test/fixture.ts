import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "@onhand/core";
import { type ManualClock, manualClock } from "@onhand/core/testing";
import { csvStorage } from "@onhand/storage-adapters/csv";
import { io, type Socket } from "socket.io-client";
import { onTestFinished } from "vitest";
import { type ClassicApi, startClassicApi } from "../src/start-classic-api";

export const page = "http://localhost:3000";

/** A classic server on a directory of its own. */
export interface Fixture {
  readonly api: ClassicApi;
  readonly seed: string;
  readonly clock: ManualClock;
  readonly logged: unknown[];
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  send(method: "POST" | "DELETE", path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A front end that knows nothing of onhand. */
  screen(origin?: string): Socket;
  /** Ends the server and starts it anew on the same files. */
  restart(port?: number): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function startFixture(seedText = "ProductID,Quantity\nP001,600\nP002,450\n"): Promise<Fixture> {
  const directory = await mkdtemp(join(tmpdir(), "onhand-classic-"));
  const seed = join(directory, "inventory.csv");
  await writeFile(seed, seedText);
  const clock = manualClock();
  const logged: unknown[] = [];
  const logger: Logger = { error: (...said) => void logged.push(said), warn: () => undefined };
  const start = (port: number) =>
    startClassicApi({
      storage: csvStorage({ directory: join(directory, "ledger") }),
      port,
      host: "127.0.0.1",
      origins: [page],
      seed,
      clock,
      logger,
    });
  let api = await start(0);
  onTestFinished(async () => {
    await api.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function call(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(api.url + path, init);
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  }

  return {
    get api() {
      return api;
    },
    seed,
    clock,
    logged,
    get: (path, headers = {}) => call(path, { headers }),
    send: (method, path, body, headers = {}) =>
      call(path, {
        method,
        headers: { "Content-Type": "application/json", ...headers },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    screen(origin = page) {
      const socket = io(api.url, { forceNew: true, reconnectionDelay: 20, transports: ["websocket"], extraHeaders: { Origin: origin } });
      onTestFinished(() => void socket.disconnect());
      return socket;
    },
    async restart(port = 0) {
      await api.close();
      api = await start(port);
    },
  };
}

/** The next event of this name, to be asked for before it can come. */
export const next = <T>(socket: Socket, event: string): Promise<T> => new Promise((resolve) => socket.once(event, resolve));
