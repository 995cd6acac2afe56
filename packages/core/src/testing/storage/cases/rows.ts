import { deepStrictEqual, notStrictEqual } from "node:assert/strict";
import type { Row, Value } from "../../../index";
import type { StorageCase } from "../handle";
import { commit, everything, parcel, probeNames, probeTables, putParcels, scan } from "../probe-tables";

/** Texts that storages have been known to change, lose or run. */
export const awkwardTexts: readonly string[] = [
  "",
  " ",
  "  both ends  ",
  "a,b;c\td|e",
  'say "hi", she said',
  '"',
  '""',
  "'; DROP TABLE parcels; --",
  "line one\nline two\r\nline three\rend",
  "\n",
  "ends with a newline\n",
  "=1+2",
  "+49 30 1234",
  "-5",
  "@SUM(A1)",
  "'=quoted",
  "\t=tab first",
  "\\N",
  "\\",
  "\\n is no newline",
  "NULL",
  "null",
  "undefined",
  "true",
  "0",
  "007",
  "1e5",
  "NaN",
  "#comment",
  "%_*?",
  "$x {{y}} :z $1 ?",
  "\uFEFFbyte order mark",
  "Größe Ωmega žluťoučký",
  "e\u0301 is not é",
  "العربية עברית",
  "東方美人",
  "👩🏽‍🚀 \u{1F9F6}",
  "x".repeat(5_000),
];

/** Tries to change a row and everything inside it, as careless code would. */
function vandalise(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    vandalise((value as Record<string, unknown>)[key]);
    Reflect.set(value, key, "vandalised");
  }
}

