import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

// sonner writes its styles into the page by script, which the server's content security policy forbids. They are
// imported as a file instead, in src/styles.css.
const withoutInjectedStyles: Plugin = {
  name: "sonner-without-injected-styles",
  transform: { filter: { id: /sonner\/dist\/index\.mjs/ }, handler: (code) => code.replace(/^__insertCSS\(.*\);?$/m, "") },
};

const server = process.env.ONHAND_URL ?? "http://localhost:3000";

/**
 * Files of reports on worth are written in the page, by the build of csv-stringify that is for browsers; PDFs, which need pdfkit, are the server's.
 *
 * `--mode source` takes the packages' sources, so that nothing has to be built before.
 */
export default defineConfig(({ mode }) => ({
  plugins: [react(), tailwindcss(), withoutInjectedStyles],
  resolve: {
    conditions: mode === "source" ? ["@onhand/source", ...defaultClientConditions] : [...defaultClientConditions],
    alias: { "csv-stringify/sync": "csv-stringify/browser/esm/sync" },
  },
  build: { target: "es2022", chunkSizeWarningLimit: 700, rolldownOptions: { external: ["pdfkit"] } },
  // The server behind this one answers to its own page only, so that is whom the proxy speaks for.
  server: {
    proxy: {
      "/live": { target: server, ws: true, changeOrigin: true, rewriteWsOrigin: true },
      "/api": { target: server, changeOrigin: true, headers: { origin: new URL(server).origin } },
    },
  },
}));
