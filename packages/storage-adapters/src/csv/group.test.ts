import type { Row, TableDefinition } from "@onhand/core";
import { expect, it } from "vitest";
import { createGroupEncoder, type Group, scanGroups, startOf } from "./group";
import { createRowCodec } from "./line";

const table: TableDefinition = {
  name: "things",
  kind: "state",
  key: ["id"],
  columns: {
    id: { type: "text" },
    count: { type: "integer", nullable: true },
    at: { type: "timestamp", nullable: true },
    open: { type: "boolean", nullable: true },
    data: { type: "json", nullable: true },
  },
  indexes: [],
};
const codec = createRowCodec(table);
const nothing = { count: null, at: null, open: null, data: null };
const lineOf = (row: Row) => ({ table: "things", row, codec });

it("a group has the bytes that directories out there have, and the next one goes on behind it", () => {
  const encode = createGroupEncoder();
  const first = encode(
    startOf(7, 41),
    [
      { table: ".table", seq: 41, columns: ",things,id,count" },
      lineOf({ seq: 42, id: "P1", count: -5, at: 1_795_311_877_246, open: true, data: { a: [1, "x"] } }),
      lineOf({ seq: 43, id: "=1+1", ...nothing, count: Number.MAX_SAFE_INTEGER, open: false }),
      lineOf({ seq: 1_000_000_000, id: 'größe "L", \\', ...nothing, count: 999_999_999, at: 0 }),
      lineOf({ seq: 44, id: "", ...nothing, data: -1 }),
    ],
    1_000_000_000,
  );
  const written = first.bytes.toString();
  expect(written.split("\r\n")).toEqual([
    "j1,7,0,41,0,.table,things,id,count,c3cafd4cf",
    'j1,7,0,42,1,things,P1,-5,1795311877246,true,"{""a"":[1,""x""]}",c0bfd0e25',
    "j1,7,0,43,2,things,\\=1+1,9007199254740991,,false,,cbbcc0e32",
    'j1,7,0,1000000000,3,things,"größe ""L"", \\\\",999999999,0,,,c62880782',
    "j1,7,0,44,4,things,\\e,,,,\\-1,c6b6673e2",
    "j1,7,0,1000000000,5,.commit,c3fcd3cb2,cc26f7ccc",
    "",
  ]);
  expect(first.after).toEqual({ segment: 7, bytes: 343, group: 0, seq: 1_000_000_000, checksum: 1_064_846_900 });
  const second = encode(first.after, [lineOf({ seq: 1_000_000_001, id: "P2", ...nothing })], 1_000_000_001);
  const groups: Group[] = [];
  const scan = scanGroups(Buffer.concat([Buffer.from(written), second.bytes]), startOf(7, 41), (group) => groups.push(group));
  expect(scan).toMatchObject({ tail: "none", end: second.after });
  expect(groups.map(({ after }) => after)).toEqual([first.after, second.after]);
  expect(groups[1]?.lines).toEqual([{ table: "things", seq: 1_000_000_001, fields: "P2,,,," }]);
});
