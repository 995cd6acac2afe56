import { describeStorage } from "@onhand/core/testing";
import { memoryStorage } from "./memory-storage";

describeStorage("memory", {
  create() {
    const storage = memoryStorage();
    return { storage, peer: async () => storage, destroy: () => storage.close() };
  },
  capabilities: { durability: "none", shared: true, hostTransactions: false, settlesUnknownOutcomes: false },
});
