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

/** `--mode source` takes the packages' sources, so that nothing has to be built before. */
export default defineConfig(({ mode }) => ({
  plugins: [react(), tailwindcss(), withoutInjectedStyles],
  resolve: {
    conditions: mode === "source" ? ["@onhand/source", ...defaultClientConditions] : [...defaultClientConditions],
  },
  build: { target: "es2022", chunkSizeWarningLimit: 700 },
  // The server behind this one answers to its own page only, so that is whom the proxy speaks for.
  server: {
    proxy: {
      "/live": { target: server, ws: true, changeOrigin: true, rewriteWsOrigin: true },
      "/api": { target: server, changeOrigin: true, headers: { origin: new URL(server).origin } },
    },
  },
}));
