export { type ClassicImportOptions, type ClassicImportReport, importClassicCsv } from "./classic-import";
export { type CsvStorageOptions, csvStorage } from "./csv-storage";
export type { CsvProblem } from "./examination";
export type { FileFacts, FileHandle, FileSystem, OpenMode } from "./file-system";
export { nodeFileSystem } from "./node-file-system";
export { type CsvSalvage, type CsvSalvageOptions, salvageCsv } from "./salvage-csv";
export { type CsvVerification, type CsvVerificationOptions, verifyCsv } from "./verify-csv";
