import type { Socket } from "node:net";
import { WebSocket } from "ws";
import { errand, now, serveTasks } from "../child";
import type { Kind } from "./contenders";
import { changesIn, type Dialect, dialectOf, hello } from "./dialects";

const { kind, port, stalled = 0 } = errand<{ kind: Kind; port: number; stalled?: number }>();
const dialect: Dialect = dialectOf(kind);
const sockets: WebSocket[] = [];
/** When each change arrived, in the order they came, of every socket that reads. */
let arrivals: number[][] = [];
let expected = Number.POSITIVE_INFINITY;
let missing = 0;
let done: () => void = () => undefined;

function open(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${dialect.path}`, dialect.protocols);
    const index = sockets.push(socket) - 1;
    arrivals[index] = [];
    socket.on("error", reject);
    socket.on("open", () => {
      const first = hello(kind);
      if (first !== undefined) socket.send(first);
      else if (dialect.path === "/") resolve();
    });
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      const changes = changesIn(text);
      if (changes === 0) {
        if (dialect.greet(text, (frame) => socket.send(frame))) resolve();
        return;
      }
      const at = now();
      const mine = arrivals[index] as number[];
      for (let left = changes; left > 0; left -= 1) mine.push(at);
      if (mine.length === expected && --missing === 0) done();
    });
  });
}

serveTasks({
  async open({ count = 0 }) {
    for (let left = count; left > 0; left -= 100) await Promise.all(Array.from({ length: Math.min(100, left) }, open));
  },
  /** Begins to count anew. */
  expect({ changes = 0 }) {
    arrivals = sockets.map(() => []);
    expected = changes;
    missing = sockets.length - stalled;
  },
  /** Some take nothing any more. */
  stall() {
    for (const socket of sockets.slice(0, stalled)) (socket as unknown as { readonly _socket: Socket })._socket.pause();
  },
  /** When each change arrived, of every socket that reads, once all of them have all. */
  async arrived() {
    if (missing > 0) {
      await new Promise<void>((resolve) => {
        done = resolve;
      });
    }
    return arrivals.slice(stalled);
  },
});
