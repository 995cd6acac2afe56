import { join } from "node:path";
import ts from "typescript";
import { root } from "../packages";
import type { Block } from "./blocks";

const options = (): ts.CompilerOptions => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const parsed = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root);
  return { ...parsed.options, noUnusedLocals: false };
};

/** Blocks are compiled where a file at the root would stand, and never written to disk. Each is a module of its own. */
const virtualFiles = (blocks: readonly Block[]): Map<string, Block> =>
  new Map(blocks.map((block) => [join(root, `${block.path.replaceAll("/", "__")}.${block.line}.${block.language}`), block]));

const hostFor = (files: ReadonlyMap<string, Block>, compilerOptions: ts.CompilerOptions): ts.CompilerHost => {
  const host = ts.createCompilerHost(compilerOptions);
  const text = (path: string): string | undefined => {
    const block = files.get(path);
    return block && `${block.code}\nexport {};\n`;
  };
  return {
    ...host,
    fileExists: (path) => files.has(path) || host.fileExists(path),
    readFile: (path) => text(path) ?? host.readFile(path),
    getSourceFile: (path, languageVersion, ...rest) => {
      const code = text(path);
      return code === undefined ? host.getSourceFile(path, languageVersion, ...rest) : ts.createSourceFile(path, code, languageVersion);
    },
  };
};

/** Type-checks blocks against the sources of the packages; answers one line per error, at its place in the page. */
export const compileBlocks = (blocks: readonly Block[]): string[] => {
  const files = virtualFiles(blocks);
  const compilerOptions = options();
  const program = ts.createProgram([...files.keys()], compilerOptions, hostFor(files, compilerOptions));
  return [...files].flatMap(([path, block]) => {
    const source = program.getSourceFile(path);
    const problems = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return problems.map(({ start = 0, messageText }) => {
      const line = block.line + (source?.getLineAndCharacterOfPosition(start).line ?? 0);
      return `${block.path}:${line} ${ts.flattenDiagnosticMessageText(messageText, "\n  ")}`;
    });
  });
};
