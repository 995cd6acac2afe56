import { defineConfig } from "vitest/config";

// Tests run on the sources of every package, so nothing has to be built first.
const resolve = { conditions: ["@onhand/source", "module", "import", "default"] };
const ssr = { resolve };

export default defineConfig({
  resolve,
  ssr,
  test: {
    projects: [
      { extends: true, test: { name: "unit", include: ["packages/*/{src,test}/**/*.test.ts", "examples/*/{src,test}/**/*.test.ts", "scripts/**/*.test.ts"] } },
    ],
  },
});
