/** The version of the protocol's frames. Sides that differ refuse each other with `PROTOCOL_MISMATCH`. */
export const protocolVersion = 1;

/** The WebSocket subprotocol of frames as JSON text. */
export const subprotocol = "onhand.v1.json";
