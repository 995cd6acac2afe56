import { afterEach, expect, it } from "vitest";
import { type MirrorFile, openMirrorFile } from "./mirror-file";

let file: MirrorFile;
afterEach(() => file.close());

/** Would take days. */
const endless = { text: "SELECT count(*) FROM range(1000000000000000) AS t(i) WHERE i % 7 = 3", values: [] };

it("a question that nobody waits for any more is stopped, and others are answered", async () => {
  file = await openMirrorFile(":memory:", "e1", { version: 1, tables: [] }, {});
  const given = new AbortController();
  const asked = file.read(endless, given.signal);
  const reason = new Error("cancelled");
  given.abort(reason);
  await expect(asked).rejects.toBe(reason);
  await expect(file.read(endless, given.signal)).rejects.toBe(reason);
  expect(await file.read({ text: "SELECT 42", values: [] }, new AbortController().signal)).toEqual([[42]]);
});
