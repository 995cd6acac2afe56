import type { StorageTransaction } from "@onhand/core";
import { describe, expect, it } from "vitest";
import { useSql } from "./fixture";
import { engines } from "./servers";

/** What JSON, an array of PostgreSQL or a regular expression has a meaning or a name for. */
const texts = [
  "plain",
  "",
  '"',
  "\\",
  '\\"',
  "\\n",
  "\\u0041",
  "{a,b}",
  "null",
  "line\nbreak\tand\rmore",
  "\b\f\v\u0001\u001f\u007f",
  "é ﬀ \u2028",
  "😀",
];

/** So many that they don't go as single rows, and that a few are left over. */
const many = 53;

const noteOf = (line: number): string | null => (line % 7 === 0 ? null : (texts[line % texts.length] as string));

/** A move for each line, and for each crate how heavy it is now. */
async function moveMany(tx: StorageTransaction, lines: readonly number[], weight: number): Promise<number> {
  const seq = (await tx.head()).seq + 1;
  await tx.put(
    "crates",
    lines.map((line) => Object.freeze({ seq, id: `c${line}`, label: noteOf(line), weight: weight + line })),
  );
  await tx.append(
    "moves",
    lines.map((line) => Object.freeze({ seq, line, id: `c${line}`, note: noteOf(line) })),
  );
  await tx.advance(seq);
  return seq;
}

const lines = Array.from({ length: many }, (_, line) => line);

describe.each(engines)("many rows in one transaction on $name", (engine) => {
  const sql = useSql();

  it("come back as they were written, and so do those that take their place", async () => {
    const storage = await sql.opened(await sql.place(engine));
    await storage.transaction((tx) => moveMany(tx, lines, 100));
    const seq = await storage.transaction((tx) => moveMany(tx, lines, 200));
    const crates = (await storage.find("crates", { limit: 1_000 })).rows;
    expect(new Map(crates.map((crate) => [crate.id, crate]))).toEqual(
      new Map(lines.map((line) => [`c${line}`, { seq, id: `c${line}`, label: noteOf(line), weight: 200 + line }])),
    );
    const moves = (await storage.find("moves", { where: { seq }, limit: 1_000 })).rows;
    expect(moves).toEqual(lines.map((line) => ({ seq, line, id: `c${line}`, note: noteOf(line) })));
  });

  it.each([0, 20, many - 1])("are all left unwritten when number %i is there already, also in a host's transaction", async (clash) => {
    const place = await sql.place(engine);
    const storage = await sql.opened(place);
    const twice = [...lines, clash];
    const spoilt = (tx: StorageTransaction) => moveMany(tx, twice, 1);
    await expect(storage.transaction(spoilt)).rejects.toThrow();
    const found = async () => [(await storage.find("crates", { limit: 1 })).rows, (await storage.find("moves", { limit: 1 })).rows];
    expect(await found()).toEqual([[], []]);
    const trx = await place.connect().transaction();
    await expect(storage.transaction(spoilt, { host: trx })).rejects.toThrow();
    await trx.commit();
    expect(await found()).toEqual([[], []]);
    await storage.transaction((tx) => moveMany(tx, lines, 1));
    expect((await storage.find("moves", { limit: 1_000 })).rows).toHaveLength(many);
  });

  it("with half a character in one of them are refused, and nothing is written", async () => {
    const storage = await sql.opened(await sql.place(engine));
    for (const note of ["half \ud83d", "\udc00", "nul \0"]) {
      const wrong = storage.transaction(async (tx) => {
        await moveMany(tx, lines, 1);
        await tx.append("moves", [Object.freeze({ seq: 1, line: many, id: "x", note })]);
      });
      await expect(wrong).rejects.toMatchObject({ code: "INVALID_INPUT" });
    }
    expect((await storage.find("moves", { limit: 1 })).rows).toEqual([]);
  });
});
