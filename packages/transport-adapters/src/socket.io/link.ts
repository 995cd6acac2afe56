import type { Socket } from "socket.io";
import type { Link } from "../shared/link";
import { wireEvents } from "./events";

/** Writes events to sockets, telling when their bytes have left. */
export interface EventWriter {
  write(socket: Socket, event: readonly [name: string, payload: unknown], onWritten: () => void): void;
  /** One frame for many readers: it is encoded once. */
  writeFrame(socket: Socket, frame: Uint8Array, onWritten: () => void): void;
}

type Encoded = readonly (string | Uint8Array)[];

const eventPacket = 2;
const utf8 = new TextDecoder();

/**
 * `socket.emit` does not tell when a packet has left, and its buffer has no bound. So packets are encoded with the
 * server's own parser, whichever it is, and written one layer below, as Socket.IO's adapters do.
 */
export function createEventWriter(namespace: string): EventWriter {
  const frames = new WeakMap<Uint8Array, Encoded>();

  const encode = (socket: Socket, event: readonly [string, unknown]): Encoded =>
    socket.nsp.server.encoder.encode({ type: eventPacket, nsp: namespace, data: [...event] });

  function writeEncoded({ conn }: Socket, packets: Encoded, onWritten: () => void): void {
    const last = packets.length - 1;
    for (const [index, packet] of packets.entries()) {
      conn.write(packet as never, { compress: false }, index === last ? onWritten : undefined);
    }
  }

  return {
    write: (socket, event, onWritten) => writeEncoded(socket, encode(socket, event), onWritten),
    writeFrame(socket, frame, onWritten) {
      let packets = frames.get(frame);
      if (!packets) {
        packets = encode(socket, [wireEvents.frame, utf8.decode(frame)]);
        frames.set(frame, packets);
      }
      writeEncoded(socket, packets, onWritten);
    },
  };
}

/** A Socket.IO socket as the hub sees it. */
export function linkOf(socket: Socket, writer: EventWriter): Link {
  return {
    send: (frame, onWritten) => writer.writeFrame(socket, frame, onWritten),
    close(code, reason) {
      writer.write(socket, [wireEvents.close, { code, reason }], () => undefined);
      socket.disconnect(true);
    },
    terminate: () => socket.conn.close(true),
  };
}
