import { type CreateSupplier, checkCommand, isInventoryError } from "@onhand/core";
import { type Findings, refusalText } from "./problem";
import { given, readAttributes, readNumber } from "./product";
import type { FileRecord } from "./record";

/** The supplier a record describes. Undefined when it can't be one; the findings say why. */
export function readSupplier(record: FileRecord, findings: Findings): CreateSupplier | undefined {
  const id = record.text("supplierId");
  if (id === "") findings.error(record.columnOf("supplierId"), "there is no id");
  const supplier: CreateSupplier = {
    id,
    name: record.text("supplierName") || id,
    ...given("contact", record.text("contact")),
    ...given("email", record.text("email")),
    ...given("phone", record.text("phone")),
    ...given("address", record.text("address")),
    ...given("currency", record.text("currency")),
    ...given("leadTimeDays", readNumber(record, "leadTimeDays", {}, findings)),
    ...given("attributes", readAttributes(record, findings)),
  };
  if (findings.failed) return undefined;
  try {
    checkCommand("suppliers.create", supplier as unknown as Readonly<Record<string, unknown>>);
    return supplier;
  } catch (error) {
    if (!isInventoryError(error, "INVALID_INPUT")) throw error;
    findings.error(undefined, refusalText(error));
    return undefined;
  }
}
