import { posix } from "node:path";

export type Link = { readonly line: number; readonly target: string };

const inline = /\[[^\]]*\]\(([^)\s]+)\)/g;
const elsewhere = /^(https?:|mailto:|#)/;

/** The links of a page to files of this repository, relative to its root. Code blocks have none. */
export const localLinks = (path: string, markdown: string): Link[] => {
  let code = false;
  return markdown.split("\n").flatMap((text, index) => {
    if (/^ *`{3}/.test(text)) code = !code;
    if (code) return [];
    const targets = [...text.replace(/`[^`]*`/g, "").matchAll(inline)].map(([, target = ""]) => target);
    return targets
      .filter((target) => !elsewhere.test(target))
      .map((target) => ({ line: index + 1, target: posix.join(posix.dirname(path), target.replace(/#.*$/, "")) }));
  });
};
