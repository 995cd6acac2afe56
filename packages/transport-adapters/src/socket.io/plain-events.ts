import type { Change, FeedFilter } from "@onhand/core";
import { encodeFrame, parseServerFrame, type ServerFrame } from "@onhand/core/protocol";
import type { Socket } from "socket.io";
import type { Hub } from "../shared/hub";
import type { Link } from "../shared/link";
import type { Admission } from "./admission";
import type { EventWriter } from "./link";

/** What a `socket.io-client` without our SDK is told, and by which names. */
export interface PlainEvents {
  /** What it is told of; all levels when not given. `authorize` is asked about it, and about every row. */
  readonly filter?: FeedFilter;
  /** Tells everything there is, once after connecting; `initial_inventory` when not given. */
  readonly initial?: string;
  /** Tells what changed; `inventory_update` when not given. */
  readonly update?: string;
  /** A client sends this to be told of updates. When not given, it is told from the start. */
  readonly join?: string;
  /** A client sends this to be told of updates no more. */
  readonly leave?: string;
  /** The room that those who are told of updates are in, for the host's own use; `inventory` when not given. */
  readonly room?: string;
  /** What `initial` carries; `{ rows }` when not given. */
  readonly describeAll?: (rows: readonly Change[]) => unknown;
  /** What `update` carries, of what changed and of everything there is; `{ changes }` when not given. */
  readonly describeUpdate?: (changes: readonly Change[], rows: () => readonly Change[]) => unknown;
  /** Tells that the client may not read this, or no longer: `{ code, details }`; `inventory_refused` when not given. */
  readonly refused?: string;
}

/** Serves sockets that don't speak the protocol. */
export type ServePlain = (socket: Socket, admission: Admission) => void;

/**
 * Speaks the protocol in a plain client's place, so that permissions, order and bounds are those of everybody else.
 * Each such client costs a reference for every row it may see: for thousands of them, use the SDK.
 */
export function createPlainServer(options: { readonly hub: Hub; readonly writer: EventWriter; readonly events: PlainEvents }): ServePlain {
  const { hub, writer, events } = options;
  const {
    filter = { entities: ["level"] },
    initial = "initial_inventory",
    update = "inventory_update",
    refused = "inventory_refused",
    room = "inventory",
    describeAll = (rows) => ({ rows }),
    describeUpdate = (changes) => ({ changes }),
  } = events;
  const hello = encodeFrame({ t: "hello", v: 1 });
  const subscribe = encodeFrame({ t: "sub", ref: "plain", filter: copyOf(filter) });
  const read = createReader();

  return (socket, admission) => {
    const rows = new Map<string, Change>();
    let pages: Change[] = [];

    function take(changes: readonly Change[]): void {
      for (const change of changes) {
        const key = `${change.entity}/${change.key}`;
        if ((rows.get(key)?.seq ?? -1) < change.seq) rows.set(key, change);
      }
    }

    const all = (): readonly Change[] => [...rows.values()];
    const say = (event: string, payload: unknown, onWritten: () => void) => writer.write(socket, [event, payload], onWritten);

    function onPage(frame: Extract<ServerFrame, { t: "snap" }>, onWritten: () => void): void {
      pages.push(...frame.changes);
      if (!frame.last) {
        onWritten();
        return;
      }
      rows.clear();
      take(pages);
      pages = [];
      say(initial, describeAll(all()), onWritten);
    }

    function onDelta({ changes }: Extract<ServerFrame, { t: "d" }>, onWritten: () => void): void {
      take(changes);
      if (changes.length > 0 && socket.rooms.has(room)) say(update, describeUpdate(changes, all), onWritten);
      else onWritten();
    }

    function answer(text: string, onWritten: () => void): void {
      onWritten();
      // In a turn of its own: the hub is in the middle of sending.
      queueMicrotask(() => client.receive(text));
    }

    const handlers: { readonly [T in ServerFrame["t"]]?: (frame: Extract<ServerFrame, { t: T }>, onWritten: () => void) => void } = {
      welcome: (_, onWritten) => answer(subscribe, onWritten),
      hb: (_, onWritten) => answer(encodeFrame({ t: "pong" }), onWritten),
      reset: (_, onWritten) => answer(subscribe, onWritten),
      snap: onPage,
      d: onDelta,
      nack: ({ code, details }, onWritten) => say(refused, { code, details }, onWritten),
      bye: ({ code, details }, onWritten) => say(refused, { code, details }, onWritten),
    };

    const link: Link = {
      send(bytes, onWritten) {
        const frame = read(bytes);
        const handle = handlers[frame.t] as ((frame: ServerFrame, onWritten: () => void) => void) | undefined;
        if (handle) handle(frame, onWritten);
        else onWritten();
      },
      close: () => void socket.disconnect(),
      terminate: () => socket.conn.close(true),
    };

    if (events.join === undefined) socket.join(room);
    else socket.on(events.join, () => void socket.join(room));
    if (events.leave !== undefined) socket.on(events.leave, () => void socket.leave(room));
    const client = hub.accept(link, admission);
    socket.on("disconnect", () => client.closed());
    client.receive(hello);
  };
}

const copyOf = ({ entities, storeIds, skus }: FeedFilter) => ({
  entities: [...entities],
  ...(storeIds && { storeIds: [...storeIds] }),
  ...(skus && { skus: [...skus] }),
});

/** Frames that many share are read once. */
function createReader(): (bytes: Uint8Array) => ServerFrame {
  const read = new WeakMap<Uint8Array, ServerFrame>();
  const utf8 = new TextDecoder();
  return (bytes) => {
    const known = read.get(bytes);
    if (known) return known;
    const frame = parseServerFrame(utf8.decode(bytes));
    read.set(bytes, frame);
    return frame;
  };
}
