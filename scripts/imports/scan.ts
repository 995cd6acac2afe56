import ts from "typescript";

export type Import = { readonly specifier: string; readonly line: number; readonly typeOnly: boolean };
export type Use = { readonly name: string; readonly line: number };
export type Scan = { readonly imports: readonly Import[]; readonly uses: readonly Use[] };

const isTypeOnly = (node: ts.ImportDeclaration | ts.ExportDeclaration): boolean => {
  if (ts.isExportDeclaration(node)) {
    const named = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
    return node.isTypeOnly || (named.length > 0 && named.every((element) => element.isTypeOnly));
  }
  const clause = node.importClause;
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const bindings = clause.namedBindings;
  return !clause.name && !!bindings && ts.isNamedImports(bindings) && bindings.elements.every((element) => element.isTypeOnly);
};

const importOf = (node: ts.Node): { specifier: ts.Node | undefined; typeOnly: boolean } | undefined => {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return { specifier: node.moduleSpecifier, typeOnly: isTypeOnly(node) };
  if (ts.isImportTypeNode(node))
    return { specifier: ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, typeOnly: true };
  if (!ts.isCallExpression(node)) return undefined;
  const loads =
    node.expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(node.expression) && node.expression.text === "require");
  return loads ? { specifier: node.arguments[0], typeOnly: false } : undefined;
};

/** A name that is only a label (`x.name`, `{ name: 1 }`, a type) is not a use of the global of that name. */
const isLabel = (node: ts.Identifier): boolean => {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    ts.isPropertySignature(parent) ||
    ts.isTypeReferenceNode(parent)
  );
};

const useOf = (node: ts.Node): string | undefined => {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return "async";
  if (ts.isAwaitExpression(node)) return "await";
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "Date" && !node.arguments?.length)
    return "new Date()";
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) return `${node.expression.text}.${node.name.text}`;
  return ts.isIdentifier(node) && !isLabel(node) ? node.text : undefined;
};

/** Reads from the source text, without types, what a file imports and which names it uses. */
export const scan = (path: string, text: string): Scan => {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const imports: Import[] = [];
  const uses: Use[] = [];
  const visit = (node: ts.Node): void => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    const found = importOf(node);
    if (found?.specifier && ts.isStringLiteralLike(found.specifier)) {
      imports.push({ specifier: found.specifier.text, line, typeOnly: found.typeOnly });
    }
    const name = useOf(node);
    if (name) uses.push({ name, line });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { imports, uses };
};
