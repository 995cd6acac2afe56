import { isInventoryError } from "@onhand/core";
import { expect, test } from "vitest";
import { shownAddress, storageFromUrl } from "../src/storage/storage-from-url";

const refusalOf = async (address: string): Promise<string> => {
  const error: unknown = await storageFromUrl(address).catch((thrown: unknown) => thrown);
  if (!isInventoryError(error, "INVALID_INPUT")) throw error;
  return error.details.issues.map(({ path, message }) => `${path} ${message}`).join();
};

test.each([
  ["csv:", "followed by a directory"],
  ["memory:here", "takes nothing"],
  ["sqlite:", "followed by a file"],
  ["sqlite:shop.db?mode=ro", "?tablePrefix= and nothing else"],
  ["sqlite:shop.db?schema=stock", "only postgres://"],
  ["postgres:shop", "//USER:PASSWORD@HOST:PORT/DATABASE"],
  ["postgres:///shop", "followed by a host"],
  ["postgres://me@host:port/shop", "//USER:PASSWORD@HOST:PORT/DATABASE"],
  ["postgres://me@127.0.0.1", "name of a database"],
  ["mysql://me@127.0.0.1/", "name of a database"],
  ["mysql://me@127.0.0.1/shop?schema=stock", "only postgres://"],
  ["oracle://me:secret@127.0.0.1/shop", "not oracle:…"],
  ["./data", 'not "./data"'],
  ["", 'not ""'],
])("%j names no storage, and the refusal says what would", async (address, reason) => {
  const refusal = await refusalOf(address);
  expect(refusal).toContain(reason);
  expect(refusal).not.toContain("secret");
});

test.each([
  ["memory:"],
  ["csv:./nowhere"],
  ["sqlite:./nowhere.db"],
  ["postgres://me@127.0.0.1:1/shop?schema=stock&tablePrefix=a_"],
  ["postgresql://me@127.0.0.1:1/shop"],
  ["mysql://me@127.0.0.1:1/shop?tablePrefix=a_"],
  ["mariadb://me@127.0.0.1:1/shop"],
])("%s names a storage, which nothing is asked of before it is opened", async (address) => {
  const storage = await storageFromUrl(address);
  await storage.close();
});

test.each([
  ["postgres://me:secret@host/shop", "postgres://me:…@host/shop"],
  ["postgres://me:se:c@ret@host/shop", "postgres://me:…@host/shop"],
  ["postgres://me@host/shop", "postgres://me@host/shop"],
  ["csv:./a:b@c", "csv:./a:b@c"],
])("%s is shown as %s", (address, shown) => {
  expect(shownAddress(address)).toBe(shown);
});

test.each([
  ["csv:./data", "postgres://me@127.0.0.1/shop", "only postgres:// has replicas"],
  ["postgres://me@127.0.0.1/shop", "mysql://me@127.0.0.1/shop", "as its primary is"],
  ["postgres://me@127.0.0.1/shop", "postgres://me@127.0.0.1", "name of a database"],
])("%s has no replica %s", async (address, replica, reason) => {
  const error: unknown = await storageFromUrl(address, [replica]).catch((thrown: unknown) => thrown);
  if (!isInventoryError(error, "INVALID_INPUT")) throw error;
  expect(error.details.issues[0]?.message).toContain(reason);
});
