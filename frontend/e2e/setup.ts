/** Runs once before all tests: checks that there is a browser, builds the page, and starts a stack for each worker, which runs until the tests end. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { TestProject } from "vitest/node";
import { findChromium } from "./browser";
import { startStack } from "./stackProcess";

/** Returns the function that stops the stacks. With `LOCAL_DIR`, the tests use the stack that runs there, and leave it running. */
export default async function setup({ vitest }: TestProject): Promise<() => Promise<void>> {
  findChromium(process.env);
  build();
  if (process.env.LOCAL_DIR !== undefined) {
    process.env.STACK_FOLDERS = process.env.LOCAL_DIR;
    return () => Promise.resolve();
  }
  const folders = Array.from({ length: vitest.config.maxWorkers }, () => mkdtempSync(join(tmpdir(), "loresmith-e2e-")));
  process.env.STACK_FOLDERS = folders.join(delimiter);
  const stacks = await Promise.all(folders.map((folder) => startStack(folder)));
  return async () => {
    await Promise.all(stacks.map((stack) => stack.stop()));
    folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
  };
}

function build(): void {
  execFileSync("npm", ["run", "--silent", "build", "--", "--logLevel", "warn"], {
    cwd: join(import.meta.dirname, ".."),
    env: { ...process.env, NODE_ENV: "production" },
    stdio: "inherit",
  });
}
