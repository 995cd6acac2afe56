import type { CloseReason } from "./close-codes";

/** One client's end of a transport, as the hub sees it: something that takes frames in order and can be cut. */
export interface Link {
  /** Takes one frame, JSON text as UTF-8. `onWritten` is called once the bytes have left this process, or never will. */
  send(frame: Uint8Array, onWritten: () => void): void;
  /** Says goodbye in the transport's own way, after the frames already sent. */
  close(code: number, reason: string): void;
  /** Ends the link at once, since nobody listens at its other end. */
  terminate(): void;
}

/** What a transport tells the hub about a link. */
export interface LinkEvents {
  /** A frame arrived. */
  receive(frame: string | Uint8Array): void;
  /** The client broke a rule of the transport: it is told, then the link is closed. */
  refuse(reason: CloseReason, details?: Readonly<Record<string, unknown>>): void;
  /** The link is gone. */
  closed(): void;
}
