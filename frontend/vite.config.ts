// Builds the workbench into the Python package, which serves it (src/offhook/web/workbench.py).

import { fileURLToPath } from "node:url";
import optimizeLocales from "@react-aria/optimize-locales-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.OFFHOOK_SERVER ?? "http://127.0.0.1:8642";

export default defineConfig({
  plugins: [{ ...optimizeLocales.vite({ locales: ["en-US", "es-ES"] }), enforce: "pre" }, react()],
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../src/offhook/web/dist",
    emptyOutDir: true,
    target: "es2022",
    manifest: true,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": { target: server, ws: true } } },
});
