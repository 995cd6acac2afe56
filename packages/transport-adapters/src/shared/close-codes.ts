/** Why a link ended. From 4000 a client comes back by itself, from 4500 it does not: something must change first. */
export const closeCodes = {
  /** The server shuts down or its storage can't be reached. */
  unavailable: 4001,
  /** The token ran out; come back with a fresh one. */
  expired: 4002,
  /** The client took too long to take what was sent. */
  slow: 4008,
  /** A heartbeat was not answered. */
  silent: 4009,
  /** Too many frames, or too many links. */
  limited: 4029,
  /** A newer link of the same session took over. */
  replaced: 4500,
  unauthenticated: 4501,
  /** A frame that this protocol does not have. */
  malformed: 4502,
  mismatch: 4526,
} as const;

/** The name of a close code. */
export type CloseReason = keyof typeof closeCodes;
