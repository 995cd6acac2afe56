import { type CreatePurchaseOrder, checkCommand, isInventoryError, type Reference } from "@onhand/core";
import type { Preset } from "../presets/preset";
import { type Reading, readMoney } from "./money";
import { type Findings, refusalText } from "./problem";
import { given, readNumber } from "./product";
import type { FileRecord } from "./record";

/** What stands above the lines of an order, with supplier and store as the file calls them. */
export type OrderHead = Omit<CreatePurchaseOrder, "lines" | "reference"> & { readonly reference: Reference };

/** A line of an order, with the product as the file calls it. */
export interface OrderLine {
  readonly reference: Reference;
  readonly line: CreatePurchaseOrder["lines"][number];
}

/** The order a record describes. Undefined when it can't be one; the findings say why. */
export function readOrder(record: FileRecord, preset: Preset, findings: Findings): OrderHead | undefined {
  const reference = readReference(record, preset, findings);
  const head = {
    supplierId: record.text("supplierId"),
    storeId: record.text("storeId"),
    ...given("expectedAt", readDay(record, findings)),
    ...given("note", record.text("note")),
  };
  if (!reference || findings.failed) return undefined;
  return isFine("purchaseOrders.create", { ...head, reference, lines: [] }, findings) ? { ...head, reference } : undefined;
}

/** The line a record describes. Undefined when it can't be one; the findings say why. */
export function readOrderLine(record: FileRecord, preset: Preset, reading: Reading, findings: Findings): OrderLine | undefined {
  const reference = readReference(record, preset, findings);
  const quantity = readNumber(record, "quantity", reading, findings);
  if (quantity === undefined && !findings.failed) findings.error(record.columnOf("quantity"), "is missing");
  const unitCost = readMoney(record, "unitCost", "unitCostCurrency", reading, findings);
  if (!reference || quantity === undefined || findings.failed) return undefined;
  const line = { sku: record.text("sku"), quantity, ...given("unitCost", unitCost) };
  return isFine("purchaseOrders.update", { id: "", lines: [line] }, findings) ? { reference, line } : undefined;
}

function readReference(record: FileRecord, { orderReference }: Preset, findings: Findings): Reference | undefined {
  const type = record.text("referenceType") || orderReference;
  const id = record.text("referenceId");
  if (id !== "" && type !== undefined) return { type, id };
  findings.error(record.columnOf("referenceId"), "the order has no reference to find it by");
  return undefined;
}

/** A day, which begins in UTC, or a time with its offset. */
function readDay(record: FileRecord, findings: Findings): number | undefined {
  const text = record.text("expectedAt");
  if (text === "") return undefined;
  const time = Date.parse(text);
  if (!Number.isNaN(time) && /^\d{4}-\d\d-\d\d(?:$|T.*(?:Z|[+-]\d\d:?\d\d)$)/.test(text)) return time;
  findings.error(record.columnOf("expectedAt"), `${JSON.stringify(text.slice(0, 40))} is no day; write 2026-03-01`);
  return undefined;
}

function isFine(command: string, input: Readonly<Record<string, unknown>>, findings: Findings): boolean {
  try {
    checkCommand(command, input);
    return true;
  } catch (error) {
    if (!isInventoryError(error, "INVALID_INPUT")) throw error;
    findings.error(undefined, refusalText(error));
    return false;
  }
}
