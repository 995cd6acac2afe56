import { refuse } from "../../errors";
import { products } from "../catalog/tables";
import { tooFine } from "../shared/invalid";
import { changed } from "../shared/patch";
import { toScaled } from "../shared/quantity";
import { skuKeyOf } from "../shared/sku-key";
import type { CommandDefinition, Decision, Need, View } from "../shared/slice";
import {
  type ParsedArchiveSupplier,
  type ParsedCreateSupplier,
  type ParsedRemoveTerms,
  type ParsedSetTerms,
  type ParsedUpdateSupplier,
  parse,
} from "./commands";
import { otherCurrency } from "./currency";
import {
  type Supplier,
  type SupplierRow,
  type SupplierTerms,
  type SupplierTermsRow,
  standing,
  suppliers,
  supplierTerms,
  toSupplier,
  toSupplierTerms,
} from "./tables";

type SupplierResult = { readonly supplier: Supplier };
type TermsResult = { readonly terms: SupplierTerms };

const needsSupplier = (input: { readonly id: string }): readonly Need[] => [{ table: suppliers, key: [input.id] }];

const wroteSupplier = (row: SupplierRow): Decision<SupplierResult> => ({
  writes: [{ table: suppliers.name, row }],
  result: { supplier: toSupplier(row) },
});
const wroteTerms = (row: SupplierTermsRow): Decision<TermsResult> => ({
  writes: [{ table: supplierTerms.name, row }],
  result: { terms: toSupplierTerms(row) },
});

export const createSupplier: CommandDefinition<ParsedCreateSupplier, SupplierResult> = {
  name: "suppliers.create",
  parse: parse.createSupplier,
  refusals: ["ALREADY_EXISTS"],
  needs: needsSupplier,
  decide(view, input, { now, seq }) {
    if (view.get(suppliers, [input.id])) return { refusal: refuse("ALREADY_EXISTS", { entity: "supplier", key: input.id }) };
    return wroteSupplier({
      seq,
      id: input.id,
      name: input.name,
      contact: input.contact ?? null,
      email: input.email ?? null,
      phone: input.phone ?? null,
      address: input.address ?? null,
      currency: input.currency ?? null,
      leadTimeDays: input.leadTimeDays ?? null,
      attributes: input.attributes,
      archived: false,
      change: "created",
      createdAt: now,
      updatedAt: now,
    });
  },
};

export const updateSupplier: CommandDefinition<ParsedUpdateSupplier, SupplierResult> = {
  name: "suppliers.update",
  parse: parse.updateSupplier,
  refusals: ["UNKNOWN_SUPPLIER"],
  needs: needsSupplier,
  decide: (view, input, { now, seq }) =>
    existingSupplier(view, input, (before) =>
      wroteSupplier({
        ...before,
        seq,
        updatedAt: now,
        change: "updated",
        name: input.name ?? before.name,
        contact: changed(input.contact, before.contact),
        email: changed(input.email, before.email),
        phone: changed(input.phone, before.phone),
        address: changed(input.address, before.address),
        currency: changed(input.currency, before.currency),
        leadTimeDays: changed(input.leadTimeDays, before.leadTimeDays),
        attributes: input.attributes ?? before.attributes,
        archived: input.archived ?? before.archived,
      }),
    ),
};

/** What was ordered there may still be received. */
export const archiveSupplier: CommandDefinition<ParsedArchiveSupplier, SupplierResult> = {
  name: "suppliers.archive",
  parse: parse.archiveSupplier,
  refusals: ["UNKNOWN_SUPPLIER", "INVALID_STATE"],
  needs: needsSupplier,
  decide: (view, input, { now, seq }) =>
    existingSupplier(view, input, (before) =>
      before.archived
        ? { refusal: refuse("INVALID_STATE", { entity: "supplier", key: before.id, state: "archived" }) }
        : wroteSupplier({ ...before, seq, updatedAt: now, change: "archived", archived: true }),
    ),
};

export const setTerms: CommandDefinition<ParsedSetTerms, TermsResult> = {
  name: "suppliers.setTerms",
  parse: parse.setTerms,
  refusals: ["UNKNOWN_SUPPLIER", "UNKNOWN_PRODUCT", "INVALID_INPUT"],
  needs: (input, view) => termsNeeds(input, view),
  decide(view, input, { now, seq }) {
    const supplier = view.get(suppliers, [input.supplierId]);
    if (!supplier) return { refusal: refuse("UNKNOWN_SUPPLIER", { supplierId: input.supplierId }) };
    const product = view.get(products, [skuKeyOf(input.sku)]);
    if (!product) return { refusal: refuse("UNKNOWN_PRODUCT", { sku: input.sku }) };
    const { sku, decimals } = product;
    const foreign = otherCurrency(supplier.currency, input.unitCost);
    if (foreign) return { refusal: foreign };
    const minimum = input.minimum === undefined ? null : toScaled(input.minimum, decimals);
    if (minimum === undefined) return { refusal: tooFine("minimum", decimals) };
    const multiple = input.multiple === undefined ? null : toScaled(input.multiple, decimals);
    if (multiple === undefined) return { refusal: tooFine("multiple", decimals) };
    return wroteTerms({
      seq,
      supplierId: supplier.id,
      sku,
      supplierSku: input.supplierSku ?? null,
      unitCostAmount: input.unitCost?.amount ?? null,
      unitCostCurrency: input.unitCost?.currency ?? null,
      minimum,
      multiple,
      decimals,
      leadTimeDays: input.leadTimeDays ?? null,
      removed: false,
      updatedAt: now,
    });
  },
};

export const removeTerms: CommandDefinition<ParsedRemoveTerms, TermsResult> = {
  name: "suppliers.removeTerms",
  parse: parse.removeTerms,
  refusals: ["UNKNOWN_SUPPLIER_TERMS"],
  needs: (input, view) => termsNeeds(input, view),
  decide(view, input, { now, seq }) {
    const sku = view.get(products, [skuKeyOf(input.sku)])?.sku ?? input.sku;
    const before = standing(view.get(supplierTerms, [input.supplierId, sku]));
    if (!before) return { refusal: refuse("UNKNOWN_SUPPLIER_TERMS", { supplierId: input.supplierId, sku: input.sku }) };
    return wroteTerms({ ...before, seq, updatedAt: now, removed: true });
  },
};

function termsNeeds({ supplierId, sku }: { readonly supplierId: string; readonly sku: string }, view: View): readonly Need[] {
  const productKey = [skuKeyOf(sku)];
  return [
    { table: suppliers, key: [supplierId] },
    { table: products, key: productKey },
    { table: supplierTerms, key: [supplierId, view.get(products, productKey)?.sku ?? sku] },
  ];
}

function existingSupplier(
  view: View,
  { id }: { readonly id: string },
  then: (row: SupplierRow) => Decision<SupplierResult>,
): Decision<SupplierResult> {
  const row = view.get(suppliers, [id]);
  return row ? then(row) : { refusal: refuse("UNKNOWN_SUPPLIER", { supplierId: id }) };
}
