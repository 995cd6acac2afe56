import { ReflectionKind } from "typedoc";

/** Pages carry the name one writes after `from`, not a path of this repository. */
export const nameAfterImports = (entries) => (app) =>
  app.converter.on("createDeclaration", (_context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const source = reflection.sources?.[0]?.fullFileName ?? "";
    const entry = entries.find(({ path }) => source.endsWith(`/${path}`));
    if (entry) reflection.name = entry.name;
  });

/** Guides are listed by their heading, not by their file. */
export const nameAfterHeadings = (app) =>
  app.converter.on("createDocument", (_context, document) => {
    const [, heading] = /^# (.+)$/m.exec(document.content.map(({ text }) => text).join("")) ?? [];
    if (heading) document.name = heading;
  });

const reference = "https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/";
const languageNames = new Set(["TypeError", "RangeError", "Error", "Promise", "Map", "Set", "Date"]);

/** `{@link InventoryError}` works in every package, imported there or not, and so do the names of the language. */
export const linksByName = (app) =>
  app.converter.addUnknownSymbolResolver((link, reflection) => {
    const path = link.symbolReference?.path ?? [];
    const name = path.length === 1 ? path[0].path : undefined;
    if (!name) return undefined;
    if (languageNames.has(name)) return { target: reference + name, caption: name };
    const modules = reflection.project.children ?? [];
    const target = modules.flatMap(({ children = [] }) => children).find((each) => each.name === name && !each.isReference());
    return target && { target, caption: name };
  });
