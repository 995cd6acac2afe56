import { defineConfig } from "tsup";

// What is installed stays outside: the packages of this repository are linked into node_modules and built before.
export default defineConfig({ entry: ["src/main.ts"], format: ["esm"], target: "node20", sourcemap: true, clean: true, silent: true });
