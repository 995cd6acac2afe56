import { defineConfig } from "tsup";

/** One build for every package: ESM, CJS and declarations, one output file per public entry. */
export const library = (entry: Record<string, string>) =>
  defineConfig({
    entry,
    format: ["esm", "cjs"],
    target: "es2022",
    platform: "neutral",
    sourcemap: true,
    clean: true,
    silent: true,
    splitting: true,
    treeshake: true,
    // Deno and the edge know Node's modules by their full name only.
    removeNodeProtocol: false,
    // tsup 8 sets baseUrl while it makes declarations; TypeScript 6 calls that deprecated.
    // Declarations are made against the built declarations of the other packages, as a user's compiler sees them.
    dts: { compilerOptions: { ignoreDeprecations: "6.0", customConditions: null, types: ["node"] } },
    external: [/^node:/, /^@onhand\//],
  });
