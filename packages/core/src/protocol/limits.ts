import type { Limits } from "./server-frame";

/**
 * The limits of a server that was given no others.
 *
 * @see docs/contracts/protocol.md
 */
export const defaultLimits: Limits = { maxFrameBytes: 65_536, maxSubscriptions: 64, maxOpsPerSecond: 100, maxOpsInFlight: 64 };
