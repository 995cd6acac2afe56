import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A network between clients and a server on this machine: real sockets that can be cut, and that can fall silent. */
export interface Wire {
  /** Where clients connect. It stays while servers come and go. */
  readonly port: number;
  /** Where the server listens; nobody is there while it is undefined. */
  target: number | undefined;
  cut(): void;
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly ends: readonly [Socket, Socket];
  frozen: boolean;
}

/** Opens the network. */
export async function createWire(): Promise<Wire> {
  const pairs = new Set<Pair>();
  let target: number | undefined;

  const proxy = createServer({ allowHalfOpen: true }, (near) => {
    if (target === undefined) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
    const pair: Pair = { ends: [near, far], frozen: false };
    pairs.add(pair);
    join(pair, near, far);
    join(pair, far, near);
  });

  function join(pair: Pair, from: Socket, to: Socket): void {
    from.setNoDelay(true);
    from.on("data", (chunk) => {
      if (!to.write(chunk)) from.pause();
    });
    to.on("drain", () => {
      if (!pair.frozen) from.resume();
    });
    from.on("end", () => to.end());
    from.on("error", () => from.destroy());
    from.on("close", () => {
      // A half-open link is one whose other end is not told.
      if (!pair.frozen) to.destroy();
      if (from.destroyed && to.destroyed) pairs.delete(pair);
    });
  }

  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");

  return {
    port: (proxy.address() as AddressInfo).port,
    get target() {
      return target;
    },
    set target(port) {
      target = port;
    },
    cut() {
      for (const pair of [...pairs]) {
        pair.frozen = false;
        for (const end of pair.ends) end.resetAndDestroy();
      }
    },
    freeze() {
      for (const pair of pairs) {
        pair.frozen = true;
        for (const end of pair.ends) end.pause();
      }
    },
    thaw() {
      for (const pair of [...pairs]) {
        pair.frozen = false;
        for (const end of pair.ends) end.resume();
        if (pair.ends.some((end) => end.destroyed)) for (const end of pair.ends) end.destroy();
      }
    },
    async close() {
      for (const pair of [...pairs]) for (const end of pair.ends) end.destroy();
      proxy.close();
      await once(proxy, "close");
    },
  };
}
