import { fromScaled } from "../shared/quantity";
import type { Json, Row } from "../shared/rows";
import type { Money } from "../shared/schemas";
import { defineTable, type EntityDefinition } from "../shared/slice";

/** Somebody who sells to us. */
export interface Supplier {
  /** As the host names it; a product's `supplierId` refers to it. */
  readonly id: string;
  readonly name: string;
  /** Whom to ask for. */
  readonly contact?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly address?: string;
  /** The ISO 4217 code of what is ordered there. */
  readonly currency?: string;
  /** Days from an order until the goods are on the shelf. */
  readonly leadTimeDays?: number;
  readonly attributes: { readonly [key: string]: Json };
  readonly archived: boolean;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
  /** The command that last changed it. */
  readonly seq: number;
}

/** How a supplier has a product. Quantities are in the product's unit. */
export interface SupplierTerms {
  readonly supplierId: string;
  readonly sku: string;
  /** What the supplier calls it. */
  readonly supplierSku?: string;
  /** What one of it costs there. */
  readonly unitCost?: Money;
  /** The least that can be ordered. */
  readonly minimum?: number;
  /** What an order is a multiple of, such as a case of 12. */
  readonly multiple?: number;
  /** Instead of the supplier's own. */
  readonly leadTimeDays?: number;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
  /** The command that last changed it. */
  readonly seq: number;
}

/** What last happened to a supplier. */
export type SupplierChange = "created" | "updated" | "archived";

export interface SupplierRow extends Row {
  readonly id: string;
  readonly name: string;
  readonly contact: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: string | null;
  readonly currency: string | null;
  readonly leadTimeDays: number | null;
  readonly attributes: { readonly [key: string]: Json };
  readonly archived: boolean;
  readonly change: SupplierChange;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const suppliers = defineTable<SupplierRow>({
  name: "suppliers",
  kind: "state",
  key: ["id"],
  columns: {
    id: { type: "text" },
    name: { type: "text" },
    contact: { type: "text", nullable: true },
    email: { type: "text", nullable: true },
    phone: { type: "text", nullable: true },
    address: { type: "text", nullable: true },
    currency: { type: "text", nullable: true },
    leadTimeDays: { type: "integer", nullable: true },
    attributes: { type: "json" },
    archived: { type: "boolean" },
    change: { type: "text" },
    createdAt: { type: "timestamp" },
    updatedAt: { type: "timestamp" },
  },
  indexes: [],
});

export interface SupplierTermsRow extends Row {
  readonly supplierId: string;
  readonly sku: string;
  readonly supplierSku: string | null;
  readonly unitCostAmount: number | null;
  readonly unitCostCurrency: string | null;
  readonly minimum: number | null;
  readonly multiple: number | null;
  readonly decimals: number;
  readonly leadTimeDays: number | null;
  readonly removed: boolean;
  readonly updatedAt: number;
}

export const supplierTerms = defineTable<SupplierTermsRow>({
  name: "supplier_terms",
  kind: "state",
  key: ["supplierId", "sku"],
  columns: {
    supplierId: { type: "text" },
    sku: { type: "text" },
    supplierSku: { type: "text", nullable: true },
    unitCostAmount: { type: "integer", nullable: true },
    unitCostCurrency: { type: "text", nullable: true },
    minimum: { type: "integer", nullable: true, scaledBy: "decimals" },
    multiple: { type: "integer", nullable: true, scaledBy: "decimals" },
    decimals: { type: "integer" },
    leadTimeDays: { type: "integer", nullable: true },
    removed: { type: "boolean" },
    updatedAt: { type: "timestamp" },
  },
  indexes: [["sku"]],
});

/** The terms that count: none once they were taken away. */
export const standing = (row: SupplierTermsRow | undefined): SupplierTermsRow | undefined => (row?.removed ? undefined : row);

export const unitCostOf = (row: { readonly unitCostAmount: number | null; readonly unitCostCurrency: string | null }): Money | undefined =>
  row.unitCostAmount !== null && row.unitCostCurrency !== null ? { amount: row.unitCostAmount, currency: row.unitCostCurrency } : undefined;

export const toSupplier = (row: SupplierRow): Supplier => ({
  id: row.id,
  name: row.name,
  ...(row.contact !== null && { contact: row.contact }),
  ...(row.email !== null && { email: row.email }),
  ...(row.phone !== null && { phone: row.phone }),
  ...(row.address !== null && { address: row.address }),
  ...(row.currency !== null && { currency: row.currency }),
  ...(row.leadTimeDays !== null && { leadTimeDays: row.leadTimeDays }),
  attributes: structuredClone(row.attributes),
  archived: row.archived,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  seq: row.seq,
});

export function toSupplierTerms(row: SupplierTermsRow): SupplierTerms {
  const unitCost = unitCostOf(row);
  return {
    supplierId: row.supplierId,
    sku: row.sku,
    ...(row.supplierSku !== null && { supplierSku: row.supplierSku }),
    ...(unitCost && { unitCost }),
    ...(row.minimum !== null && { minimum: fromScaled(row.minimum, row.decimals) }),
    ...(row.multiple !== null && { multiple: fromScaled(row.multiple, row.decimals) }),
    ...(row.leadTimeDays !== null && { leadTimeDays: row.leadTimeDays }),
    updatedAt: row.updatedAt,
    seq: row.seq,
  };
}

export const supplierEntity: EntityDefinition = {
  table: suppliers,
  entity: "supplier",
  key: (row) => (row as SupplierRow).id,
  value: (row) => toSupplier(row as SupplierRow),
};
