import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ClientTransport } from "@onhand/core/protocol";
import type { TransportHandle, TransportServer, TransportServerOptions } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { createWire } from "./wire";

/** A transport to test over real sockets on a host's HTTP server, with a network between that can be broken. */
export async function wiredTransport(sides: {
  readonly serve: (server: Server, options: TransportServerOptions) => TransportServer;
  readonly connect: (origin: string, options: { readonly getToken: () => string | undefined }) => ClientTransport;
}): Promise<TransportHandle> {
  const wire = await createWire();
  const endings = new Set<() => Promise<void>>();

  return {
    storage: () => memoryStorage(),
    async serve(options) {
      const server = createServer((_, response) => response.writeHead(404).end());
      const live = sides.serve(server, options);
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      wire.target = (server.address() as AddressInfo).port;
      let closing: Promise<void> | undefined;
      const close = async (request?: { readonly afterMs?: number }) => {
        closing ??= end(request);
        await closing;
      };
      async function end(request?: { readonly afterMs?: number }): Promise<void> {
        await live.close(request);
        wire.target = undefined;
        server.close();
        server.closeAllConnections();
        endings.delete(close);
      }
      endings.add(close);
      return {
        get connections() {
          return live.connections;
        },
        close,
      };
    },
    transport: (options) => sides.connect(`http://127.0.0.1:${wire.port}`, options),
    cut: wire.cut,
    freeze: wire.freeze,
    thaw: wire.thaw,
    async destroy() {
      wire.cut();
      for (const end of [...endings]) await end();
      await wire.close();
    },
  };
}
