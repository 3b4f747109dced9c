/** Runs once before all tests: checks that there is a browser, builds the page, and starts a stack that runs until the tests end. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "./browser";
import { startStack } from "./stackProcess";

/** Returns the function that stops the stack. With `LOCAL_DIR`, the tests use the stack that runs there, and leave it running. */
export default async function setup(): Promise<() => Promise<void>> {
  findChromium(process.env);
  build();
  if (process.env.LOCAL_DIR !== undefined) return () => Promise.resolve();
  const folder = mkdtempSync(join(tmpdir(), "loresmith-e2e-"));
  process.env.LOCAL_DIR = folder;
  const stack = await startStack(folder);
  return async () => {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

function build(): void {
  execFileSync("npm", ["run", "--silent", "build", "--", "--logLevel", "warn"], {
    env: { ...process.env, NODE_ENV: "production" },
    stdio: "inherit",
  });
}
