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
    splitting: true,
    treeshake: true,
    // tsup 8 sets baseUrl while it makes declarations; TypeScript 6 calls that deprecated.
    dts: { compilerOptions: { ignoreDeprecations: "6.0", customConditions: null } },
    external: [/^node:/],
  });
