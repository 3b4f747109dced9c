import { defineConfig } from "vitest/config";

/** On a stack like that of the page's tests. */
export default defineConfig({
  test: {
    include: ["e2e/*.e2e.ts"],
    globalSetup: [`${import.meta.dirname}/../../../frontend/e2e/setup.ts`],
    // These only stop a test that hangs.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
  },
});
