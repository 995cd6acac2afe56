import { readFileSync } from "node:fs";
import { clientFrameSchema } from "@onhand/core/protocol";
import { describe, expect, it } from "vitest";
import { closeCodes } from "./close-codes";
import { defaultHubLimits } from "./limits";
import { farewell } from "./refusal";

const page = readFileSync(new URL("../../../../docs/contracts/protocol.md", import.meta.url), "utf8");

/** The cells of every table row below a heading. */
function rowsBelow(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(1).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

describe("the protocol page", () => {
  it("names every limit with its default", () => {
    const told = rowsBelow("Limits").map(([name, value]) => [name, Number(value)]);
    expect(Object.fromEntries(told)).toEqual(defaultHubLimits);
  });

  it("names every close code with its reason and its bye", () => {
    const told = rowsBelow("Close codes").map(([code, reason, bye]) => [Number(code), reason, bye]);
    const known = (Object.keys(closeCodes) as (keyof typeof closeCodes)[]).map((reason) => [
      closeCodes[reason],
      reason,
      farewell(reason).code,
    ]);
    expect(told).toEqual(known);
  });

  it("names every frame of a client", () => {
    const told = rowsBelow("From the client").map(([frame]) => frame?.split(" ")[0]);
    expect(told.sort()).toEqual(clientFrameSchema.options.map(({ shape }) => shape.t.value).sort());
  });
});
