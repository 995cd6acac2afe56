import { runTransportCase, transportCases } from "@onhand/core/testing";
import { describe, expect, it } from "vitest";
import { sabotages } from "./testing/broken-transports";

const caseOf = (id: string) => {
  const found = transportCases.find((each) => each.id === id);
  if (!found) throw new TypeError(`there is no case ${id}`);
  return found;
};

// Nobody waits long for what never comes.
const impatience = { conditionMs: 400, caseMs: 4_000 };

describe("a transport that is broken on purpose", () => {
  for (const { what, caughtBy, create } of sabotages) {
    it(`${what}: ${caughtBy} catches it`, async () => {
      await expect(runTransportCase(caseOf(caughtBy), create, impatience)).rejects.toMatchObject({ code: "ERR_ASSERTION" });
    });
  }
});

describe("the suite itself", () => {
  it("names every case once, with a promise that is a sentence", () => {
    const ids = transportCases.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, promise } of transportCases) {
      expect(id).toMatch(/^[a-z]+\/[a-z-]+$/);
      expect(promise).toMatch(/^[A-Z].*\.$/);
    }
  });

  it("has no case that nothing could fail", () => {
    const caught = new Set(sabotages.map(({ caughtBy }) => caughtBy));
    expect(transportCases.map(({ id }) => id).filter((id) => !caught.has(id))).toEqual([]);
  });
});
