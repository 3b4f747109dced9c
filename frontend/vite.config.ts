import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const STACK_FILE = join(process.env.LOCAL_DIR ?? fileURLToPath(new URL("../.local", import.meta.url)), "stack.json");

/** The dev server's `config.json` names the API of the local stack that runs at that moment; 404 where none does. */
const localStack: Plugin = {
  name: "local-stack",
  configureServer: ({ middlewares }) => {
    middlewares.use("/config.json", (_request, response) => {
      try {
        const { urls } = JSON.parse(readFileSync(STACK_FILE, "utf8")) as { urls: { api: string } };
        response.setHeader("Content-Type", "application/json");
        response.end(JSON.stringify({ apiBaseUrl: urls.api }));
      } catch {
        response.writeHead(404).end();
      }
    });
  },
};

/** "use client" is for server rendering, which this page has none of; every module of the library wears it. */
function withoutDirectives(warning: { code?: string }, warn: (warning: never) => void): void {
  if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning as never);
}

export default defineConfig({
  /** Relative addresses: the built page works from any folder of any static server. */
  base: "./",
  plugins: [localStack],
  esbuild: { jsx: "automatic" },
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { host: "127.0.0.1", port: Number(process.env.WEB_PORT ?? 5173) },
  build: { target: "es2022", rollupOptions: { onwarn: withoutDirectives } },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    sequence: { shuffle: true },
    restoreMocks: true,
  },
});
