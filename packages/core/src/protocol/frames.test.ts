import { type Change, isInventoryError } from "@onhand/core";
import {
  type ClientFrame,
  canonicalFilter,
  changeMatcher,
  defaultLimits,
  encodeFrame,
  parseClientFrame,
  parseServerFrame,
  type ServerFrame,
} from "@onhand/core/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

const refused = (work: () => unknown): string[] | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!isInventoryError(error, "INVALID_INPUT")) throw error;
    return error.details.issues.map(({ path, message }) => `${path}: ${message}`);
  }
};

const clientFrames: ClientFrame[] = [
  { t: "hello", v: 1, token: "t", session: "s" },
  { t: "sub", ref: "r", filter: { entities: ["level"], storeIds: ["berlin"], skus: ["A"] }, position: { epoch: "e", seq: 7 }, history: 10 },
  { t: "unsub", sid: "f1" },
  { t: "auth", token: "t" },
  { t: "op", id: "k", command: "stock.sell", input: { sku: "A", attributes: { note: "the word __proto__ is fine as a value" } } },
  { t: "pong" },
];

const change = { seq: 3, entity: "store", key: "berlin", value: { id: "berlin" } } as Change;
const serverFrames: ServerFrame[] = [
  { t: "welcome", v: 1, epoch: "e", head: 0, session: "s", limits: defaultLimits, heartbeatMs: 15_000 },
  { t: "subbed", ref: "r", sid: "f1", position: 0, how: "snapshot" },
  { t: "snap", sid: "f1", part: 0, changes: [change], last: true, at: 3 },
  { t: "d", sid: "f1", from: 3, to: 4, changes: [] },
  { t: "hb", head: 4 },
  { t: "reset", sid: "f1", reason: "epoch" },
  { t: "ack", id: "k", seq: 4, replayed: false, result: {} },
  { t: "nack", id: "k", code: "INSUFFICIENT_STOCK", details: { available: 0 }, retryable: false },
  { t: "authed" },
  { t: "bye", code: "STORAGE_UNAVAILABLE", details: {}, retryable: true, afterMs: 0 },
];

describe("frames of a client", () => {
  it.each(clientFrames.map((frame) => [frame.t, frame] as const))("%s is read as it was written, from text and from bytes", (_, frame) => {
    expect(parseClientFrame(encodeFrame(frame))).toEqual(frame);
    expect(parseClientFrame(new TextEncoder().encode(encodeFrame(frame)))).toEqual(frame);
  });

  it("are measured in bytes, not in characters", () => {
    const frame = encodeFrame({ t: "auth", token: "ü".repeat(40) });
    expect(refused(() => parseClientFrame(frame, { maxBytes: 100 }))).toEqual([": a frame has at most 100 bytes"]);
    expect(parseClientFrame(frame, { maxBytes: 110 })).toMatchObject({ t: "auth" });
  });

  it.each([
    '{"__proto__":{},"t":"pong"}',
    '{"t":"op","id":"1","command":"c","input":{"deep":[{"__proto__":1}]}}',
    '{"t":"op","id":"1","command":"c","input":{"\\u005f\\u005Fproto__":1}}',
  ])("that name a prototype are refused: %s", (text) => {
    expect(refused(() => parseClientFrame(text))).toBeDefined();
  });

  it("nested as deep as a frame can be are refused or read, never a crash", () => {
    for (const key of ["a", "\\u0061"]) {
      const depth = 10_000;
      const text = `{"t":"op","id":"1","command":"c","input":${`{"${key}":`.repeat(depth / key.length)}1${"}".repeat(depth / key.length)}}`;
      expect([undefined, [": a frame is JSON"]]).toContainEqual(refused(() => parseClientFrame(text, { maxBytes: 1_000_000 })));
    }
  });

  it("that are anything else are refused as INVALID_INPUT", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.uint8Array(),
          fc.record({ t: fc.constantFrom("hello", "sub", "op", "d") }).map((value) => JSON.stringify(value)),
        ),
        (data) => {
          expect(refused(() => parseClientFrame(data))).toBeDefined();
        },
      ),
    );
  });
});

describe("frames of a server", () => {
  it.each(serverFrames.map((frame) => [frame.t, frame] as const))("%s is read as it was written", (_, frame) => {
    expect(parseServerFrame(encodeFrame(frame))).toEqual(frame);
  });

  it.each(serverFrames.map((frame) => [frame.t, frame] as const))("%s without one of its fields is refused", (_, frame) => {
    for (const field of Object.keys(frame).filter((name) => name !== "afterMs")) {
      const { [field as "t"]: __, ...rest } = frame;
      expect(refused(() => parseServerFrame(JSON.stringify(rest)))).toBeDefined();
    }
  });

  it("may say more than this client knows", () => {
    expect(parseServerFrame('{"t":"hb","head":4,"mood":"good"}')).toMatchObject({ t: "hb", head: 4 });
    expect(parseServerFrame('{"t":"nack","id":"k","code":"NEW_CODE","details":{},"retryable":true}')).toMatchObject({
      code: "UNSUPPORTED",
      details: { feature: "NEW_CODE" },
      retryable: true,
    });
  });

  it("that are anything else are refused as INVALID_INPUT", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constantFrom('{"t":"constructor"}', '{"t":"__proto__"}')), (data) => {
        expect(refused(() => parseServerFrame(data))).toBeDefined();
      }),
    );
  });
});

describe("filters", () => {
  it("that let the same through have one form", () => {
    const one = canonicalFilter({ entities: ["store", "level", "store"], skus: ["B", "A"] });
    expect(JSON.stringify(one)).toBe(JSON.stringify(canonicalFilter({ skus: ["A", "B", "B"], entities: ["level", "store"] })));
    expect(one).toEqual({ entities: ["level", "store"], skus: ["a", "b"] });
  });

  it("narrow by what a change is about, and leave alone what they don't apply to", () => {
    const level = { seq: 1, entity: "level", key: "A/berlin", value: { sku: "A", storeId: "berlin" } } as Change;
    expect(changeMatcher({ entities: ["level"], skus: ["A"], storeIds: ["berlin"] })(level)).toBe(true);
    expect(changeMatcher({ entities: ["level"], storeIds: ["paris"] })(level)).toBe(false);
    expect(changeMatcher({ entities: ["level"], skus: ["a"] })(level)).toBe(true);
    expect(changeMatcher({ entities: ["movement"] })(level)).toBe(false);
    expect(changeMatcher({ entities: ["store"], skus: ["A"] })(change)).toBe(true);
    expect(changeMatcher({ entities: ["store"], storeIds: ["paris"] })(change)).toBe(false);
  });
});
