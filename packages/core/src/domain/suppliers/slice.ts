import type { Write } from "../shared/rows";
import { commandsOf, type Slice, type SliceEvent } from "../shared/slice";
import * as commands from "./decide";
import {
  type SupplierRow,
  type SupplierTermsRow,
  supplierEntity,
  supplierTerms,
  suppliers as table,
  toSupplier,
  toSupplierTerms,
} from "./tables";

export const suppliers: Slice = {
  name: "suppliers",
  commands: commandsOf(commands),
  tables: [table, supplierTerms],
  entities: [supplierEntity],
  events: (writes) => writes.flatMap(supplierEvent),
};

function supplierEvent({ table: name, row }: Write): SliceEvent[] {
  if (name === table.name) {
    const supplier = row as SupplierRow;
    return [{ type: `supplier.${supplier.change}`, event: { seq: row.seq, supplier: toSupplier(supplier) } as SliceEvent["event"] }];
  }
  if (name === supplierTerms.name) {
    const terms = row as SupplierTermsRow;
    const type = terms.removed ? "supplierTerms.removed" : "supplierTerms.set";
    return [{ type, event: { seq: row.seq, terms: toSupplierTerms(terms) } as SliceEvent["event"] }];
  }
  return [];
}
