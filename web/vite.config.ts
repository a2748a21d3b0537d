import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import elementPlus from "unplugin-element-plus/vite";
import { defineConfig } from "vitest/config";
import { compress } from "./compress";
import { keepPages } from "./keep-pages";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The platform that the development server stands in front of. */
const backend = process.env.CHENGMAI_BACKEND ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [vue(), elementPlus({}), keepPages(), compress()],
  resolve: { alias: { "@": at("./src") } },
  define: { __VUE_OPTIONS_API__: true, __VUE_PROD_DEVTOOLS__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  build: {
    outDir: "../src/chengmai/portal/static",
    emptyOutDir: true,
    assetsDir: "assets",
    target: "es2022",
    // The map engine and the charts are one lazy chunk each; both are larger than the default warning.
    chunkSizeWarningLimit: 1300,
    rolldownOptions: {
      input: { index: at("./index.html"), sw: at("./src/field/pages-worker.ts") },
      output: {
        // A worker's reach is its address, and its address must stay.
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        codeSplitting: {
          groups: [
            { name: "framework", test: /node_modules\/(@?vue|vue-router|vue-i18n|@intlify)\// },
            { name: "map", test: /node_modules\/(maplibre-gl|@maplibre|@mapbox)\// },
            { name: "space", test: /node_modules\/three\// },
            { name: "charts", test: /node_modules\/(echarts|zrender)\// },
            // Many small files cost a slow line more than a few kilobytes that a page does not use.
            {
              name: "elements",
              test: /node_modules\/(element-plus|@element-plus|lodash|@vueuse|@popperjs|@sxzz)/,
              minShareCount: 3,
            },
            { name: "shared", test: /\/web\/src\/(ui|session|live|api|i18n\/index)/, minShareCount: 3 },
          ],
        },
      },
    },
    license: { fileName: "assets/licenses.md" },
  },
  worker: { format: "es" },
  server: {
    proxy: {
      "/api": { target: backend },
      "/public": { target: backend },
      "/preview": { target: backend },
      "/live": { target: backend, ws: true },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.ts"],
    server: { deps: { inline: ["element-plus"] } },
  },
});
