import * as z from "zod";
import { parser } from "../shared/parse";
import { attributes, commandFields, currency, label, name, note, price, quantity, sku } from "../shared/schemas";

/** The longest a supplier may take. */
const maximumLeadTimeDays = 365;

const leadTimeDays = z.int().min(0).max(maximumLeadTimeDays);
const email = z.email("must be an e-mail address").max(254);

const createSupplier = z.strictObject({
  id: label,
  name,
  contact: label.optional(),
  email: email.optional(),
  phone: label.optional(),
  address: note.optional(),
  currency: currency.optional(),
  leadTimeDays: leadTimeDays.optional(),
  attributes: attributes.default({}),
  ...commandFields,
});

const updateSupplier = z.strictObject({
  id: label,
  name: name.optional(),
  contact: label.nullable().optional(),
  email: email.nullable().optional(),
  phone: label.nullable().optional(),
  address: note.nullable().optional(),
  currency: currency.nullable().optional(),
  leadTimeDays: leadTimeDays.nullable().optional(),
  attributes: attributes.optional(),
  /** Takes a supplier out of the archive. */
  archived: z.literal(false).optional(),
  ...commandFields,
});
const archiveSupplier = z.strictObject({ id: label, ...commandFields });

const termsKey = { supplierId: label, sku };
const setTerms = z.strictObject({
  ...termsKey,
  supplierSku: label.optional(),
  unitCost: price.optional(),
  minimum: quantity.optional(),
  multiple: quantity.optional(),
  leadTimeDays: leadTimeDays.optional(),
  ...commandFields,
});
const removeTerms = z.strictObject({ ...termsKey, ...commandFields });

export const parse = {
  createSupplier: parser(createSupplier),
  updateSupplier: parser(updateSupplier),
  archiveSupplier: parser(archiveSupplier),
  setTerms: parser(setTerms),
  removeTerms: parser(removeTerms),
};

/** A new supplier. Only `id` and `name` are required. */
export type CreateSupplier = z.input<typeof createSupplier>;
/** Changes to the supplier with this id. Absent fields stay; null clears an optional one. */
export type UpdateSupplier = z.input<typeof updateSupplier>;
/** How a supplier has a product. */
export type SetSupplierTerms = z.input<typeof setTerms>;
/** Names the terms of a supplier for a product. */
export type SupplierTermsKey = Pick<z.input<typeof removeTerms>, "supplierId" | "sku">;

export type ParsedCreateSupplier = z.output<typeof createSupplier>;
export type ParsedUpdateSupplier = z.output<typeof updateSupplier>;
export type ParsedArchiveSupplier = z.output<typeof archiveSupplier>;
export type ParsedSetTerms = z.output<typeof setTerms>;
export type ParsedRemoveTerms = z.output<typeof removeTerms>;
