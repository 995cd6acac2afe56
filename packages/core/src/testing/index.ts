export { allOf, checkLedger, type LedgerChecks } from "./check-ledger";
export { type DescribeStorageOptions, describeStorage } from "./describe-storage";
export { type DescribeTransportOptions, describeTransport } from "./describe-transport";
export { addExamples, exampleProducts, exampleStores } from "./fixtures";
export { days, type ManualClock, manualClock, minutes } from "./manual-clock";
export { type ManualTime, manualTime } from "./manual-time";
export { type SeededRandom, seededRandom } from "./random";
export type { CreateStorage, HostTransaction, StorageCase, StorageContext, StorageHandle, StorageTrait } from "./storage/handle";
export { runStorageCase } from "./storage/run-case";
export { storageCases, storageCasesFor } from "./storage/storage-cases";
export type {
  CreateTransport,
  TransportCase,
  TransportContext,
  TransportHandle,
  TransportLimits,
  TransportServer,
  TransportServerOptions,
} from "./transport/handle";
export { createReplica, type Replica, type ReplicaOptions } from "./transport/replica";
export { type Patience, runTransportCase } from "./transport/run-case";
export { transportCases } from "./transport/transport-cases";
