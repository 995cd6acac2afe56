import { createHash } from "node:crypto";
import { type InputIssue, type Inventory, InventoryError, isInventoryError } from "@onhand/core";
import { parse } from "csv-parse/sync";

/** How a classic file is taken in. */
export interface ClassicImportOptions {
  /** Where the quantities were counted. Made, under this name, when there is no such store. */
  readonly storeId: string;
  /** Tells one file from another with the same content, such as two counts on two days. */
  readonly importId?: string;
}

/** What an import did. */
export interface ClassicImportReport {
  /** Data lines of the file. */
  readonly lines: number;
  readonly productsCreated: number;
  /** Lines whose quantity was applied by this call; repeating an import applies none. */
  readonly applied: number;
}

interface CountedLine {
  readonly line: number;
  readonly sku: string;
  readonly counted: number;
}

const batchLines = 500;

/**
 * Takes in a `ProductID,Quantity` file: missing products are created, and every level is brought to the quantity in
 * the file by a count, so the history says where it came from.
 *
 * Understands a byte order mark, commas, semicolons or tabs, any line ends, quoted fields, and headers such as
 * `Product ID` or `qty`. All lines are checked before anything is applied. Repeating a call with the same content applies
 * nothing twice.
 *
 * @param source - the file's content.
 * @throws InventoryError `INVALID_INPUT` with one issue per bad line, `path` being `line 17`.
 * @example
 * await importClassicCsv(inventory, "ProductID,Quantity\nP001,42\n", { storeId: "main" });
 */
export async function importClassicCsv(
  inventory: Pick<Inventory, "products" | "stores" | "stock">,
  source: string | Uint8Array,
  { storeId, importId = "" }: ClassicImportOptions,
): Promise<ClassicImportReport> {
  const text = typeof source === "string" ? source : new TextDecoder().decode(source);
  const lines = readLines(text.replace(/^\ufeff/, ""));
  const print = createHash("sha256")
    .update(JSON.stringify([storeId, importId, lines]))
    .digest("hex")
    .slice(0, 32);
  await ensure(inventory.stores.create({ id: storeId, name: storeId }));
  let productsCreated = 0;
  let applied = 0;
  for (let at = 0; at < lines.length; at += batchLines) {
    const counted = lines.slice(at, at + batchLines);
    const created = await Promise.all(counted.map(({ sku }) => ensure(inventory.products.create({ sku, name: sku }))));
    productsCreated += created.filter((isNew) => isNew).length;
    const batch = counted.map(({ sku, counted }) => ({ type: "count" as const, sku, storeId, counted }));
    const { replayed } = await inventory.stock.apply(batch, { idempotencyKey: `classic-csv:${print}:${at}` });
    if (!replayed) applied += batch.length;
  }
  return { lines: lines.length, productsCreated, applied };
}

/** Whether something was created; false when it was there before. */
async function ensure(creation: Promise<unknown>): Promise<boolean> {
  try {
    await creation;
    return true;
  } catch (error) {
    if (isInventoryError(error, "ALREADY_EXISTS")) return false;
    throw error;
  }
}

interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function readLines(text: string): CountedLine[] {
  const [header, ...records] = parseRecords(text);
  const names = header?.record.map((name) => name.toLowerCase().replace(/[\s_-]/g, "")) ?? [];
  const skuAt = names.findIndex((name) => ["productid", "product", "sku", "id"].includes(name));
  const quantityAt = names.findIndex((name) => ["quantity", "qty", "stock", "onhand"].includes(name));
  if (skuAt < 0 || quantityAt < 0) throw refused([{ path: "line 1", message: "the header must name ProductID and Quantity" }]);
  const issues: InputIssue[] = [];
  const firstLines = new Map<string, number>();
  const lines = records.map(({ record, info }): CountedLine => {
    const sku = (record[skuAt] ?? "").trim().normalize("NFC");
    const quantity = (record[quantityAt] ?? "").trim();
    const problem = lineProblem(sku, quantity, record.length - names.length, firstLines);
    if (problem) issues.push({ path: `line ${info.lines}`, message: problem });
    firstLines.set(sku.toLowerCase(), info.lines);
    return { line: info.lines, sku, counted: Number(quantity) };
  });
  if (issues.length > 0) throw refused(issues);
  return lines;
}

function lineProblem(sku: string, quantity: string, surplus: number, seen: ReadonlyMap<string, number>): string | undefined {
  if (surplus !== 0) return `has ${Math.abs(surplus)} ${surplus > 0 ? "more" : "fewer"} fields than the header`;
  if (!/^[^\p{C}]{1,64}$/u.test(sku)) return "ProductID must be 1 to 64 printable characters";
  if (!/^\d+$/.test(quantity)) return `Quantity must be a whole number of 0 or more, not "${quantity}"`;
  if (!Number.isSafeInteger(Number(quantity))) return "Quantity is too large";
  const before = seen.get(sku.toLowerCase());
  return before === undefined ? undefined : `${sku} stands in line ${before} already`;
}

function parseRecords(text: string): ParsedRecord[] {
  try {
    return parse(text, {
      delimiter: [",", ";", "\t"],
      record_delimiter: ["\r\n", "\n", "\r"],
      skip_empty_lines: true,
      relax_column_count: true,
      info: true,
    }) as unknown as ParsedRecord[];
  } catch (error) {
    const { lines, message } = error as { readonly lines?: number; readonly message: string };
    throw refused([{ path: `line ${lines ?? 1}`, message }]);
  }
}

const refused = (issues: readonly InputIssue[]) => new InventoryError("INVALID_INPUT", { issues });
