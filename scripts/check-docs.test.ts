import { describe, expect, it } from "vitest";
import { codeBlocks } from "./docs/blocks";
import { compileBlocks } from "./docs/compile";
import { localLinks } from "./docs/links";

const page = (...lines: string[]): string => lines.join("\n");

describe("code blocks in pages", () => {
  it("finds ts and tsx, and knows the line their code starts on", () => {
    const blocks = codeBlocks("a.md", page("# A", "", "```ts", "const a = 1;", "```", "```tsx", "<b />", "```"));
    expect(blocks).toEqual([
      { path: "a.md", line: 4, language: "ts", code: "const a = 1;" },
      { path: "a.md", line: 7, language: "tsx", code: "<b />" },
    ]);
  });

  it("leaves out fragments, other languages, and fences shown inside longer fences", () => {
    const markdown = page("```ts fragment", "const = ;", "```", "```sh", "ls", "```", "````md", "```ts", "nope", "```", "````");
    expect(codeBlocks("a.md", markdown)).toEqual([]);
  });

  it("names page and line of what does not compile, and lets two blocks use the same name", () => {
    const markdown = page(
      "```ts",
      "const a = 1;",
      "```",
      "```ts",
      'import { isInventoryError } from "@onhand/core";',
      "const a: string = isInventoryError(1);",
      "```",
    );
    expect(compileBlocks(codeBlocks("docs/a.md", markdown))).toEqual([
      expect.stringMatching(/^docs\/a\.md:6 Type 'boolean' is not assignable to type 'string'/),
    ]);
  }, 60_000);
});

describe("links in pages", () => {
  it("are followed from the folder of their page, without their anchor", () => {
    expect(localLinks("docs/guides/a.md", "See [b](../b.md#part) and [c](c.md).")).toEqual([
      { line: 1, target: "docs/b.md" },
      { line: 1, target: "docs/guides/c.md" },
    ]);
  });

  it("are not looked for in code, nor on other sites", () => {
    const markdown = page("[a](https://example.com) `[b](b.md)` [c](#c)", "```ts", "x[a](b)", "```");
    expect(localLinks("a.md", markdown)).toEqual([]);
  });
});
