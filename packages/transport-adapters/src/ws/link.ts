import type { WebSocket } from "ws";
import type { Link } from "../shared/link";

const asText = { binary: false, compress: false } as const;

/** A WebSocket as the hub sees it. */
export function linkOf(ws: WebSocket): Link {
  return {
    send: (frame, onWritten) => ws.send(frame, asText, onWritten),
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
  };
}
