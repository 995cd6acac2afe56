import type { Change, FeedFilter } from "@onhand/core";
import type { ServerFrame } from "@onhand/core/protocol";
import type { Hub } from "../hub";
import { type FakeLink, fakeLink } from "./fake-link";

/** A client that follows docs/contracts/protocol.md to the letter, for one filter. */
export interface Replica {
  readonly rows: ReadonlyMap<string, Change>;
  readonly position: number | undefined;
  readonly link: FakeLink | undefined;
  /** How often a gap was seen. */
  readonly gaps: number;
  connect(): void;
}

export function createReplica(hub: Hub, filter: FeedFilter, token = "ada"): Replica {
  let rows = new Map<string, Change>();
  let pages: Change[] = [];
  let position: { epoch: string; seq: number } | undefined;
  let link: FakeLink | undefined;
  let session: string | undefined;
  let epoch = "";
  let sid: string | undefined;
  let how: string | undefined;
  let promised = 0;
  let gaps = 0;

  function subscribe(): void {
    sid = undefined;
    promised = 0;
    link?.say({ t: "sub", ref: "only", filter: filter as never, history: 1_000, ...(position && { position }) });
  }

  function put(target: Map<string, Change>, changes: readonly Change[]): void {
    for (const change of changes) {
      const key = `${change.entity}/${change.key}`;
      if ((target.get(key)?.seq ?? -1) < change.seq) target.set(key, change);
    }
  }

  function gap(): void {
    gaps += 1;
    subscribe();
  }

  function onSnap(frame: Extract<ServerFrame, { t: "snap" }>): void {
    pages.push(...frame.changes);
    if (!frame.last) return;
    if (how === "snapshot") rows = new Map();
    put(rows, pages);
    pages = [];
    position = { epoch, seq: frame.at };
  }

  function onDelta({ from, to, changes }: Extract<ServerFrame, { t: "d" }>): void {
    if (!position || to <= position.seq) return;
    const applied = position.seq;
    if (from > applied) {
      gap();
      return;
    }
    put(
      rows,
      changes.filter(({ seq }) => seq > applied),
    );
    position = { epoch, seq: to };
  }

  function onFrame(frame: ServerFrame): void {
    if (frame.t === "welcome") {
      ({ session, epoch } = frame);
      subscribe();
    } else if (frame.t === "subbed") {
      ({ sid, how } = frame);
      pages = [];
    } else if ("sid" in frame && frame.sid === sid) {
      if (frame.t === "snap") onSnap(frame);
      else if (frame.t === "d") onDelta(frame);
      else if (frame.t === "reset") {
        position = undefined;
        rows = new Map();
        subscribe();
      }
    } else if (frame.t === "hb" && sid !== undefined && position) {
      if (promised > position.seq) gap();
      promised = frame.head;
    }
  }

  return {
    get rows() {
      return rows;
    },
    get position() {
      return position?.seq;
    },
    get link() {
      return link;
    },
    get gaps() {
      return gaps;
    },
    connect() {
      const opened = fakeLink(hub, { onFrame: (frame) => opened === link && onFrame(frame) });
      link = opened;
      sid = undefined;
      promised = 0;
      opened.say({ t: "hello", v: 1, token, ...(session !== undefined && { session }) });
    },
  };
}
