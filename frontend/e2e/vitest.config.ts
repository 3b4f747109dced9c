import { defineConfig } from "vitest/config";

/** Each worker has a stack of its own, because tests slow a stack down or crash parts of it. */
export default defineConfig({
  test: {
    include: ["e2e/**/*.e2e.ts"],
    globalSetup: [`${import.meta.dirname}/setup.ts`],
    // These only stop a test that hangs. A test has several steps (patience.ts).
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: process.env.LOCAL_DIR === undefined ? 2 : 1,
  },
});
