import type { Money, StockLine } from "@onhand/core";
import { type Reading, readMoney } from "./money";
import type { Findings } from "./problem";
import { readNumber } from "./product";
import type { FileRecord } from "./record";

/** One leg of a transfer, as a ledger writes them: goods that left, then the same goods arriving. */
export interface TransferLeg {
  readonly leg: "out" | "in";
  readonly sku: string;
  readonly storeId: string;
  readonly quantity: number;
  readonly facts: Facts;
}

type Facts = Pick<StockLine, "reason" | "reference" | "occurredAt">;

/** What a movement of a file is: a stock line, or one leg of a transfer, whose other leg is on the next line. */
export type MovementEntry = { readonly line: StockLine } | TransferLeg | { readonly nothing: string };

interface MovementReading extends Reading {
  readonly storeId?: string | undefined;
}

interface Read {
  readonly sku: string;
  readonly storeId: string;
  /** Signed. */
  readonly delta: number | undefined;
  readonly counted: number | undefined;
  readonly toStoreId: string;
  readonly unitCost: Money | undefined;
  readonly unitPrice: Money | undefined;
  readonly facts: Facts;
}

/** What each type of a file does, by the names of the ledger and by the names of the commands. */
const entries: Readonly<Record<string, (read: Read, findings: Findings) => MovementEntry | undefined>> = {
  received: (read, findings) => signed(read, 1, findings, (quantity) => ({ type: "receive", ...at(read), quantity, ...cost(read) })),
  sold: (read, findings) => signed(read, -1, findings, (quantity) => ({ type: "sell", ...at(read), quantity, ...price(read) })),
  returned: (read, findings) =>
    signed(read, 1, findings, (quantity) => ({ type: "return", ...at(read), quantity, ...cost(read), ...price(read) })),
  adjusted: (read, findings) => {
    if (read.delta === undefined) return missing("delta", findings);
    // A rebuild leaves entries that move nothing; there is nothing to book again.
    if (read.delta === 0) return { nothing: "it moves nothing" };
    return {
      line: { type: "adjust", ...at(read), delta: read.delta, ...cost(read), ...read.facts, reason: read.facts.reason ?? "correction" },
    };
  },
  counted: (read, findings) =>
    read.counted === undefined
      ? missing("onHandAfter", findings)
      : { line: { type: "count", ...at(read), counted: read.counted, ...read.facts } },
  transfer: (read, findings) => {
    if (read.delta === undefined) return missing("quantity", findings);
    if (read.toStoreId === "") return missing("toStoreId", findings);
    return {
      line: { type: "transfer", sku: read.sku, from: read.storeId, to: read.toStoreId, quantity: Math.abs(read.delta), ...read.facts },
    };
  },
  transferred_out: (read, findings) => leg(read, "out", findings),
  transferred_in: (read, findings) => leg(read, "in", findings),
};

const aliases: Readonly<Record<string, string>> = {
  receive: "received",
  sell: "sold",
  sale: "sold",
  return: "returned",
  adjust: "adjusted",
  adjustment: "adjusted",
  count: "counted",
};

/** The movement a record describes; undefined when it can't be one, and the findings say why. */
export function readMovement(record: FileRecord, reading: MovementReading, findings: Findings): MovementEntry | undefined {
  const type = record.text("type").toLowerCase();
  const entry = entries[aliases[type] ?? type];
  if (!entry || !Object.hasOwn(entries, aliases[type] ?? type)) {
    findings.error(record.columnOf("type"), `${JSON.stringify(type.slice(0, 40))} is none of ${Object.keys(entries).join(", ")}`);
    return undefined;
  }
  const sku = record.text("sku");
  const storeId = record.text("storeId") || (reading.storeId ?? "");
  if (sku === "") findings.error(record.columnOf("sku"), "there is no SKU");
  if (storeId === "") findings.error(record.columnOf("storeId"), "there is no store");
  const quantity = readNumber(record, "quantity", reading, findings);
  const read: Read = {
    sku,
    storeId,
    delta: readNumber(record, "delta", reading, findings) ?? quantity,
    counted: readNumber(record, "onHandAfter", reading, findings) ?? quantity,
    toStoreId: record.text("toStoreId"),
    unitCost: readMoney(record, "unitCost", "unitCostCurrency", reading, findings),
    unitPrice: readMoney(record, "unitPrice", "unitPriceCurrency", reading, findings),
    facts: readFacts(record, findings),
  };
  return findings.failed ? undefined : entry(read, findings);
}

function readFacts(record: FileRecord, findings: Findings): Facts {
  const reason = record.text("reason");
  const [type, id] = [record.text("referenceType"), record.text("referenceId")];
  if ((type === "") !== (id === "")) findings.error(record.columnOf("referenceId"), "a reference needs both its type and its id");
  const occurredAt = record.text("occurredAt");
  const time = /^\d{10,}$/.test(occurredAt) ? Number(occurredAt) : Date.parse(occurredAt);
  const exact = /^\d{10,}$/.test(occurredAt) || /T.*(?:Z|[+-]\d\d:?\d\d)$/.test(occurredAt);
  if (occurredAt !== "" && (Number.isNaN(time) || !exact))
    findings.error(record.columnOf("occurredAt"), `${JSON.stringify(occurredAt.slice(0, 40))} is no time; write 2026-03-01T09:30:00Z`);
  return {
    ...(reason !== "" && { reason }),
    ...(type !== "" && id !== "" && { reference: { type, id } }),
    ...(occurredAt !== "" && !Number.isNaN(time) && { occurredAt: time }),
  };
}

const at = ({ sku, storeId }: Read) => ({ sku, storeId });
const cost = ({ unitCost }: Read) => (unitCost ? { unitCost } : {});
const price = ({ unitPrice }: Read) => (unitPrice ? { unitPrice } : {});

/** Quantities may be given with the sign of their effect, as a ledger does, or without. */
function signed(read: Read, sign: 1 | -1, findings: Findings, line: (quantity: number) => StockLine): MovementEntry | undefined {
  if (read.delta === undefined) return missing("quantity", findings);
  if (read.delta * sign < 0 && sign === 1) {
    findings.error(undefined, `${read.delta} would take stock away, which this type does not`);
    return undefined;
  }
  return { line: { ...line(Math.abs(read.delta)), ...read.facts } as StockLine };
}

function leg(read: Read, side: "out" | "in", findings: Findings): MovementEntry | undefined {
  if (read.delta === undefined) return missing("delta", findings);
  return { leg: side, sku: read.sku, storeId: read.storeId, quantity: Math.abs(read.delta), facts: read.facts };
}

function missing(field: string, findings: Findings): undefined {
  findings.error(field, "is missing");
  return undefined;
}
