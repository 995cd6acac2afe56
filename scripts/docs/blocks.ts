export type Block = { readonly path: string; readonly line: number; readonly language: "ts" | "tsx"; readonly code: string };

const fence = /^( *)(`{3,})(\w*)[ \t]*(.*)$/;

/** The TypeScript blocks of a page. ```` ```ts fragment ```` is left out: it shows a shape, not a program. */
export const codeBlocks = (path: string, markdown: string): Block[] => {
  const blocks: Block[] = [];
  let open:
    | { readonly close: string; readonly language: string; readonly info: string; readonly line: number; readonly code: string[] }
    | undefined;
  markdown.split("\n").forEach((text, index) => {
    if (open && text.trim() === open.close) {
      const { language, info, line, code } = open;
      if ((language === "ts" || language === "tsx") && !/\bfragment\b/.test(info))
        blocks.push({ path, line, language, code: code.join("\n") });
      open = undefined;
    } else if (open) {
      open.code.push(text);
    } else {
      const [, , ticks, language, info] = fence.exec(text) ?? [];
      if (ticks) open = { close: ticks, language: language ?? "", info: info ?? "", line: index + 2, code: [] };
    }
  });
  return blocks;
};
