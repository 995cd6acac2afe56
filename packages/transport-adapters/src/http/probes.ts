import { type Inventory, InventoryError } from "@onhand/core";
import type { Timers } from "../shared/timers";
import { withinDeadline } from "./deadline";

/** What load balancers and supervisors ask, without proving who they are. */
export interface Probes {
  /** Whether the process answers. It asks nothing of the storage: a database that is down is no reason to start this process anew. */
  health(): { readonly status: "ok" };
  /**
   * Whether the storage answers and the queue has room.
   *
   * @throws {@link InventoryError} `QUEUE_FULL`, or what the storage says.
   */
  ready(): Promise<{ readonly status: "ready" }>;
}

export function createProbes({ inventory, timers, timeoutMs }: { inventory: Inventory; timers: Timers; timeoutMs: number }): Probes {
  return {
    health: () => ({ status: "ok" }),
    async ready() {
      const { waiting, maximumWaiting } = inventory.load;
      if (waiting >= maximumWaiting) throw new InventoryError("QUEUE_FULL", { limit: maximumWaiting });
      await withinDeadline(timers, timeoutMs, () => inventory.feed.head());
      return { status: "ready" };
    },
  };
}
