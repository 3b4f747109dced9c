import { defineConfig } from "vitest/config";

export default defineConfig({
  esbuild: { jsx: "automatic" },
  test: {
    environment: "./src/testing/environment.ts",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    sequence: { shuffle: true },
    // Files share a process and a document, which saves nine tenths of the time. Each test cleans up (src/testing/setup.ts).
    isolate: false,
    // Time is faked; these only stop a test that hangs, on a machine that may be very busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    restoreMocks: true,
  },
});
