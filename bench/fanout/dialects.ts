import { encodeFrame, subprotocol } from "@onhand/core/protocol";
import type { Kind } from "./contenders";

/** How a listener of one kind speaks over a bare WebSocket, so that all cost the machine alike. */
export interface Dialect {
  readonly path: string;
  readonly protocols: string[];
  /** Answers what must be answered; true once the listener is heard of everything from now on. */
  greet(text: string, send: (frame: string) => void): boolean;
  changesIn(text: string): number;
}

const count = (text: string, word: string): number => text.split(word).length - 1;

const plain: Dialect = {
  path: "/",
  protocols: [],
  greet: () => false,
  changesIn: () => 1,
};

const onhand: Dialect = {
  path: "/live",
  protocols: [subprotocol],
  greet(text, send) {
    if (text.startsWith('{"t":"welcome"')) send(encodeFrame({ t: "sub", ref: "all", filter: { entities: ["level"] } }));
    else if (text.startsWith('{"t":"hb"')) send(encodeFrame({ t: "pong" }));
    return text.startsWith('{"t":"snap"') && text.includes('"last":true');
  },
  changesIn: (text) => (text.startsWith('{"t":"d"') ? count(text, '"entity":') : 0),
};

const socketIo: Dialect = {
  path: "/socket.io/?EIO=4&transport=websocket",
  protocols: [],
  greet(text, send) {
    if (text.startsWith("0")) send("40");
    else if (text === "2") send("3");
    return text.startsWith("40");
  },
  changesIn: (text) => (text.startsWith("42") ? 1 : 0),
};

export const dialectOf = (kind: Kind): Dialect => (kind === "onhand" ? onhand : kind === "Socket.IO, a room" ? socketIo : plain);

/** What is said once the link is open. */
export const hello = (kind: Kind): string | undefined => (kind === "onhand" ? encodeFrame({ t: "hello", v: 1 }) : undefined);
