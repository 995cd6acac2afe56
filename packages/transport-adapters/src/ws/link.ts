import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import type { Link } from "../shared/link";

/**
 * A WebSocket as the hub sees it. What a server sends is the same bytes for every client, so a frame is put together once and written
 * to all their sockets; nothing here is compressed, which would part what `ws` itself has sent from what is written beside it.
 */
export function linkOf(ws: WebSocket, socket: Duplex): Link {
  return {
    send(payload, onWritten) {
      if (ws.readyState === WebSocket.OPEN) socket.write(framed(payload), onWritten);
      else onWritten();
    },
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
  };
}

// A change goes to all its readers one after the other.
let last: { readonly payload: Uint8Array; readonly frame: Buffer } | undefined;

function framed(payload: Uint8Array): Buffer {
  if (last?.payload !== payload) last = { payload, frame: textFrame(payload) };
  return last.frame;
}

const finalText = 0x81;
const twoBytesFollow = 126;
const eightBytesFollow = 127;

/** A whole text message in one frame, not masked (RFC 6455, 5.2). */
function textFrame(payload: Uint8Array): Buffer {
  const { length } = payload;
  const header = length < twoBytesFollow ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = finalText;
  frame[1] = header === 2 ? length : header === 4 ? twoBytesFollow : eightBytesFollow;
  if (header === 4) frame.writeUInt16BE(length, 2);
  if (header === 10) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.set(payload, header);
  return frame;
}
