import { describeStorage, runStorageCase, storageCases, storageCasesFor } from "@onhand/core/testing";
import { describe, expect, it } from "vitest";
import { requireReasons } from "../../src/testing/known-gaps";
import { durableHandle } from "../durable-memory";
import { hostedHandle } from "../hosted-memory";
import { sabotages } from "./broken-storages";

// The double itself keeps every promise: what is caught below is the sabotage, not the double.
describeStorage("durable double", { create: () => durableHandle() });
describeStorage("hosted double", { create: () => hostedHandle() });

const caseOf = (id: string) => {
  const found = storageCases.find((each) => each.id === id);
  if (!found) throw new TypeError(`there is no case ${id}`);
  return found;
};

describe("a storage that is broken on purpose", () => {
  for (const { what, caughtBy, create } of sabotages) {
    it(`${what}: ${caughtBy} catches it`, async () => {
      const { capabilities } = (await create()).storage;
      expect(storageCasesFor(capabilities).map(({ id }) => id)).toContain(caughtBy);
      await expect(runStorageCase(caseOf(caughtBy), create)).rejects.toMatchObject({ code: "ERR_ASSERTION" });
    });
  }
});

describe("the suite itself", () => {
  it("names every case once, with a promise that is a sentence", () => {
    const ids = storageCases.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, promise } of storageCases) {
      expect(id).toMatch(/^[a-z]+\/[a-z-]+$/);
      expect(promise).toMatch(/^[A-Z`0-9].*\.$/);
    }
  });

  it("has a counterpart for every trait a case requires, so that an absence is checked and not skipped", () => {
    const required = new Set(storageCases.map(({ requires }) => requires));
    for (const trait of ["durable", "not durable", "shared", "exclusive", "host transactions", "no host transactions"])
      expect(required).toContain(trait);
  });

  it.each([
    ["nothing/like-this", "a reason", "names no case"],
    ["open/exclusive", "a reason", "need not be passed"],
    ["find/equal", " ", "needs a reason"],
  ])("refuses the known gap %s with reason %j: it %s", (id, reason, message) => {
    const cases = storageCasesFor({ durability: "none", shared: true, hostTransactions: false, settlesUnknownOutcomes: false });
    expect(() => requireReasons({ [id]: reason }, cases, storageCases)).toThrow(message);
  });
});
