import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

// sonner writes its styles into the page by script, which the server's content security policy forbids. They are
// imported as a file instead, in src/styles.css.
const withoutInjectedStyles: Plugin = {
  name: "sonner-without-injected-styles",
  transform: { filter: { id: /sonner\/dist\/index\.mjs/ }, handler: (code) => code.replace(/^__insertCSS\(.*\);?$/m, "") },
};

/** `--mode source` takes the packages' sources, so that nothing has to be built before. */
export default defineConfig(({ mode }) => ({
  plugins: [react(), tailwindcss(), withoutInjectedStyles],
  resolve: { conditions: mode === "source" ? ["@onhand/source", ...defaultClientConditions] : [...defaultClientConditions] },
  build: { target: "es2022", chunkSizeWarningLimit: 700 },
  server: { proxy: { "/api": "http://localhost:3000", "/live": { target: "ws://localhost:3000", ws: true } } },
}));
