import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { StartedServer } from "./child-server";
import { findOrStart } from "./database-server";
import { mysql } from "./mysql";
import { postgres } from "./postgres";
import { redis } from "./redis";

const kinds = { postgres, mysql, redis };
/** What can be asked for. */
export type ServerName = keyof typeof kinds;

/** Gives out servers to the test files of one run, which are in processes of their own. */
export interface Broker {
  readonly url: string;
  /** Stops what it started. */
  close(): Promise<void>;
}

/**
 * Finds or starts a server the first time somebody asks for it, and only then: a run of tests that need none starts
 * none, and needs none installed.
 */
export async function serveServers(): Promise<Broker> {
  const asked = new Map<ServerName, Promise<StartedServer>>();
  const server = createServer((request, response) => {
    const name = (request.url ?? "").slice(1);
    if (!isServerName(name)) return answer(response, 404, `there is no server ${name}`);
    const found = asked.get(name) ?? findOrStart(kinds[name]);
    asked.set(name, found);
    found.then(
      ({ url }) => answer(response, 200, url),
      (error: unknown) => answer(response, 500, error instanceof Error ? error.message : String(error)),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.close();
      server.closeAllConnections();
      // One that did not start has told everybody who asked.
      for (const found of await Promise.allSettled(asked.values())) if (found.status === "fulfilled") await found.value.stop();
    },
  };
}

const isServerName = (name: string): name is ServerName => Object.hasOwn(kinds, name);

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain", connection: "close" }).end(text);
}
