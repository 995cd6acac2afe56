export type { HintCarrier } from "./hint-carrier";
export { type RedisHintsOptions, type RedisPublisher, type RedisSubscriber, redisHints } from "./redis-hints";
export { withHints } from "./with-hints";
