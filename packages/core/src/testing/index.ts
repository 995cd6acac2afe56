export { allOf, checkLedger, type LedgerChecks } from "./check-ledger";
export { type DescribeStorageOptions, describeStorage } from "./describe-storage";
export { addExamples, exampleProducts, exampleStores } from "./fixtures";
export { days, type ManualClock, manualClock, minutes } from "./manual-clock";
export { type SeededRandom, seededRandom } from "./random";
export type { CreateStorage, HostTransaction, StorageCase, StorageContext, StorageHandle, StorageTrait } from "./storage/handle";
export { runStorageCase } from "./storage/run-case";
export { storageCases, storageCasesFor } from "./storage/storage-cases";
