import { defineConfig } from "vitest/config";

/** These tests build and pack the package. The limits only stop a test that hangs. */
export default defineConfig({
  test: { include: ["check/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000 },
});
