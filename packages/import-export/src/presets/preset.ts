/** What a file may carry. */
export type Kind = "products" | "stores" | "categories" | "levels" | "movements" | "suppliers" | "purchaseOrders" | "purchaseOrderLines";

/** What a cell can mean. */
export type Field =
  | "sku"
  | "name"
  | "barcode"
  | "category"
  | "categoryId"
  | "parent"
  | "supplierId"
  | "unit"
  | "decimals"
  | "price"
  | "priceCurrency"
  | "cost"
  | "costCurrency"
  | "backorderLimit"
  | "attributes"
  | "storeId"
  | "storeName"
  | "storeKind"
  | "quantity"
  | "delta"
  | "type"
  | "toStoreId"
  | "onHandAfter"
  | "unitCost"
  | "unitCostCurrency"
  | "unitPrice"
  | "unitPriceCurrency"
  | "reason"
  | "referenceType"
  | "referenceId"
  | "occurredAt"
  | "available"
  | "reserved"
  | "incoming"
  | "updatedAt"
  | "id"
  | "seq"
  | "actor"
  | "recordedAt"
  | "reverses"
  | "reservedAfter"
  | "archived"
  | "supplierName"
  | "contact"
  | "email"
  | "phone"
  | "address"
  | "currency"
  | "leadTimeDays"
  | "expectedAt"
  | "note"
  | "status"
  | "received";

/**
 * Where a value stands: in a column, in several joined by `with` (empty ones and those in `without` left out), or nowhere, so
 * that a short code is made from these columns, the same for the same content.
 */
export type Place =
  | string
  | { readonly join: readonly string[]; readonly with: string; readonly without?: readonly string[] }
  | { readonly code: readonly string[]; readonly prefix: string };

/** What an exported column holds: a field, always the same text, or an attribute of the product. */
export type Written = Field | { readonly text: string } | { readonly attribute: string };

/**
 * A file format, as data: which columns mean what. Column names are compared without regard to case, spaces, underscores,
 * hyphens and asterisks.
 *
 * @example
 * const tills: Preset = {
 *   name: "tills",
 *   kinds: ["levels"],
 *   requires: ["Artikel", "Bestand"],
 *   fields: { sku: ["Artikel"], quantity: ["Bestand"] },
 *   decimal: ",",
 * };
 */
export interface Preset {
  readonly name: string;
  /** What the file can be imported as. */
  readonly kinds: readonly Kind[];
  /** Columns by which the format is recognised, a list where one of several will do. A format that requires more is recognised before one that requires less. */
  readonly requires: readonly (string | readonly string[])[];
  /** For each field, where to look; the first that is not empty counts. */
  readonly fields: { readonly [F in Field]?: readonly Place[] };
  /** Columns kept as attributes of the product under another name, or all that no field uses. */
  readonly attributes?: Readonly<Record<string, string>> | "rest";
  /** Rows that are no stock, and why. A row is one if every column listed is empty, or says one of `is` (regardless of case). */
  readonly ignore?: readonly { readonly columns: readonly string[]; readonly is?: readonly string[]; readonly because: string }[];
  /** Rows that leave out what an earlier row said: `by` names that row, where its own `key` column had this value. */
  readonly inherit?: { readonly key: string; readonly by: string; readonly columns: readonly string[] };
  /** One column per store: those that match (the first group is the store; earlier patterns count before later ones), or all that `except` does not name. */
  readonly storeColumns?: { readonly match: readonly RegExp[] } | { readonly except: readonly string[] };
  /** Several rows of one product at one store add up, as lots and shelves do. Otherwise a second one is refused. */
  readonly addUp?: true;
  /** Barcodes have an apostrophe in front, by which spreadsheets keep their zeros. */
  readonly apostropheBeforeBarcode?: true;
  /** Words for a quantity that is none. */
  readonly noQuantity?: readonly string[];
  readonly delimiter?: string;
  /** False where quotes mean nothing. */
  readonly quotes?: false;
  /** Between whole and part: `.` unless said. */
  readonly decimal?: "." | ",";
  /** An attribute by which the format's other files name a supplier. */
  readonly supplierAttribute?: string;
  /** The type of the references that name purchase orders in the format. */
  readonly orderReference?: string;
  /** Times are days in the format. */
  readonly days?: true;
  /** What the format calls the kinds of places. */
  readonly storeKinds?: Readonly<Record<string, "store" | "warehouse" | "transit">>;
  /** The columns of an export, in order. */
  readonly writes?: { readonly [K in Kind]?: readonly (readonly [column: string, written: Written])[] };
  /** In an export: one column per store after those of `writes.levels`, named by it. */
  readonly writesStoreColumns?: (storeId: string) => string;
}

/** Column names as they are compared. */
export const columnKey = (name: string): string =>
  name
    .normalize("NFC")
    .toLowerCase()
    .replace(/[\s_*-]+/g, "");
