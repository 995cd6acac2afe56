import { type ClientFrame, encodeFrame, parseServerFrame, type ServerFrame, type TransportEvents } from "@onhand/core/protocol";
import type { TransportHandle } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { createHub, type Hub } from "../hub";
import type { Link, LinkEvents } from "../link";

/** What a sabotage may put between the two sides. */
export interface MemoryFaults {
  readonly createHub?: typeof createHub;
  /** Changes what a client's end of a link does. */
  readonly client?: (events: TransportEvents) => TransportEvents;
  /** Changes what the hub's end of a link does. */
  readonly link?: (link: Link) => Link;
  /** Changes what the hub is told of a link. */
  readonly events?: (events: LinkEvents) => LinkEvents;
}

interface Wire {
  cut(): void;
  freeze(): void;
  thaw(): void;
}

/** A transport without sockets: the hub, and links that hand frames over in turns of the event loop. */
export function memoryTransport(faults: MemoryFaults = {}): TransportHandle {
  const wires = new Set<Wire>();
  let hub: Hub | undefined;

  function connect(given: TransportEvents) {
    const events = faults.client?.(given) ?? given;
    const queue: (() => void)[] = [];
    let frozen = false;
    let isCut = false;
    let clientGone = false;
    let serverGone = false;
    let scheduled = false;
    let server: LinkEvents | undefined;

    function run(): void {
      scheduled = false;
      while (!frozen && !isCut) {
        const next = queue.shift();
        if (!next) return;
        next();
      }
    }
    function later(task: () => void): void {
      queue.push(task);
      if (scheduled) return;
      scheduled = true;
      setImmediate(run);
    }
    function endClient(why: { readonly reason: string; readonly code?: number }): void {
      if (clientGone) return;
      clientGone = true;
      events.onClose(why);
    }
    function endServer(): void {
      if (serverGone) return;
      serverGone = true;
      server?.closed();
    }
    function hear(frame: ServerFrame): void {
      if (!clientGone) events.onFrame(frame);
    }
    const wire: Wire = {
      cut() {
        wires.delete(wire);
        isCut = true;
        setImmediate(() => {
          endClient({ reason: "the connection was lost" });
          endServer();
        });
      },
      freeze() {
        frozen = true;
      },
      thaw() {
        frozen = false;
        run();
      },
    };
    const link: Link = {
      send: (bytes, onWritten) =>
        later(() => {
          onWritten();
          hear(parseServerFrame(new TextDecoder().decode(bytes)));
        }),
      close: (code, reason) => {
        endServer();
        later(() => endClient({ code, reason }));
      },
      terminate: () => {
        endServer();
        later(() => endClient({ reason: "the connection was lost" }));
      },
    };
    later(() => {
      if (clientGone) return;
      if (!hub) return endClient({ reason: "no connection could be opened" });
      wires.add(wire);
      const accepted = hub.accept(faults.link?.(link) ?? link);
      server = faults.events?.(accepted) ?? accepted;
      events.onOpen();
    });
    return {
      send(frame: ClientFrame) {
        if (!clientGone && server) later(() => server?.receive(encodeFrame(frame)));
      },
      close() {
        later(endServer);
        endClient({ code: 1_000, reason: "closed by the client" });
      },
    };
  }

  return {
    storage: () => memoryStorage(),
    async serve(options) {
      const running = (faults.createHub ?? createHub)(options);
      hub = running;
      return {
        get connections() {
          return running.connections;
        },
        async close(request) {
          await running.close(request);
          if (hub === running) hub = undefined;
        },
      };
    },
    transport: ({ getToken }) => ({ connect, token: async () => getToken() }),
    cut: () => {
      for (const wire of [...wires]) wire.cut();
    },
    freeze: () => {
      for (const wire of wires) wire.freeze();
    },
    thaw: () => {
      for (const wire of wires) wire.thaw();
    },
    async destroy() {
      for (const wire of [...wires]) wire.cut();
      await hub?.close({ afterMs: 0 });
    },
  };
}
