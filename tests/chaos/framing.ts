/** Which way bytes go. */
export type Direction = "toServer" | "toClient";

/** What a link speaks; `bytes` has no messages of its own, so each piece that arrives counts as one. */
export type Protocol = "postgres" | "mysql" | "bytes";

/** One whole message. */
export interface Message {
  readonly bytes: Buffer;
  /** What it is: PostgreSQL's type letter (`startup`, `ssl` where it has none), the command of a MySQL packet by its number, else empty. */
  readonly kind: string;
}

/** Cuts the two streams of one connection into messages. */
export interface Framing {
  /** The messages that are whole now that these bytes have come. */
  push(direction: Direction, bytes: Buffer): readonly Message[];
}

type NextMessage = (direction: Direction, buffered: Buffer) => { readonly length: number; readonly kind: string } | undefined;

/** A framing for a new connection. */
export function createFraming(protocol: Protocol): Framing {
  const next = protocols[protocol]();
  const buffered: Record<Direction, Buffer> = { toServer: Buffer.alloc(0), toClient: Buffer.alloc(0) };
  return {
    push(direction, bytes) {
      buffered[direction] = Buffer.concat([buffered[direction], bytes]);
      const messages: Message[] = [];
      for (;;) {
        const found = next(direction, buffered[direction]);
        if (!found || found.length > buffered[direction].length) return messages;
        messages.push({ bytes: buffered[direction].subarray(0, found.length), kind: found.kind });
        buffered[direction] = buffered[direction].subarray(found.length);
      }
    },
  };
}

const protocols: Readonly<Record<Protocol, () => NextMessage>> = { postgres, mysql, bytes };

/** @see https://www.postgresql.org/docs/current/protocol-message-formats.html */
function postgres(): NextMessage {
  // The first messages of a client have a length and no type; to a request for encryption the server answers one bare byte.
  let starting = true;
  let askedForTls = false;
  const [tlsRequest, gssRequest] = [80877103, 80877104];

  function fromClient(buffered: Buffer) {
    if (!starting) return typed(buffered);
    if (buffered.length < 8) return undefined;
    const length = buffered.readInt32BE(0);
    if (length > buffered.length) return undefined;
    askedForTls = [tlsRequest, gssRequest].includes(buffered.readInt32BE(4));
    starting = askedForTls;
    return { length, kind: askedForTls ? "ssl" : "startup" };
  }

  function fromServer(buffered: Buffer) {
    if (!askedForTls || buffered.length === 0) return typed(buffered);
    askedForTls = false;
    if (buffered[0] === 0x53) throw new Error("this link would be encrypted, so nobody can tell its messages: connect without TLS");
    return { length: 1, kind: "ssl" };
  }

  return (direction, buffered) => (direction === "toServer" ? fromClient(buffered) : fromServer(buffered));
}

const typed = (buffered: Buffer) =>
  buffered.length < 5 ? undefined : { length: 1 + buffered.readInt32BE(1), kind: String.fromCharCode(buffered[0] as number) };

/** @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html */
function mysql(): NextMessage {
  const header = 4;
  return (direction, buffered) => {
    if (buffered.length < header + 1)
      return buffered.length === header && buffered.readUIntLE(0, 3) === 0 ? { length: header, kind: "" } : undefined;
    // A command begins a conversation, numbered 0; what follows it is no command.
    const command = direction === "toServer" && buffered[3] === 0 ? String(buffered[header]) : "";
    return { length: header + buffered.readUIntLE(0, 3), kind: command };
  };
}

function bytes(): NextMessage {
  return (_direction, buffered) => (buffered.length === 0 ? undefined : { length: buffered.length, kind: "" });
}
