import type { Write } from "../shared/rows";
import { commandsOf, type Slice, type SliceEvent } from "../shared/slice";
import * as commands from "./decide";
import {
  expectedOf,
  openStatuses,
  orderedProducts,
  orderReceipts,
  type PurchaseOrderRow,
  purchaseOrderEntity,
  purchaseOrders,
  toPurchaseOrder,
} from "./tables";

export const purchasing: Slice = {
  name: "purchasing",
  commands: commandsOf(commands),
  tables: [purchaseOrders, orderedProducts, orderReceipts],
  entities: [purchaseOrderEntity],
  events: (writes) => writes.flatMap(orderEvent),
  incoming: {
    table: purchaseOrders,
    open: { column: "status", in: openStatuses },
    expected: (row) => expectedOf(row as PurchaseOrderRow),
  },
};

function orderEvent({ table, row }: Write): SliceEvent[] {
  if (table !== purchaseOrders.name) return [];
  const order = row as PurchaseOrderRow;
  return [
    {
      type: `purchaseOrder.${order.change}`,
      event: { seq: row.seq, purchaseOrder: toPurchaseOrder(order) } as SliceEvent["event"],
    },
  ];
}
