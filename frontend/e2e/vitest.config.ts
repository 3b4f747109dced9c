import { defineConfig } from "vitest/config";

/** One file at a time, since they share one stack, and the machine may be small. */
export default defineConfig({
  test: {
    // The tests of the package of hooks share the stack.
    include: ["e2e/**/*.e2e.ts", "../packages/jobs/e2e/*.e2e.ts"],
    globalSetup: ["e2e/setup.ts"],
    // These only stop a test that hangs. A test has several steps (patience.ts).
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
});
