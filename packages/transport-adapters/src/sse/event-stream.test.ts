import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createEventReader } from "./event-stream";

const stream = ': hello\n\nevent: link\ndata: abc\n\ndata: one\r\ndata:two\r\n\r\nid: 7\rdata: {"t":"hb"}\r\revent: only\n\ndata\n\n';
const events = [
  { event: "link", data: "abc" },
  { event: "message", data: "one\ntwo" },
  { event: "message", data: '{"t":"hb"}' },
  { event: "message", data: "" },
];

it("reads events as the standard has them, however the stream is cut into pieces", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 12 }), (cuts) => {
      const ends = [...new Set([...cuts, stream.length])].sort((a, b) => a - b);
      const take = createEventReader();
      expect(ends.flatMap((end, index) => take(stream.slice(ends[index - 1] ?? 0, end)))).toEqual(events);
    }),
  );
});

it("keeps back an event that is not complete", () => {
  const take = createEventReader();
  expect(take("data: half")).toEqual([]);
  expect(take("\n")).toEqual([]);
  expect(take("\n")).toEqual([{ event: "message", data: "half" }]);
});
