import type { Change, FeedFilter, InventoryErrorCode } from "@onhand/core";
import {
  type ClientFrame,
  type ClientTransport,
  changeMatcher,
  defaultLimits,
  type Limits,
  type ServerFrame,
  type TransportEvents,
} from "@onhand/core/protocol";
import { levelChange } from "./rows";

type Sub = Extract<ClientFrame, { t: "sub" }>;
type Op = Extract<ClientFrame, { t: "op" }>;

/** One client's link, as the server has it. */
export interface FakeLink {
  readonly received: ClientFrame[];
  readonly closedByClient: () => boolean;
  say(frame: ServerFrame): void;
  drop(reason?: string): void;
  /** The subscriptions that stand: sid by filter, and up to where frames were sent. */
  readonly subs: Map<string, { readonly ref: string; readonly filter: FeedFilter; position: number }>;
}

/** A server of frames in the same process, with a ledger of absolute rows. It answers at once unless told otherwise. */
export function fakeServer(options: { readonly heartbeatMs?: number; readonly limits?: Partial<Limits>; readonly pageSize?: number } = {}) {
  const { heartbeatMs = 10_000, pageSize = 500 } = options;
  const links: FakeLink[] = [];
  const applied = new Map<string, number>();
  let epoch = "e1";
  let ledger: Change[] = [];
  let head = 0;
  let deltasFirst = false;
  let token: () => Promise<string | undefined> = async () => "t";
  /** What happens to frames on their way: by default each arrives once. */
  let carry: (frame: ServerFrame, deliver: (frame: ServerFrame) => void) => void = (frame, deliver) => deliver(frame);
  let onHello: (link: FakeLink) => void = welcome;
  let onSub: (link: FakeLink, frame: Sub) => void = subscribe;
  let onOp: (link: FakeLink, frame: Op) => void = execute;

  function welcome(link: FakeLink): void {
    link.say({
      t: "welcome",
      v: 1,
      epoch,
      head,
      session: `x${links.length}`,
      limits: { ...defaultLimits, ...options.limits },
      heartbeatMs,
    });
  }

  function current(): Change[] {
    const rows = new Map<string, Change>();
    for (const change of ledger) rows.set(`${change.entity}:${change.key}`, change);
    return [...rows.values()];
  }

  function subscribe(link: FakeLink, frame: Sub): void {
    const sid = JSON.stringify(frame.filter);
    const filter = frame.filter as FeedFilter;
    const matches = changeMatcher(filter);
    const from = frame.position?.epoch === epoch ? frame.position.seq : undefined;
    link.subs.set(sid, { ref: frame.ref, filter, position: head });
    if (from !== undefined) {
      link.say({ t: "subbed", ref: frame.ref, sid, position: from, how: from === head ? "live" : "replay" });
      if (from < head) link.say({ t: "d", sid, from, to: head, changes: ledger.filter((change) => change.seq > from && matches(change)) });
      return;
    }
    link.say({ t: "subbed", ref: frame.ref, sid, position: head, how: "snapshot" });
    const rows = current().filter(matches);
    for (let part = 0; part === 0 || part * pageSize < rows.length; part += 1) {
      const changes = rows.slice(part * pageSize, (part + 1) * pageSize);
      link.say({ t: "snap", sid, part, changes, last: (part + 1) * pageSize >= rows.length, at: head });
    }
  }

  /** Sells or receives; anything below zero is refused. */
  function execute(link: FakeLink, { id, command, input }: Op): void {
    const before = applied.get(id);
    if (before !== undefined) {
      link.say({ t: "ack", id, seq: before, replayed: true, result: {} });
      return;
    }
    const key = { sku: String(input.sku), storeId: String(input.storeId) };
    const level = current().find(
      (change) => change.entity === "level" && change.value.sku === key.sku && change.value.storeId === key.storeId,
    );
    const onHand = level?.entity === "level" ? level.value.onHand : 0;
    const after = onHand + Number(input.quantity) * (command === "stock.sell" ? -1 : 1);
    if (after < 0) {
      const details = { ...key, requested: Number(input.quantity), available: onHand };
      link.say({ t: "nack", id, code: "INSUFFICIENT_STOCK", details, retryable: false });
      return;
    }
    const ack = (): void => link.say({ t: "ack", id, seq: head, replayed: false, result: {} });
    applied.set(id, head + 1);
    if (deltasFirst) {
      commit([levelChange(head + 1, key, after)]);
      ack();
    } else {
      record([levelChange(head + 1, key, after)]);
      ack();
      publish();
    }
  }

  function record(changes: readonly Change[]): void {
    head += 1;
    ledger.push(...changes);
  }

  /** Brings every subscription up to the head. */
  function publish(): void {
    for (const link of links) {
      for (const [sid, sub] of link.subs) {
        if (sub.position === head) continue;
        const matches = changeMatcher(sub.filter);
        const from = sub.position;
        sub.position = head;
        link.say({ t: "d", sid, from, to: head, changes: ledger.filter((change) => change.seq > from && matches(change)) });
      }
    }
  }

  function commit(changes: readonly Change[]): void {
    record(changes);
    publish();
  }

  function accept(link: FakeLink, frame: ClientFrame): void {
    link.received.push(frame);
    if (frame.t === "hello") onHello(link);
    if (frame.t === "sub") onSub(link, frame);
    if (frame.t === "unsub" && (frame.ref === undefined || link.subs.get(frame.sid)?.ref === frame.ref)) link.subs.delete(frame.sid);
    if (frame.t === "op") onOp(link, frame);
    if (frame.t === "auth") link.say({ t: "authed" });
  }

  function connect(events: TransportEvents): FakeLink {
    let open = true;
    let byClient = false;
    const link: FakeLink = {
      received: [],
      subs: new Map(),
      closedByClient: () => byClient,
      say: (frame) => carry(frame, (carried) => open && events.onFrame(carried)),
      drop: (reason = "the link broke") => {
        if (!open) return;
        open = false;
        link.subs.clear();
        events.onClose({ reason });
      },
    };
    links.push(link);
    return Object.assign(link, {
      close: () => {
        byClient = true;
        link.drop("closed");
      },
    });
  }

  const transport: ClientTransport = {
    token: () => token(),
    connect: (events) => {
      const link = connect(events) as FakeLink & { close(): void };
      if (server.refusesLinks) void Promise.resolve().then(() => link.drop("unreachable"));
      else void Promise.resolve().then(() => events.onOpen());
      return { send: (frame) => accept(link, frame), close: link.close };
    },
  };

  const server = {
    transport,
    links,
    refusesLinks: false,
    head: () => head,
    current,
    link: (): FakeLink => {
      const last = links.at(-1);
      if (!last) throw new Error("nobody connected");
      return last;
    },
    record,
    publish,
    commit,
    /** Sends heartbeats, after bringing everybody up to date, as the protocol has it. */
    beat: () => {
      publish();
      for (const link of links) link.say({ t: "hb", head });
    },
    /** Replaces the ledger by another one. */
    replace: (changes: readonly Change[], name = "e2") => {
      epoch = name;
      ledger = [...changes];
      head = Math.max(0, ...changes.map(({ seq }) => seq));
    },
    bye: (code: InventoryErrorCode, afterMs?: number) =>
      server.link().say({ t: "bye", code, details: {}, retryable: afterMs !== undefined, ...(afterMs !== undefined && { afterMs }) }),
    on: (handlers: { hello?: typeof onHello; sub?: typeof onSub; op?: typeof onOp; carry?: typeof carry; token?: typeof token }) => {
      onHello = handlers.hello ?? onHello;
      onSub = handlers.sub ?? onSub;
      onOp = handlers.op ?? onOp;
      carry = handlers.carry ?? carry;
      token = handlers.token ?? token;
    },
    welcome,
    subscribe,
    execute,
    /** Whether a change reaches its own sender before the answer does. */
    sendDeltasFirst: () => {
      deltasFirst = true;
    },
  };
  return server;
}
