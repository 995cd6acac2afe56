import { InventoryError, type Logger, redact, redactingLogger } from "@onhand/core";
import fc from "fast-check";
import { pino } from "pino";
import { describe, expect, it } from "vitest";

describe("redact", () => {
  it("hides values by the names of their fields, however deep and however spelled", () => {
    const facts = {
      sku: "TEA-50",
      password: "hunter2",
      headers: { Authorization: "Bearer abcdefghijkl", "x-api-key": "k", "webhook-signature": "v1,abc", accept: "*/*" },
      users: [{ id: 7, Email: "kim@shop.example", phoneNumber: "+49 30 1234567" }],
    };
    expect(redact(facts)).toEqual({
      sku: "TEA-50",
      password: "[redacted]",
      headers: { Authorization: "[redacted]", "x-api-key": "[redacted]", "webhook-signature": "[redacted]", accept: "*/*" },
      users: [{ id: 7, Email: "[redacted]", phoneNumber: "[redacted]" }],
    });
    expect(redact({ badge: 7 }, { keys: ["Badge"] })).toEqual({ badge: "[redacted]" });
  });

  it.each([
    ["connect postgres://shop:hunter2@db/stock failed", "connect postgres://[redacted]@db/stock failed"],
    ["Authorization: Bearer abcdefgh.ijkl", "Authorization: Bearer [redacted]"],
    ["token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2ln refused", "token [redacted] refused"],
    ["Key (email)=(kim@shop.example) already exists", "Key (email)=([redacted]) already exists"],
    ["secret whsec_BwcHBw==", "secret [redacted]"],
  ])("hides what gives itself away in a text: %s", (text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  it("keeps what helps: codes, details and causes of errors", () => {
    const cause = Object.assign(new Error("duplicate key (email)=(kim@shop.example)"), { code: "23505", token: "t" });
    const error = new InventoryError("STORAGE_UNAVAILABLE", { reason: "the database" }, { cause });
    expect(redact({ error })).toMatchObject({
      error: {
        type: "InventoryError",
        code: "STORAGE_UNAVAILABLE",
        details: { reason: "the database" },
        cause: { type: "Error", message: "duplicate key (email)=([redacted])", code: "23505", token: "[redacted]" },
      },
    });
    expect(JSON.stringify(redact({ error }))).not.toContain("kim@");
  });

  it("ends, whatever it is given, in plain JSON of bounded size", () => {
    const circle: Record<string, unknown> = { at: new Date(0), big: 1n, bytes: new Uint8Array(9), map: new Map([[1, 2]]), call: () => 1 };
    circle.self = circle;
    circle.list = Array.from({ length: 5_000 }, () => "x".repeat(5_000));
    const clean = redact(circle) as Record<string, unknown>;
    expect(clean).toMatchObject({ at: "1970-01-01T00:00:00.000Z", big: "1", bytes: "[9 bytes]", map: "[1 entries]", self: "[circular]" });
    expect(JSON.stringify(clean).length).toBeLessThan(250_000);
    fc.assert(fc.property(fc.anything(), (anything) => void JSON.stringify(redact(anything))));
  });

  it("never lets a secret out, wherever it stands", () => {
    const secret = "hunter2hunter2";
    const place = fc.letrec((tie) => ({
      at: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom({ password: secret }, { authorization: `Basic ${secret}` }, `mysql://u:${secret}@h/db`, `Bearer ${secret}`),
        fc.record({ nested: tie("at"), other: fc.string() }),
        fc.array(tie("at"), { maxLength: 3 }),
        tie("at").map((value) => Object.assign(new Error("failed"), { context: value })),
      ),
    })).at;
    fc.assert(fc.property(place, (facts) => !JSON.stringify(redact(facts)).includes(secret)));
  });
});

describe("a redacting logger", () => {
  it("writes through a real pino without serializers: facts first, the message second, nothing secret", () => {
    const lines: string[] = [];
    const logger: Logger = redactingLogger(pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) }));
    logger.error({ error: new TypeError("no route to redis://:pw@cache"), token: "t" }, "lost kim@shop.example");
    logger.warn({ retryMs: 5 }, "slow");
    const [first, second] = lines.map((line) => JSON.parse(line));
    expect(first).toMatchObject({
      level: 50,
      token: "[redacted]",
      error: { type: "TypeError", message: "no route to redis://[redacted]@cache" },
      msg: "lost [redacted]",
    });
    expect(second).toEqual({ level: 40, retryMs: 5, msg: "slow" });
  });
});
