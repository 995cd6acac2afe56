export { type ClientFrame, clientFrameSchema, filterSchema, type Limits, protocolVersion, type ServerFrame, subprotocol } from "./frames";
export type { ClientTransport, TransportConnection, TransportEvents } from "./transport";
