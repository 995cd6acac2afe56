import type { TableDefinition } from "@onhand/core";
import { parse } from "csv-parse/sync";
import { assert, jsonValue, option, property, record, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { checksumBlank, createRowCodec, decodeText, encodeText, isSealed, lineEnd, sealLines, splitFields } from "./line";

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
        const row = { seq: 7, ...columns } as Parameters<typeof codec.encode>[0];
        const decoded = codec.decoder(codec.columns)(7, splitFields(codec.encode(row).slice(1)), 0);
        expect(decoded).toEqual(JSON.parse(JSON.stringify(row)));
      }),
    );
  });

  it("shows when one byte of it was changed", () => {
    const line = sealLines(`j1,1,1,1,0,levels,P1,5${checksumBlank}${lineEnd}`);
    expect(isSealed(line)).toBe(true);
    for (let at = 0; at < line.length; at++) {
      const changed = Buffer.from(line);
      changed[at] = (changed[at] as number) ^ 1;
      expect(isSealed(changed), `byte ${at}`).toBe(false);
    }
  });
});
