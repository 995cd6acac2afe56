import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createFraming, type Direction, type Message, type Protocol } from "./framing";

/** A message as it passes the proxy. */
export interface PassingMessage extends Message {
  readonly direction: Direction;
  /** Its place among the messages of this direction, over all connections, since the proxy began or was last told to `recount`; from 1. */
  readonly place: number;
  /** Which connection, from 1. */
  readonly connection: number;
}

/**
 * What becomes of a message. `cut-before` ends the connection and the message never arrives; `cut-after` ends it when the
 * message has been handed over; `black-hole` swallows it and everything after it, either way, and keeps both sides
 * connected; `mute` does so with this direction only; `delay` holds it, and what follows it, until `release` is called.
 */
export type Fate = "forward" | "cut-before" | "cut-after" | "black-hole" | "mute" | "delay";

/** A link that can be broken at any message. */
export interface TcpProxy {
  readonly port: number;
  /** Decides what becomes of each message from now on; nothing is broken while there is no rule. What was broken stays broken. */
  intercept(rule: ((message: PassingMessage) => Fate) | undefined): void;
  /** Begins to count messages anew. */
  recount(): void;
  /** Messages that have come since counting began, whatever became of them. */
  seen(): readonly PassingMessage[];
  /** Lets everything that is delayed go. */
  release(): void;
  /** Ends every connection at once, as when a cable is pulled out and the other end told. */
  cutAll(): void;
  /** Ends what servers still hold of links that are silent and whose client has gone: what their keepalive does in time. */
  expire(): void;
  /** How many connections are open. */
  connections(): number;
  close(): Promise<void>;
}

/** Messages the proxy remembers; a test that needs more counts anew. */
const maximumSeen = 100_000;

/**
 * Stands between clients and a server, in this process, and hands whole messages on.
 *
 * @example
 * const proxy = await startTcpProxy({ host: "127.0.0.1", port: 5432, protocol: "postgres" });
 * proxy.intercept(({ direction, place }) => (direction === "toClient" && place === 3 ? "cut-before" : "forward"));
 */
export async function startTcpProxy(target: {
  readonly host: string;
  readonly port: number;
  readonly protocol: Protocol;
}): Promise<TcpProxy> {
  const links = new Set<Link>();
  const counts: Record<Direction, number> = { toServer: 0, toClient: 0 };
  let seen: PassingMessage[] = [];
  let connection = 0;
  let rule: ((message: PassingMessage) => Fate) | undefined;

  function judge(message: Message, direction: Direction, of: number): Fate {
    const passing = { ...message, direction, connection: of, place: ++counts[direction] };
    if (seen.length < maximumSeen) seen.push(passing);
    return rule?.(passing) ?? "forward";
  }

  const server = createServer((client) => {
    const number = ++connection;
    const upstream = connect(target.port, target.host);
    const link = createLink(client, upstream, target.protocol, (message, direction) => judge(message, direction, number));
    links.add(link);
    void link.ended.then(() => links.delete(link));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    intercept(next) {
      rule = next;
    },
    recount() {
      counts.toServer = 0;
      counts.toClient = 0;
      seen = [];
    },
    seen: () => [...seen],
    release: () => links.forEach((link) => void link.release()),
    cutAll: () => links.forEach((link) => void link.cut()),
    expire: () => links.forEach((link) => void link.expire()),
    connections: () => links.size,
    async close() {
      for (const link of links) link.cut();
      server.close();
      await once(server, "close");
    },
  };
}

interface Link {
  readonly ended: Promise<unknown>;
  release(): void;
  cut(): void;
  expire(): void;
}

function createLink(client: Socket, upstream: Socket, protocol: Protocol, judge: (message: Message, direction: Direction) => Fate): Link {
  const framing = createFraming(protocol);
  const to: Record<Direction, Socket> = { toServer: upstream, toClient: client };
  const muted = new Set<Direction>();
  const held: Record<Direction, Buffer[] | undefined> = { toServer: undefined, toClient: undefined };

  function cut(): void {
    client.destroy();
    upstream.destroy();
  }

  function pass(direction: Direction, message: Message): void {
    // The fate of what was swallowed or held has been decided.
    if (muted.has(direction)) return;
    if (held[direction]) return void held[direction]?.push(message.bytes);
    fates[judge(message, direction)](direction, message.bytes);
  }

  const fates: Readonly<Record<Fate, (direction: Direction, bytes: Buffer) => void>> = {
    forward: (direction, bytes) => void to[direction].write(bytes),
    "cut-before": cut,
    "cut-after": (direction, bytes) => void to[direction].write(bytes, cut),
    "black-hole": () => {
      muted.add("toServer");
      muted.add("toClient");
    },
    mute: (direction) => void muted.add(direction),
    delay: (direction, bytes) => {
      held[direction] = [bytes];
    },
  };

  function listen(from: Socket, direction: Direction): void {
    // Messages go on one by one: waiting for an acknowledgement between them would make every link slow.
    from.setNoDelay(true);
    from.on("data", (bytes) => {
      for (const message of framing.push(direction, bytes)) pass(direction, message);
    });
    // One side going is told to the other, unless nothing gets through any more.
    from.on("end", () => muted.has(direction) || to[direction].end());
    // A reset arrives as an error; the link is over either way, and "close" follows.
    from.on("error", () => (muted.size > 0 ? from.destroy() : cut()));
    from.on("close", () => (muted.has(direction) ? undefined : to[direction].end()));
  }
  listen(client, "toServer");
  listen(upstream, "toClient");
  return {
    ended: Promise.all([client, upstream].map((socket) => new Promise((resolve) => socket.once("close", resolve)))),
    release() {
      for (const direction of ["toServer", "toClient"] as const) {
        const waiting = held[direction] ?? [];
        held[direction] = undefined;
        for (const bytes of waiting) to[direction].write(bytes);
      }
    },
    cut,
    expire: () => client.destroyed && upstream.destroy(),
  };
}
