import { encodeFrame, subprotocol } from "@onhand/core/protocol";
import type { Kind } from "./contenders";

/** How a listener of one kind speaks over a bare WebSocket, so that all cost the machine alike. */
export interface Dialect {
  readonly path: string;
  readonly protocols: string[];
  /** Answers what must be answered; true once the listener is heard of everything from now on. */
  greet(text: string, send: (frame: string) => void): boolean;
}

/** How many changes a frame has; of a greeting none. Found alike in everybody's, so that no kind of listener works more than another. */
export function changesIn(text: string): number {
  if (text.startsWith('{"t":"snap"')) return 0;
  let count = 0;
  for (let at = text.indexOf(change); at >= 0; at = text.indexOf(change, at + 1)) count += 1;
  return count;
}

const change = '"entity":"level"';

const plain: Dialect = {
  path: "/",
  protocols: [],
  greet: () => false,
};

const onhand: Dialect = {
  path: "/live",
  protocols: [subprotocol],
  greet(text, send) {
    if (text.startsWith('{"t":"welcome"')) send(encodeFrame({ t: "sub", ref: "all", filter: { entities: ["level"] } }));
    else if (text.startsWith('{"t":"hb"')) send(encodeFrame({ t: "pong" }));
    return text.startsWith('{"t":"snap"') && text.includes('"last":true');
  },
};

const socketIo: Dialect = {
  path: "/socket.io/?EIO=4&transport=websocket",
  protocols: [],
  greet(text, send) {
    if (text.startsWith("0")) send("40");
    else if (text === "2") send("3");
    return text.startsWith("40");
  },
};

export const dialectOf = (kind: Kind): Dialect => (kind === "onhand" ? onhand : kind === "Socket.IO, a room" ? socketIo : plain);

/** What is said once the link is open. */
export const hello = (kind: Kind): string | undefined => (kind === "onhand" ? encodeFrame({ t: "hello", v: 1 }) : undefined);
