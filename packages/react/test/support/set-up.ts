import { createInventoryClient } from "@onhand/client";
import type { Change } from "@onhand/core";
import {
  type ClientFrame,
  type ClientTransport,
  changeMatcher,
  defaultLimits,
  type ServerFrame,
  type TransportEvents,
} from "@onhand/core/protocol";
import { notifyManager } from "@tanstack/query-core";
import { levelChange } from "./rows";

// Listeners hear of a frame when it was taken up, not a timer later.
notifyManager.setScheduler((callback) => callback());

/** Lets everything that waits for promises happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

type Op = Extract<ClientFrame, { t: "op" }>;

/** A client of a server in the same process that answers at once and loses nothing. */
export function setUp() {
  const links: { readonly received: ClientFrame[]; say(frame: ServerFrame): void; drop(): void }[] = [];
  const filters = new Map<string, (change: Change) => boolean>();
  const rows = new Map<string, Change>();
  let head = 0;
  let onOp = execute;

  const say = (frame: ServerFrame) => links.at(-1)?.say(frame);

  function commit(changes: readonly Change[]): void {
    head += 1;
    for (const change of changes) rows.set(`${change.entity}:${change.key}`, change);
    for (const [sid, matches] of filters) say({ t: "d", sid, from: head - 1, to: head, changes: changes.filter(matches) });
  }

  function subscribe({ ref, filter }: Extract<ClientFrame, { t: "sub" }>): void {
    const matches = changeMatcher(filter as Parameters<typeof changeMatcher>[0]);
    filters.set(ref, matches);
    say({ t: "subbed", ref, sid: ref, position: 0, how: "snapshot" });
    say({ t: "snap", sid: ref, part: 0, changes: [...rows.values()].filter(matches), last: true, at: head });
  }

  function execute({ id, input }: Op): void {
    const key = { sku: String(input.sku), storeId: String(input.storeId) };
    const level = [...rows.values()].find((change) => change.entity === "level" && change.value.sku === key.sku);
    const onHand = level?.entity === "level" ? level.value.onHand : 0;
    const left = onHand - Number(input.quantity);
    if (left < 0) {
      say({
        t: "nack",
        id,
        code: "INSUFFICIENT_STOCK",
        details: { ...key, requested: onHand - left, available: onHand },
        retryable: false,
      });
      return;
    }
    commit([levelChange(head + 1, key, left)]);
    say({ t: "ack", id, seq: head, replayed: false, result: {} });
  }

  function accept(received: ClientFrame[], frame: ClientFrame): void {
    received.push(frame);
    if (frame.t === "hello") say({ t: "welcome", v: 1, epoch: "e", head, session: "s", limits: defaultLimits, heartbeatMs: 15_000 });
    if (frame.t === "sub") subscribe(frame);
    if (frame.t === "unsub") filters.delete(frame.sid);
    if (frame.t === "op") onOp(frame);
  }

  function connect(events: TransportEvents) {
    const received: ClientFrame[] = [];
    links.push({ received, say: events.onFrame, drop: () => events.onClose({ reason: "broken" }) });
    void Promise.resolve().then(events.onOpen);
    return { send: (frame: ClientFrame) => accept(received, frame), close: () => filters.clear() };
  }

  const transport: ClientTransport = { token: async () => undefined, connect };
  const timers = { now: () => 0, setTimeout: () => 0, clearTimeout: () => undefined };
  return {
    client: createInventoryClient({ transport, timers }),
    server: {
      links,
      commit,
      execute,
      link: () => {
        const last = links.at(-1);
        if (!last) throw new Error("nobody connected");
        return last;
      },
      /** Hands every command to the test instead of carrying it out. */
      onOp: (handler: (op: Op) => void) => {
        onOp = handler;
      },
    },
  };
}
