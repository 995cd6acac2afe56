import type { ClientFrame } from "./client-frame";
import type { ServerFrame } from "./server-frame";

/** What a transport tells its user. Nothing is called after `onClose`. */
export interface TransportEvents {
  /** The link stands: frames may be sent. */
  onOpen(): void;
  /** A frame came, in the order it was sent. */
  onFrame(frame: ServerFrame): void;
  /** The link is gone, or never came about. */
  onClose(why: {
    readonly reason: string;
    /** The close code of the link, where it has one (docs/contracts/protocol.md). */
    readonly code?: number;
  }): void;
}

/** One link to a server, from `connect` to `onClose`. */
export interface TransportConnection {
  /** Sends a frame; before `onOpen` and after `onClose` it is dropped, since the sync protocol settles what was lost. */
  send(frame: ClientFrame): void;
  /** Ends the link. `onClose` follows. */
  close(): void;
}

/** How a client reaches a server. It frames and carries; it decides nothing and retries nothing. */
export interface ClientTransport {
  /** Opens a link. Never throws: failure is `onClose`. */
  connect(events: TransportEvents): TransportConnection;
  /** The caller's token, fresh; undefined where the link authenticates by itself (a cookie at the upgrade). */
  token(): Promise<string | undefined>;
}
