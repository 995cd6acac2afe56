import { subprotocol } from "@onhand/core/protocol/client";

/** The events that carry the sync protocol, and the word by which a client asks for it when it connects. */
export const wireEvents = { frame: "onhand", close: "onhand:close", asked: { onhand: subprotocol } } as const;
