import { once } from "node:events";
import { connect } from "node:net";
import { type ServerKind, type StartedServer, startServer } from "./child-server";
import type { Server } from "./database-server";
import { findPrograms } from "./programs";

const patienceMs = 5_000;

async function ping(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setTimeout(patienceMs, () => socket.destroy(new Error("no answer")));
  try {
    socket.write("PING\r\n");
    const [answer] = await once(socket, "data");
    return String(answer).startsWith("+PONG");
  } finally {
    socket.destroy();
  }
}

const isReady = (url: string): Promise<boolean> => ping(url).catch(() => false);

const redisKind: ServerKind = {
  name: "redis",
  user: "redis",
  commands({ directory, port }) {
    const { "redis-server": program } = findPrograms(["redis-server"], "redis-server");
    const quiet = ["--save", "", "--appendonly", "no", "--loglevel", "warning"];
    const settings = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, ...quiet];
    return { prepare: [program, "--version"], serve: [program, ...settings] };
  },
  url: ({ port }) => `redis://127.0.0.1:${port}`,
  isReady,
  stopSignal: "SIGTERM",
};

/** Redis. It has no databases to make: a test takes a key prefix of its own. */
export const redis: Server = {
  kind: redisKind,
  environment: "ONHAND_TEST_REDIS",
  usual: "redis://127.0.0.1:6379",
  isReady,
};

/** A Redis of the caller's own, which it may end; on a port of its choice, so that one can come back where it was. */
export const startRedis = (port?: number): Promise<StartedServer> => startServer(redisKind, port);
