type Names = Readonly<Record<string, string>>;

const escapeText = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** `a/<x>/` as an expression: a name already known stands for itself, a new one takes one segment of the path. */
const expression = (pattern: string, names: Names): RegExp => {
  const body = pattern
    .split(/(<\w+>)/)
    .map((part) => {
      const name = /^<(\w+)>$/.exec(part)?.[1];
      if (!name) return escapeText(part);
      const known = names[name];
      return known === undefined ? `(?<${name}>[^/]+)` : escapeText(known);
    })
    .join("");
  return new RegExp(pattern.endsWith("/") ? `^${body}` : `^${body}$`);
};

/** The names a path gives to the `<x>` of a pattern, or nothing when it does not match. */
export const match = (pattern: string, path: string, names: Names = {}): Names | undefined => {
  const found = expression(pattern, names).exec(path);
  return found ? { ...names, ...found.groups } : undefined;
};
