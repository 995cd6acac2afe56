import { defineConfig } from "vitest/config";

// The same conditions as the root's: sources, not builds.
const conditions = ["@onhand/source", "module"];

/** What needs a newer Node than the rest: `npm run test:node22`. */
export default defineConfig({
  root: new URL(".", import.meta.url).pathname,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["@onhand/source"] } },
  test: { include: ["*.suite.ts"] },
});
