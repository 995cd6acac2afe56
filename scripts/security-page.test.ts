import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./packages";

const transports = "packages/transport-adapters/src";
const folders: Readonly<Record<string, string>> = {
  hub: `${transports}/shared/hub.test.ts`,
  auth: `${transports}/auth`,
  limits: `${transports}/rate-limits`,
  http: `${transports}/http`,
  ws: `${transports}/ws`,
  "socket.io": `${transports}/socket.io`,
  core: "packages/core/src",
  server: "examples/reference-server/test",
  packages: "packages",
};

const rows = readFileSync(join(root, "docs/security.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| threat"))
  .map((line) => (line.split(" | ").at(-1) ?? "").replace(/ \|$/, ""));

describe("the security page", () => {
  it("has rows", () => {
    expect(rows.length).toBeGreaterThan(30);
  });

  it.each(rows)("names a test that there is: %s", (row) => {
    const [, place = "", title = ""] = /^([^:]+): (.+)$/.exec(row) ?? [];
    const [first = "", ...rest] = place.split("/");
    const file = [folders[first], ...rest].join("/");
    expect(readFileSync(join(root, file), "utf8")).toContain(`"${title}"`);
  });
});
