import type { ColumnLayout } from "../../layout";

/** Text is compared byte by byte, spaces at its end included. The servers have different names for that. */
export const collationOf = (mariadb: boolean): string => (mariadb ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin");

/** JSON is kept as it was given; the type of that name in MySQL would refuse half characters. */
export const jsonType = "longtext CHARACTER SET utf8mb4";

/** A column of a JSON_TABLE. */
export function jsonTableType({ type }: ColumnLayout, mariadb: boolean): string {
  if (type === "integer" || type === "timestamp") return "bigint";
  return type === "boolean" ? "tinyint" : `longtext CHARACTER SET utf8mb4 COLLATE ${collationOf(mariadb)}`;
}
