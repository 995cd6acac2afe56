export { skuKeyOf } from "../domain/shared/schemas";
export { encodeFrame } from "./encode-frame";
export { type ChangeSubject, canonicalFilter, changeMatcher, changeSubject } from "./filter";
export { type ClientFrame, clientFrameSchema, filterSchema, type Limits, protocolVersion, type ServerFrame, subprotocol } from "./frames";
export { defaultLimits } from "./limits";
export { parseClientFrame } from "./parse-client-frame";
export { parseServerFrame } from "./parse-server-frame";
export type { ClientTransport, TransportConnection, TransportEvents } from "./transport";
