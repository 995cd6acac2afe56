export { type ClassicImportOptions, type ClassicImportReport, importClassicCsv } from "./classic-import";
export { type CsvStorageOptions, csvStorage } from "./csv-storage";
export type { FileFacts, FileHandle, FileSystem, OpenMode } from "./file-system";
export { nodeFileSystem } from "./node-file-system";
