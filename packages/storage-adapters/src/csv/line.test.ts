import type { Row, TableDefinition } from "@onhand/core";
import { parse } from "csv-parse/sync";
import { assert, constantFrom, integer, jsonValue, maxSafeInteger, oneof, option, property, record, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { createRowCodec, decodeText, encodeText, isSealed, splitFields } from "./line";
import { createLineWriter, type LineWriter } from "./line-writer";

/** The bytes of what somebody writes, in a buffer that has to grow. */
function written(write: (out: LineWriter) => void): Buffer {
  const out = createLineWriter();
  write(out);
  return out.bytes();
}

const anyText = () => string({ unit: "binary" });

const table: TableDefinition = {
  name: "notes",
  kind: "state",
  key: ["id"],
  columns: { id: { type: "text" }, text: { type: "text", nullable: true }, data: { type: "json", nullable: true } },
  indexes: [],
};

describe("a line of the journal", () => {
  it("gives every text back, lone surrogates and control characters included, and never breaks", () => {
    assert(
      property(anyText(), (text) => {
        const field = encodeText(text);
        expect(field).not.toMatch(/[\r\n\0]/);
        expect(splitFields(`a,${field},b`)).toHaveLength(3);
        expect(decodeText(splitFields(`a,${field},b`)[1] as string)).toBe(text);
      }),
    );
    expect(decodeText(encodeText("\ud800x\r\n\0\u2028"))).toBe("\ud800x\r\n\0\u2028");
  });

  it("is what other readers of CSV take it for", () => {
    assert(
      property(anyText(), anyText(), (one, other) => {
        const line = `x,${encodeText(one)},${encodeText(other)}`;
        expect(parse(line)).toEqual([splitFields(line)]);
      }),
    );
  });

  it("runs no formula in a spreadsheet", () => {
    for (const text of ["=1+1", "+1", "-1", "@A1", '="a,b"']) expect(splitFields(encodeText(text))[0]).toMatch(/^\\/);
  });

  it("gives rows back as they were", () => {
    const codec = createRowCodec(table);
    const rows = record({ id: anyText(), text: option(anyText()), data: option(jsonValue()) });
    assert(
      property(rows, (columns) => {
        const row = { seq: 7, ...columns } as Row;
        const decoded = codec.decoder(codec.columns)(
          7,
          splitFields(
            written((out) => codec.write(row, out))
              .toString()
              .slice(1),
          ),
          0,
        );
        expect(decoded).toEqual(JSON.parse(JSON.stringify(row)));
      }),
    );
  });

  it("holds whole numbers as they are written by hand", () => {
    const numbers = oneof(
      maxSafeInteger(),
      integer({ min: -100, max: 100 }),
      constantFrom(0, 9, 10, 99, 100, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER),
    );
    assert(
      property(numbers, (number) => {
        expect(written((out) => out.integer(number)).toString()).toBe(`,${number}`);
      }),
    );
  });

  it("holds texts the same way whether they are written as bytes or as text", () => {
    assert(
      property(oneof(anyText(), string()), (text) => {
        expect(written((out) => out.field(text)).toString()).toBe(`,${encodeText(text)}`);
      }),
    );
  });

  it("grows as long as it has to, and starts anew when cleared", () => {
    const out = createLineWriter();
    for (let index = 0; index < 200_000; index++) out.text("größer ");
    expect(out.bytes().toString()).toBe("größer ".repeat(200_000));
    out.clear();
    out.ascii("anew");
    expect(out.bytes().toString()).toBe("anew");
  });

  it("shows when one byte of it was changed", () => {
    const line = written((out) => {
      out.ascii("j1,1,1,1,0,levels,P1,5");
      out.seal();
    });
    expect(isSealed(line)).toBe(true);
    for (let at = 0; at < line.length; at++) {
      const changed = Buffer.from(line);
      changed[at] = (changed[at] as number) ^ 1;
      expect(isSealed(changed), `byte ${at}`).toBe(false);
    }
  });
});
