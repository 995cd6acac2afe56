/** The half of the protocol that runs in browsers: nothing here brings a schema library along. */

export { levelKey } from "../domain/shared/level-key";
export { skuKeyOf } from "../domain/shared/sku-key";
export { InventoryError, isInventoryError } from "../errors";
export type { ClientFrame } from "./client-frame";
export { encodeFrame } from "./encode-frame";
export { canonicalFilter, changeMatcher, changeSubject } from "./filter";
export { parseServerFrame } from "./parse-server-frame";
export type { Limits, ServerFrame } from "./server-frame";
export type { ClientTransport, TransportConnection, TransportEvents } from "./transport";
export { protocolVersion, subprotocol } from "./version";
