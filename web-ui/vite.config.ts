import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` shows the page of this folder against a running manager.
const manager = process.env["MESETA_URL"] ?? "http://127.0.0.1:8899";

export default defineConfig({
  plugins: [react()],
  build: {
    // The manager's content security policy allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // Only loaded when somebody opens a console.
            { name: "console", test: /node_modules[\\/](@novnc|@xterm)/ },
            { name: "patternfly", test: /node_modules[\\/]@patternfly/ },
            { name: "vendor", test: /node_modules/ },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": { target: manager, secure: false, changeOrigin: true } } },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
  },
});
