import { fileURLToPath } from "node:url";
import { type Child, freePort, startProgram } from "./child";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const referenceServer = fileURLToPath(new URL("../../reference-server/src/main.ts", import.meta.url));

/** A reference server. */
export interface ServerNode extends Child {
  readonly url: string;
  /** Starts it again where it was, after it has ended. */
  restart(): Promise<void>;
}

/** What every node is told. */
export interface NodeSettings {
  readonly primary: string;
  readonly replica: string;
  readonly redis: string;
  /** Where browsers find the cluster. */
  readonly origin: string;
  readonly demo: boolean;
}

/** Starts a reference server on a port of its own. */
export async function startNode({ primary, replica, redis, origin, demo }: NodeSettings): Promise<ServerNode> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const where = ["--storage", primary, "--replica", replica, "--redis", redis, "--port", String(port), "--origin", origin];
  const program = [process.execPath, "--conditions=@onhand/source", "--import", "tsx", referenceServer, ...where];
  const start = () =>
    startProgram([...program, demo ? "--demo" : "--open-for-demo"], {
      directory: repository,
      isReady: (line) => line.includes("listening on"),
    });
  let child = await start();
  return {
    url,
    kill: () => child.kill(),
    stop: () => child.stop(),
    async restart() {
      await child.stop();
      child = await start();
    },
  };
}
