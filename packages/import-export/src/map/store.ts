import { type CreateStore, checkCommand, isInventoryError } from "@onhand/core";
import type { Preset } from "../presets/preset";
import { type Findings, refusalText } from "./problem";
import type { FileRecord } from "./record";

/** The store a record describes. Undefined when it can't be one; the findings say why. */
export function readStore(record: FileRecord, { storeKinds = {} }: Preset, findings: Findings): CreateStore | undefined {
  const id = record.text("storeId");
  const kindText = record.text("storeKind").toLowerCase();
  const kind = kindText === "" ? undefined : storeKinds[kindText];
  if (id === "") findings.error(record.columnOf("storeId"), "there is no id");
  if (kindText !== "" && kind === undefined)
    findings.error(
      record.columnOf("storeKind"),
      `${JSON.stringify(kindText.slice(0, 40))} is none of ${Object.keys(storeKinds).join(", ")}`,
    );
  if (findings.failed) return undefined;
  const store: CreateStore = { id, name: record.text("storeName") || id, ...(kind && { kind }) };
  try {
    checkCommand("stores.create", store as unknown as Readonly<Record<string, unknown>>);
    return store;
  } catch (error) {
    if (!isInventoryError(error, "INVALID_INPUT")) throw error;
    findings.error(undefined, refusalText(error));
    return undefined;
  }
}
