import type { Change, FeedFilter } from "../../index";
import type { ClientFrame, ClientTransport, ServerFrame, TransportConnection } from "../../protocol/index";

type FrameOf<T extends ServerFrame["t"]> = Extract<ServerFrame, { t: T }>;
type Answer = FrameOf<"ack"> | FrameOf<"nack">;

/** How a replica behaves. */
export interface ReplicaOptions {
  readonly filter: FeedFilter;
  /** Whether it connects anew when its link is gone and the server did not forbid it. */
  readonly returns: boolean;
  /** What the network does to a frame before the replica hears it; it delivers it unless told otherwise. */
  readonly distort: (frame: ServerFrame, deliver: (frame: ServerFrame) => void) => void;
}

/** A client that follows docs/contracts/protocol.md to the letter, for one filter. */
export interface Replica {
  readonly filter: FeedFilter;
  readonly rows: ReadonlyMap<string, Change>;
  readonly position: number | undefined;
  /** Whether everything up to the head at the last welcome is in. */
  readonly live: boolean;
  /** Every frame that came, of every link. */
  readonly frames: readonly ServerFrame[];
  /** The frames of one type that came, of every link. */
  of<T extends ServerFrame["t"]>(type: T): FrameOf<T>[];
  readonly opened: number;
  readonly closes: readonly { readonly reason: string; readonly code?: number }[];
  /** How often something was noticed to be missing. */
  readonly gaps: number;
  /** Opens a link; one that stands is left to itself. */
  connect(): void;
  /** Ends the link and stays away. */
  leave(): void;
  /** Sends a frame over the link that stands. */
  say(frame: ClientFrame): void;
  /** Gives a command, again and again under its id until it is answered. */
  command(id: string, command: string, input: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** Resolves when the server has heard all that was said so far, or the link is gone. */
  roundTrip(): Promise<void>;
  /** Follows another filter instead. */
  follow(filter: FeedFilter): void;
}

const returnAfterMs = 2;
const mostIdleBeats = 2;

/** Makes a replica over a transport. */
export function createReplica(transport: ClientTransport, options: ReplicaOptions): Replica {
  const frames: ServerFrame[] = [];
  const closes: { readonly reason: string; readonly code?: number }[] = [];
  const fences: (() => void)[] = [];
  const pending = new Map<string, { readonly frame: ClientFrame; readonly answer: (answer: Answer) => void }>();
  let { filter } = options;
  let rows = new Map<string, Change>();
  let pages: Change[] = [];
  let position: { readonly epoch: string; readonly seq: number } | undefined;
  let link: TransportConnection | undefined;
  let welcome: FrameOf<"welcome"> | undefined;
  let session: string | undefined;
  let ref = "";
  let sid: string | undefined;
  let how: FrameOf<"subbed">["how"] | undefined;
  let nextPart = 0;
  let phase: "asked" | "paging" | "following" = "asked";
  let promised = 0;
  let idleBeats = 0;
  let opened = 0;
  let gaps = 0;
  let refs = 0;
  let away = true;

  const say = (frame: ClientFrame) => link?.send(frame);

  function subscribe(): void {
    if (sid !== undefined) say({ t: "unsub", sid });
    refs += 1;
    ref = `r${refs}`;
    sid = undefined;
    phase = "asked";
    promised = 0;
    idleBeats = 0;
    const { entities, storeIds, skus } = filter;
    say({
      t: "sub",
      ref,
      filter: { entities: [...entities], ...(storeIds && { storeIds: [...storeIds] }), ...(skus && { skus: [...skus] }) },
      history: 1_000,
      ...(position && { position }),
    });
  }

  function missed(): void {
    gaps += 1;
    subscribe();
  }

  function put(changes: readonly Change[]): void {
    for (const change of changes) {
      const key = `${change.entity}/${change.key}`;
      if ((rows.get(key)?.seq ?? -1) < change.seq) rows.set(key, change);
    }
  }

  function stand(seq: number): void {
    position = { epoch: welcome?.epoch ?? "", seq };
    idleBeats = 0;
  }

  const handlers: { readonly [T in ServerFrame["t"]]?: (frame: FrameOf<T>) => void } = {
    welcome(frame) {
      if (welcome) return;
      welcome = frame;
      session = frame.session;
      if (position?.epoch !== frame.epoch) position = undefined;
      for (const { frame: operation } of pending.values()) say(operation);
      subscribe();
    },
    subbed(frame) {
      if (frame.ref !== ref || phase !== "asked") return;
      ({ sid, how } = frame);
      pages = [];
      nextPart = 0;
      idleBeats = 0;
      phase = how === "snapshot" || how === "diff" ? "paging" : "following";
    },
    snap(frame) {
      if (frame.sid !== sid || phase !== "paging" || frame.part < nextPart) return;
      if (frame.part > nextPart) return missed();
      nextPart += 1;
      idleBeats = 0;
      pages.push(...frame.changes);
      if (!frame.last) return;
      if (how === "snapshot") rows = new Map();
      put(pages);
      pages = [];
      phase = "following";
      stand(frame.at);
    },
    d({ sid: of, from, to, changes }) {
      if (of !== sid || phase !== "following" || !position || to <= position.seq) return;
      const applied = position.seq;
      if (from > applied) return missed();
      put(changes.filter(({ seq }) => seq > applied));
      stand(to);
    },
    hb({ head }) {
      say({ t: "pong" });
      if (phase !== "following") {
        idleBeats += 1;
        if (idleBeats > mostIdleBeats) missed();
        return;
      }
      if (promised > (position?.seq ?? 0)) return missed();
      promised = head;
    },
    reset(frame) {
      if (frame.sid !== sid) return;
      position = undefined;
      rows = new Map();
      sid = undefined;
      if (frame.reason === "epoch") link?.close();
      else subscribe();
    },
    authed() {
      fences.shift()?.();
    },
    ack: settle,
    nack: settle,
    bye({ afterMs }) {
      away ||= afterMs === undefined;
    },
  };

  function settle(answer: Answer): void {
    pending.get(answer.id)?.answer(answer);
    pending.delete(answer.id);
  }

  function hear(own: object, frame: ServerFrame): void {
    if (own !== current) return;
    frames.push(frame);
    (handlers[frame.t] as ((frame: ServerFrame) => void) | undefined)?.(frame);
  }

  let current: object = {};

  async function greet(own: object): Promise<void> {
    opened += 1;
    const token = await transport.token();
    if (own === current) say({ t: "hello", v: 1, ...(token !== undefined && { token }), ...(session !== undefined && { session }) });
  }

  function connect(): void {
    away = false;
    const own = {};
    current = own;
    welcome = undefined;
    sid = undefined;
    phase = "asked";
    link = transport.connect({
      onOpen: () => void greet(own),
      onFrame: (frame) => options.distort(frame, (delivered) => hear(own, delivered)),
      onClose(why) {
        closes.push(why);
        for (const pass of fences.splice(0)) pass();
        if (own !== current) return;
        welcome = undefined;
        if (!away && options.returns) setTimeout(() => own === current && !away && connect(), returnAfterMs);
      },
    });
  }

  return {
    get filter() {
      return filter;
    },
    get rows() {
      return rows;
    },
    get position() {
      return position?.seq;
    },
    get live() {
      return welcome !== undefined && phase === "following" && position !== undefined && position.seq >= welcome.head;
    },
    frames,
    of: <T extends ServerFrame["t"]>(type: T) => frames.filter((frame): frame is FrameOf<T> => frame.t === type),
    get opened() {
      return opened;
    },
    closes,
    get gaps() {
      return gaps;
    },
    connect,
    leave() {
      away = true;
      link?.close();
    },
    say: (frame) => void say(frame),
    command(id, command, input) {
      const frame: ClientFrame = { t: "op", id, command, input: { ...input } };
      return new Promise((answer) => {
        pending.set(id, { frame, answer });
        if (welcome) say(frame);
      });
    },
    async roundTrip() {
      const token = await transport.token();
      if (!welcome) return;
      say({ t: "auth", token: token ?? "" });
      await new Promise<void>((resolve) => fences.push(resolve));
    },
    follow(next) {
      filter = next;
      position = undefined;
      rows = new Map();
      if (welcome) subscribe();
    },
  };
}
