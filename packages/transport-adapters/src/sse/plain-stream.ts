import type { ServerResponse } from "node:http";
import type { FeedFilter } from "@onhand/core";
import { encodeFrame, filterSchema, parseServerFrame, type ServerFrame } from "@onhand/core/protocol";
import type { Link, LinkEvents } from "../shared/link";
import { eventText } from "./stream";

interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** The filter of a query such as `?entities=level,product&storeIds=berlin`; undefined when it is none. */
export function filterOf(query: URLSearchParams): FeedFilter | undefined {
  const list = (name: string) => query.getAll(name).flatMap((value) => value.split(",").filter((item) => item !== ""));
  const [entities, storeIds, skus] = [list("entities"), list("storeIds"), list("skus")];
  const parsed = filterSchema.safeParse({
    entities,
    ...(query.has("storeIds") && { storeIds }),
    ...(query.has("skus") && { skus }),
  });
  return parsed.success ? (parsed.data as FeedFilter) : undefined;
}

/** Where a reader of `Last-Event-ID` stands; undefined where that says nothing, so that it gets everything. */
export function positionOf(lastEventId: string | readonly string[] | undefined): Position | undefined {
  const [, epoch, digits] = /^(.{1,200}):(\d{1,15})$/.exec(typeof lastEventId === "string" ? lastEventId : "") ?? [];
  return epoch === undefined || digits === undefined ? undefined : { epoch, seq: Number(digits) };
}

/**
 * Speaks the protocol in the place of an `EventSource`, which can only read. Each frame is an event of its own name;
 * one that moves the reader's position has that as its id, so that the browser's own return resumes from there.
 */
export function createPlainLink(
  response: ServerResponse,
  { filter, position }: { readonly filter: FeedFilter; readonly position: Position | undefined },
): { readonly link: Link; begin(client: LinkEvents): void } {
  const utf8 = new TextDecoder();
  let client: LinkEvents | undefined;
  let epoch = "";

  function answer(frame: Parameters<typeof encodeFrame>[0]): void {
    // In a turn of its own: the hub is in the middle of sending.
    queueMicrotask(() => client?.receive(encodeFrame(frame)));
  }

  const subscribe = (from: Position | undefined) =>
    answer({
      t: "sub",
      ref: "stream",
      filter: {
        entities: [...filter.entities],
        ...(filter.storeIds && { storeIds: [...filter.storeIds] }),
        ...(filter.skus && { skus: [...filter.skus] }),
      },
      ...(from && { position: from }),
    });

  function idOf(frame: ServerFrame): string | undefined {
    if (frame.t === "d") return `${epoch}:${frame.to}`;
    return frame.t === "snap" && frame.last ? `${epoch}:${frame.at}` : undefined;
  }

  /** What the reader is told of a frame; undefined for what is between the hub and this stand-in only. */
  function tell(frame: ServerFrame, text: string): string | undefined {
    if (frame.t === "welcome") {
      ({ epoch } = frame);
      subscribe(position);
      return undefined;
    }
    if (frame.t === "hb") return ": beat\n\n";
    if (frame.t === "reset") subscribe(undefined);
    const retry = frame.t === "bye" && frame.afterMs !== undefined ? `retry: ${frame.afterMs}\n` : "";
    return retry + eventText(frame.t, text, idOf(frame));
  }

  return {
    link: {
      send(bytes, onWritten) {
        const text = utf8.decode(bytes);
        const frame = parseServerFrame(text);
        const event = tell(frame, text);
        const written = () => {
          onWritten();
          // Only what has left can be answered; before, it would count as an answer to nothing.
          if (frame.t === "hb") answer({ t: "pong" });
        };
        if (event === undefined) written();
        else response.write(event, written);
      },
      close: () => void response.end(),
      terminate: () => void response.destroy(),
    },
    begin(events) {
      client = events;
      answer({ t: "hello", v: 1 });
    },
  };
}
