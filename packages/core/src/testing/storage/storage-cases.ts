import type { StorageCapabilities } from "../../index";
import { changesCases } from "./cases/changes";
import { closingCases } from "./cases/closing";
import { durabilityCases } from "./cases/durability";
import { hostCases } from "./cases/host";
import { ledgerCases } from "./cases/ledger";
import { openingCases } from "./cases/opening";
import { queryCases } from "./cases/queries";
import { rowCases } from "./cases/rows";
import { sharingCases } from "./cases/sharing";
import { transactionCases } from "./cases/transactions";
import { type StorageCase, storageTraits } from "./handle";

/** Every promise of the storage port, as data. docs/contracts/storage.md is made of it. */
export const storageCases: readonly StorageCase[] = [
  ...openingCases,
  ...transactionCases,
  ...queryCases,
  ...rowCases,
  ...changesCases,
  ...sharingCases,
  ...hostCases,
  ...durabilityCases,
  ...ledgerCases,
  ...closingCases,
];

/** The cases a storage with these capabilities must pass. */
export const storageCasesFor = (capabilities: StorageCapabilities): readonly StorageCase[] =>
  storageCases.filter(({ requires }) => requires === undefined || storageTraits[requires](capabilities));
