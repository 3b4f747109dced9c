import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { loadEnv, type Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { themeLabels } from "./scripts/themeLabels";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The environment, then the project's `.env`. An empty value counts as unset. */
const SETTINGS = new Map(Object.entries(loadEnv("development", ROOT, "")).filter(([, value]) => value !== ""));
const STACK_FILE = join(resolve(ROOT, SETTINGS.get("LOCAL_DIR") ?? ".local"), "stack.json");

/** The `config.json` that the running stack serves. If the stack serves no page, the address of its API. */
async function pageConfig(): Promise<unknown> {
  const { urls } = JSON.parse(readFileSync(STACK_FILE, "utf8")) as { urls: { api: string; web?: string } };
  return urls.web ? (await fetch(`${urls.web}/config.json`)).json() : { apiBaseUrl: urls.api };
}

/** Serves the `config.json` of the local stack; 404 if no stack is running. */
const localStack: Plugin = {
  name: "local-stack",
  configureServer: ({ middlewares, config }) => {
    middlewares.use("/config.json", (_request, response) => {
      pageConfig().then(
        (found) => {
          response.setHeader("Content-Type", "application/json");
          response.end(JSON.stringify(found));
        },
        () => {
          config.logger.warn("No local stack is running. Start one: make stack", { timestamp: true });
          response.writeHead(404).end();
        },
      );
    });
  },
};

/** The second one says that the place of the first cannot be found. */
const DIRECTIVE_WARNINGS = ["MODULE_LEVEL_DIRECTIVE", "SOURCEMAP_ERROR"];

/** Hides the warnings about "use client". It is for server rendering, which this page does not use. */
function withoutDirectives(warning: { code?: string }, warn: (warning: never) => void): void {
  if (!DIRECTIVE_WARNINGS.includes(warning.code ?? "")) warn(warning as never);
}

/** The page uses the source of the hooks, so that it needs no build of them, and reloads when they change. */
const JOBS = fileURLToPath(new URL("../packages/jobs/src", import.meta.url));
const jobsSource = [
  { find: /^@loresmith\/jobs$/, replacement: `${JOBS}/index.ts` },
  { find: /^@loresmith\/jobs\/(core|library)$/, replacement: `${JOBS}/$1/index.ts` },
  { find: /^@loresmith\/jobs\/testing/, replacement: `${JOBS}/testing` },
];

export default defineConfig({
  /** Relative addresses, so that the built page works in any folder of any static server. */
  base: "./",
  plugins: [localStack, themeLabels],
  esbuild: { jsx: "automatic" },
  resolve: {
    alias: [{ find: "@", replacement: fileURLToPath(new URL("./src", import.meta.url)) }, ...jobsSource],
  },
  server: { host: "127.0.0.1", port: Number(SETTINGS.get("WEB_DEV_PORT") ?? 5173) },
  build: { target: "es2022", rollupOptions: { onwarn: withoutDirectives } },
  test: {
    environment: "../packages/jobs/src/testing/environment.ts",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["../packages/jobs/src/testing/setup.ts"],
    sequence: { shuffle: true },
    // Files share a process and a document, which saves nine tenths of the time. Each test cleans up (packages/jobs/src/testing/setup.ts).
    isolate: false,
    // Time is faked; these only stop a test that hangs, on a machine that may be very busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    restoreMocks: true,
  },
});
