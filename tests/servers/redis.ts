import { once } from "node:events";
import { connect } from "node:net";
import { type ServerKind, type StartedServer, startServer } from "./child-server";
import { findPrograms } from "./programs";

/** Whether it answers, asked without a client library: one line each way. */
async function isReady(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, "connect");
    socket.write("PING\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    return answer.toString().startsWith("+PONG");
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

const redisKind: ServerKind = {
  name: "redis",
  user: "redis",
  commands({ directory, port }) {
    const program = findPrograms(["redis-server"], "redis-server")["redis-server"];
    const quiet = ["--save", "", "--appendonly", "no", "--loglevel", "warning"];
    return {
      prepare: [program, "--version"],
      serve: [program, "--port", String(port), "--bind", "127.0.0.1", "--dir", directory, ...quiet],
    };
  },
  url: ({ port }) => `redis://127.0.0.1:${port}`,
  isReady,
  stopSignal: "SIGTERM",
};

/** A Redis of the caller's own, which it may end; on a port of its choice, so that one can come back where it was. */
export const startRedis = (port?: number): Promise<StartedServer> => startServer(redisKind, port);
