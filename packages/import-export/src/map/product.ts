import { type CreateProduct, checkCommand, isInventoryError } from "@onhand/core";
import { barcodeWarning } from "./barcode";
import { parseNumber } from "./cells";
import { type Reading, readMoney } from "./money";
import { type Findings, refusalText } from "./problem";
import type { FileRecord } from "./record";

/** The product a record describes, with only the fields it fills in. Undefined when it can't be one; the findings say why. */
export function readProduct(record: FileRecord, reading: Reading, findings: Findings): CreateProduct | undefined {
  const sku = record.text("sku");
  if (sku === "") findings.error(record.columnOf("sku"), "there is no SKU");
  if (record.isCode("sku")) findings.warn("SKU_MADE_UP", record.columnOf("sku"), `there is no SKU, so it is called ${sku}`);
  const barcode = readBarcode(record, findings);
  const product: CreateProduct = {
    sku,
    name: record.text("name") || sku,
    ...given("barcode", barcode),
    ...given("category", record.text("category")),
    ...given("supplierId", record.text("supplierId")),
    ...given("unit", record.text("unit")),
    ...given("decimals", readNumber(record, "decimals", reading, findings)),
    ...given("price", readMoney(record, "price", "priceCurrency", reading, findings)),
    ...given("cost", readMoney(record, "cost", "costCurrency", reading, findings)),
    ...given("backorderLimit", readNumber(record, "backorderLimit", reading, findings)),
    ...given("attributes", readAttributes(record, findings)),
  };
  if (findings.failed) return undefined;
  try {
    checkCommand("products.create", product as unknown as Readonly<Record<string, unknown>>);
    return product;
  } catch (error) {
    if (!isInventoryError(error, "INVALID_INPUT")) throw error;
    findings.error(undefined, refusalText(error));
    return undefined;
  }
}

/** What is not there leaves what an earlier import or a person said alone. */
export const given = <Name extends string, Value>(name: Name, value: Value | undefined | ""): { [N in Name]?: Value } =>
  (value === undefined || value === "" ? {} : { [name]: value }) as { [N in Name]?: Value };

function readBarcode(record: FileRecord, findings: Findings): string {
  const barcode = record.text("barcode");
  const warning = barcodeWarning(barcode);
  if (warning) findings.warn(warning.code, record.columnOf("barcode"), warning.message);
  return barcode;
}

export function readNumber(
  record: FileRecord,
  field: Parameters<FileRecord["text"]>[0],
  { decimal }: Reading,
  findings: Findings,
): number | undefined {
  const text = record.text(field);
  if (text === "") return undefined;
  const value = parseNumber(text, decimal);
  if (value === undefined) findings.error(record.columnOf(field), `${JSON.stringify(text.slice(0, 40))} is no number`);
  return value;
}

export function readAttributes(record: FileRecord, findings: Findings): CreateProduct["attributes"] {
  const named = record.attributes();
  const text = record.text("attributes");
  if (text === "") return Object.keys(named).length > 0 ? { ...named } : undefined;
  try {
    return { ...JSON.parse(text), ...named };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    findings.error(record.columnOf("attributes"), "is no JSON object");
    return undefined;
  }
}
