import type { ServerResponse } from "node:http";
import type { Link } from "../shared/link";
import { names } from "./names";

/** One event, as it goes over the wire. JSON has no line ends in it, so the data are one line. */
export const eventText = (event: string | undefined, data: string, id?: string): string =>
  `${event === undefined ? "" : `event: ${event}\n`}${id === undefined ? "" : `id: ${id}\n`}data: ${data}\n\n`;

// A frame goes to many readers; it is wrapped once.
const wrapped = new WeakMap<Uint8Array, Uint8Array>();
const before = Buffer.from("data: ");
const after = Buffer.from("\n\n");

function wrap(frame: Uint8Array): Uint8Array {
  const known = wrapped.get(frame);
  if (known) return known;
  const event = Buffer.concat([before, frame, after]);
  wrapped.set(frame, event);
  return event;
}

/** A response that streams frames, as the hub sees it. */
export function linkOf(response: ServerResponse): Link {
  return {
    send: (frame, onWritten) => void response.write(wrap(frame), onWritten),
    close: (code, reason) => void response.end(eventText(names.closed, JSON.stringify({ code, reason }))),
    terminate: () => void response.destroy(),
  };
}
