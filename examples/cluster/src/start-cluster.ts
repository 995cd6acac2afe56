import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Child, freePort } from "./child";
import { startNginx } from "./nginx";
import { type ServerNode, startNode } from "./node";
import { type Postgres, postgresUrl, startPrimary, startReplica } from "./postgres";
import { startRedis } from "./redis";

/** How a cluster is started. */
export interface ClusterOptions {
  /** An empty directory for everything that is kept. */
  readonly directory: string;
  readonly nodes: number;
  /** Where nginx listens; any free port when not given. */
  readonly port?: number;
  /** Lets the first node run the demo shop. */
  readonly demo?: boolean;
}

/** A cluster that serves. */
export interface Cluster {
  /** nginx, in front of all nodes. */
  readonly url: string;
  readonly nodes: readonly ServerNode[];
  readonly primary: Postgres;
  readonly replica: Postgres;
  readonly redis: Child;
  /** Ends everything, those in front first. */
  close(): Promise<void>;
}

/** Starts everything. When a step fails, what came up is ended. */
export async function startCluster({ directory, nodes: count, port: wanted, demo = false }: ClusterOptions): Promise<Cluster> {
  const started: Child[] = [];
  const keep = <C extends Child>(child: C): C => {
    started.push(child);
    return child;
  };
  const close = async () => {
    for (const child of started.splice(0).reverse()) await child.stop();
  };
  try {
    await mkdir(join(directory, "nginx"), { recursive: true });
    // PostgreSQL runs as another user, who must come through.
    await chmod(directory, 0o755);
    const [port, replicaPort] = [wanted ?? (await freePort()), await freePort()];
    const url = `http://127.0.0.1:${port}`;
    const [primary, redis] = await settled(startPrimary(directory).then(keep), startRedis(directory).then(keep));
    const settings = { primary: primary.url, replica: postgresUrl(replicaPort), redis: redis.url, origin: url };
    // At once: nodes take turns at making the tables, and a replica that is not there yet is passed over.
    const [replica, nodes] = await settled(
      startReplica(directory, primary, replicaPort).then(keep),
      settled(...Array.from({ length: count }, (_, index) => startNode({ ...settings, demo: demo && index === 0 }).then(keep))),
    );
    const nginx = await startNginx(
      join(directory, "nginx"),
      port,
      nodes.map((node) => node.url),
    );
    keep(nginx);
    return { url, nodes, primary, replica, redis, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Waits for all, also when one fails: whoever undoes the rest must know of everything that came up. */
async function settled<T extends readonly unknown[]>(...all: { readonly [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(all);
  return (await Promise.all(all)) as unknown as T;
}
