import type { Write } from "../shared/rows";
import { commandsOf, type Slice, type SliceEvent } from "../shared/slice";
import * as commands from "./decide";
import { type ProductRow, productEntity, products, type StoreRow, storeEntity, stores, toProduct, toStore } from "./tables";

export const catalog: Slice = {
  name: "catalog",
  commands: commandsOf(commands),
  tables: [products, stores],
  entities: [productEntity, storeEntity],
  events: (writes) => writes.flatMap(catalogEvent),
};

function catalogEvent({ table, row }: Write): SliceEvent[] {
  if (table === products.name) {
    const product = row as ProductRow;
    return [{ type: `product.${happened(product)}`, event: { seq: row.seq, product: toProduct(product) } as SliceEvent["event"] }];
  }
  if (table === stores.name) {
    const store = row as StoreRow;
    return [{ type: `store.${happened(store)}`, event: { seq: row.seq, store: toStore(store) } as SliceEvent["event"] }];
  }
  return [];
}

const happened = (row: ProductRow | StoreRow): "created" | "updated" | "archived" =>
  row.archived ? "archived" : row.createdSeq === row.seq ? "created" : "updated";
