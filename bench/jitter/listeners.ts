import { encodeFrame, parseServerFrame, type ServerFrame, subprotocol } from "@onhand/core/protocol";
import { WebSocket } from "ws";
import { errand, now, serveTasks } from "../child";

/** Whom to listen to, and how the network treats everybody. */
export interface ListenersErrand {
  readonly kind: "onhand" | "socket.io";
  readonly ports: readonly number[];
  readonly clients: number;
  readonly dropEveryMs: number;
  readonly awayMs: number;
}

/** What all of them together have heard: each change is a number, greater than the one before. */
export interface Heard {
  readonly least: number;
  readonly total: number;
  readonly twice: number;
  readonly drops: number;
  readonly behind: number;
}

const { kind, ports, clients, dropEveryMs, awayMs } = errand<ListenersErrand>();
const retryMs = 500;
let drops = 0;
let dropping = true;

interface Listener {
  /** Whether it hears of everything from now on. */
  joined: boolean;
  /** Changes taken up, how many of those for the second time, and the newest. */
  count: number;
  twice: number;
  last: number;
}

function take(listener: Listener, n: number): void {
  if (n <= listener.last) listener.twice += 1;
  else listener.count += 1;
  listener.last = Math.max(listener.last, n);
}

/** Follows docs/contracts/protocol.md for the movements of everything. */
function follower(listener: Listener) {
  let position: { readonly epoch: string; readonly seq: number } | undefined;
  let epoch = "";
  let paging = false;
  let pages: number[] = [];
  const subscribe = () =>
    encodeFrame({ t: "sub", ref: "all", filter: { entities: ["movement"] }, history: 1_000, ...(position && { position }) });
  return {
    address: (port: number) => new WebSocket(`ws://127.0.0.1:${port}/live`, subprotocol),
    hello: () => encodeFrame({ t: "hello", v: 1 }),
    hear(text: string, say: (text: string) => void): void {
      const frame: ServerFrame = parseServerFrame(text);
      if (frame.t === "welcome") {
        ({ epoch } = frame);
        say(subscribe());
      } else if (frame.t === "hb") say(encodeFrame({ t: "pong" }));
      else if (frame.t === "subbed") {
        pages = [];
        listener.joined = true;
        paging = frame.how === "snapshot" || frame.how === "diff";
      } else if (frame.t === "snap" && paging) {
        pages.push(...frame.changes.map(({ seq }) => seq));
        if (!frame.last) return;
        for (const seq of pages.sort((a, b) => a - b)) take(listener, seq);
        paging = false;
        position = { epoch, seq: frame.at };
      } else if (frame.t === "d" && !paging && position && frame.to > position.seq) {
        const { seq: applied } = position;
        if (frame.from > applied) {
          say(subscribe());
          return;
        }
        for (const { seq } of frame.changes) if (seq > applied) take(listener, seq);
        position = { epoch, seq: frame.to };
      }
    },
  };
}

/** Speaks Engine.IO and Socket.IO as their client does, recovery included. */
function recoverer(listener: Listener) {
  let session: { pid: string; offset: string } | undefined;
  return {
    address: (port: number) => new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`),
    hello: () => undefined,
    hear(text: string, say: (text: string) => void): void {
      if (text === "2") say("3");
      else if (text.startsWith("0")) say(session ? `40${JSON.stringify(session)}` : "40");
      else if (text.startsWith("40")) {
        listener.joined = true;
        const { pid } = JSON.parse(text.slice(2)) as { pid: string };
        session = { pid, offset: session?.pid === pid ? session.offset : "" };
      } else if (text.startsWith("42")) {
        const [, n, offset] = JSON.parse(text.slice(2)) as [string, number, string];
        if (session) session.offset = offset;
        take(listener, n);
      }
    },
  };
}

function keepOpen(index: number): Listener {
  const listener: Listener = { joined: false, count: 0, twice: 0, last: 0 };
  const speaker = kind === "onhand" ? follower(listener) : recoverer(listener);
  let socket: WebSocket | undefined;

  function open(): void {
    const own = speaker.address(ports[index % ports.length] as number);
    socket = own;
    own.on("open", () => {
      const first = speaker.hello();
      if (first !== undefined) own.send(first);
    });
    own.on("message", (data: Buffer) => own === socket && speaker.hear(data.toString(), (text) => own.send(text)));
    // A refused or broken link is told by its close as well.
    own.on("error", () => undefined);
    own.on("close", () => own === socket && setTimeout(open, retryMs));
  }

  function drop(): void {
    if (!dropping) return;
    const gone = socket;
    socket = undefined;
    gone?.terminate();
    drops += 1;
    setTimeout(open, awayMs);
  }

  open();
  // Spread evenly, so that some are always away.
  setTimeout(() => setInterval(drop, dropEveryMs), (dropEveryMs * index) / clients);
  return listener;
}

const listeners = Array.from({ length: clients }, (_, index) => keepOpen(index));

function heard(): Omit<Heard, "behind"> {
  const sum = (of: (listener: Listener) => number) => listeners.reduce((total, listener) => total + of(listener), 0);
  return {
    least: Math.min(...listeners.map(({ count }) => count)),
    total: sum(({ count }) => count),
    twice: sum(({ twice }) => twice),
    drops,
  };
}

serveTasks({
  /** Resolves when everybody listens. */
  async joined() {
    while (listeners.some(({ joined }) => !joined)) await new Promise((resolve) => setTimeout(resolve, 50));
  },
  /** No more drops; what has been heard once everybody has heard the last change, or after a while. */
  async heard({ last = 0, patienceMs = 0 }): Promise<Heard> {
    dropping = false;
    const giveUpAt = now() + patienceMs;
    const behind = () => listeners.filter((listener) => listener.last < last).length;
    while (behind() > 0 && now() < giveUpAt) await new Promise((resolve) => setTimeout(resolve, 50));
    return { ...heard(), behind: behind() };
  },
});