/** What rows promise. */
export const rowCases: readonly StorageCase[] = [
  {
    id: "rows/log-in-any-order",
    promise: "Rows of a log that one command wrote may be appended in any order: each is found by its key, and all come in key order.",
    async run({ storage }) {
      await storage.open(probeTables);
      const lines = [3, 0, 4, 1, 2];
      const seq = await commit(storage, async (tx, at) => {
        await tx.append(
          "scans",
          lines.slice(0, 3).map((line) => scan(at, line, `p${line}`)),
        );
        await tx.append(
          "scans",
          lines.slice(3).map((line) => scan(at, line, `p${line}`)),
        );
      });
      await commit(storage, (tx, at) => tx.append("scans", [scan(at, 0, "later")]));
      const keys = [...lines, 5].map((line) => [seq, line] as const);
      await storage.transaction(async (tx) => {
        await tx.head();
        const got = (await tx.get("scans", keys)).map((row) => row?.parcel);
        deepStrictEqual(got, [...lines.map((line) => `p${line}`), undefined]);
      });
      const inOrder = ["p0", "p1", "p2", "p3", "p4", "later"];
      deepStrictEqual(
        (await storage.find("scans", everything)).rows.map(({ parcel: id }) => id),
        inOrder,
      );
      const page = await storage.find("scans", { where: { parcel: { not: "p9" } }, after: [seq, 1], limit: 2 });
      deepStrictEqual(
        page.rows.map(({ parcel: id }) => id),
        ["p2", "p3"],
      );
      deepStrictEqual((await storage.find("scans", { where: { seq, line: 1 }, limit: 2 })).rows.length, 1);
      const { items } = await storage.changes(0, { limit: 10, tables: ["scans"] });
      deepStrictEqual(items.map(({ row }) => row.parcel).sort(), [...inOrder].sort());
      deepStrictEqual(items.at(-1)?.row.parcel, "later");
    },
  },
  {
    id: "rows/not-live",
    promise: "Rows handed out are frozen or copies: changing one, or JSON inside it, changes nothing that is stored.",
    async run({ storage }) {
      await storage.open(probeTables);
      const stored = parcel(1, "a", { label: "mine", notes: { list: [1, 2], deep: { kept: true } } });
      const note = scan(1, 0, "a");
      await commit(storage, async (tx) => {
        await tx.put("parcels", [stored]);
        await tx.append("scans", [note]);
        vandalise((await tx.get("parcels", [["a"]]))[0]);
        vandalise((await tx.find("parcels", everything)).rows);
      });
      const images = async (): Promise<Row[]> => {
        const inside = await storage.transaction(async (tx) => {
          await tx.head();
          return [...(await tx.get("parcels", [["a"]])), ...(await tx.find("parcels", everything)).rows] as Row[];
        });
        const changed = await storage.changes(0, { limit: 10, tables: ["parcels"] });
        return [...inside, ...(await storage.find("parcels", everything)).rows, ...changed.items.map(({ row }) => row)];
      };
      for (const row of await images()) vandalise(row);
      for (const row of await images()) deepStrictEqual(row, stored);
      vandalise((await storage.find("scans", everything)).rows[0]);
      deepStrictEqual((await storage.find("scans", everything)).rows, [note]);
    },
  },
  {
    id: "rows/text",
    promise:
      "Text comes back as it went in, to the last code unit: quotes, line breaks, formulas, spaces, any script, thousands of characters; as a value and as a key.",
    async run({ storage }) {
      await storage.open(probeTables);
      await commit(storage, async (tx, seq) => {
        await tx.put(
          "parcels",
          awkwardTexts.map((text, index) => parcel(seq, `p${index}`, { label: text, zone: text, notes: text })),
        );
        await tx.append(
          "scans",
          awkwardTexts.map((text, line) => scan(seq, line, text, 1, text)),
        );
      });
      const { rows } = await storage.find("scans", everything);
      deepStrictEqual(
        rows,
        awkwardTexts.map((text, line) => scan(1, line, text, 1, text)),
      );
      await storage.transaction(async (tx) => {
        await tx.head();
        for (const [index, row] of (
          await tx.get(
            "parcels",
            awkwardTexts.map((_, each) => [`p${each}`]),
          )
        ).entries()) {
          const text = awkwardTexts[index] as string;
          deepStrictEqual(row, parcel(1, `p${index}`, { label: text, zone: text, notes: text }));
        }
      });
      for (const [index, text] of awkwardTexts.entries()) {
        deepStrictEqual(
          (await storage.find("parcels", { where: { zone: text }, limit: 2 })).rows.map((row) => row.id),
          [`p${index}`],
          JSON.stringify(text),
        );
      }
      const keys = awkwardTexts.filter((text) => text.length > 0 && text.length <= 64 && !/\p{C}/u.test(text));
      await putParcels(storage, Object.fromEntries(keys.map((key) => [`key ${key}`, {}])));
      for (const key of keys)
        deepStrictEqual((await storage.find("parcels", { where: { id: `key ${key}` }, limit: 2 })).rows.length, 1, key);
    },
  },
  {
    id: "rows/numbers",
    promise: "Whole numbers come back exactly, to the largest safe integer either way.",
    async run({ storage }) {
      await storage.open(probeTables);
      const numbers = [
        0,
        1,
        -1,
        2 ** 31 - 1,
        2 ** 31,
        -(2 ** 31) - 1,
        2 ** 32,
        2 ** 53 - 2,
        Number.MAX_SAFE_INTEGER,
        Number.MIN_SAFE_INTEGER,
      ];
      await commit(storage, (tx, seq) =>
        tx.put(
          "parcels",
          numbers.map((weight, index) => parcel(seq, `p${index}`, { weight, dueAt: Math.abs(weight) })),
        ),
      );
      const { rows } = await storage.find("parcels", everything);
      deepStrictEqual(
        rows,
        numbers.map((weight, index) => parcel(1, `p${index}`, { weight, dueAt: Math.abs(weight) })),
      );
      for (const weight of numbers)
        deepStrictEqual((await storage.find("parcels", { where: { weight }, limit: 9 })).rows.length, 1, String(weight));
    },
  },
  {
    id: "rows/json",
    promise: "JSON comes back equal, and null in a JSON column is no value.",
    async run({ storage }) {
      await storage.open(probeTables);
      const values: Value[] = [
        null,
        true,
        false,
        0,
        -1.25,
        1e21,
        "",
        "null",
        "[]",
        [],
        {},
        [null, [], {}],
        { "": "", "a.b": { 'quo"te': "line\nbreak" }, constructor: "x", ünï: ["\u{1F9F6}"] },
        [[[[[[[["deep"]]]]]]]],
      ];
      await commit(storage, (tx, seq) =>
        tx.put(
          "parcels",
          values.map((notes, index) => parcel(seq, `p${String(index).padStart(2, "0")}`, { notes })),
        ),
      );
      const { rows } = await storage.find("parcels", everything);
      deepStrictEqual(
        rows.map((row) => row.notes),
        values,
      );
      deepStrictEqual(
        (await storage.find("parcels", { where: { notes: null }, limit: 99 })).rows.map((row) => row.id),
        ["p00"],
      );
    },
  },
  {
    id: "rows/only-columns",
    promise: "A row has `seq` and its table's columns, and nothing else, wherever it is read.",
    async run({ storage }) {
      await storage.open(probeTables);
      await commit(storage, async (tx, seq) => {
        await tx.put("parcels", [parcel(seq, "a")]);
        await tx.append("scans", [scan(seq, 0, "a")]);
      });
      const expected = new Map(probeTables.tables.map((table) => [table.name as string, ["seq", ...Object.keys(table.columns)].sort()]));
      const { items } = await storage.changes(0, { limit: 9, tables: probeNames });
      for (const { table, row } of items) deepStrictEqual(Object.keys(row).sort(), expected.get(table));
      const { rows } = await storage.find("parcels", everything);
      deepStrictEqual(Object.keys(rows[0] as Row).sort(), expected.get("parcels"));
      notStrictEqual(items.length, 0);
    },
  },
];
