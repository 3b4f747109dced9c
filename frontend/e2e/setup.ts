/** Runs once before all tests: checks that there is a browser, builds the page, and starts a stack that runs until the tests end. */

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findChromium } from "./browser";

const ROOT = join(import.meta.dirname, "../..");
const PYTHON = process.env.PYTHON ?? join(ROOT, ".venv/bin/python");
/** Only stops a start that hangs, on a machine that may be very busy. */
const START_MS = 300_000;

/** Returns the function that stops the stack. With `LOCAL_DIR`, the tests use the stack that runs there, and leave it running. */
export default async function setup(): Promise<() => Promise<void>> {
  findChromium(process.env);
  build();
  if (process.env.LOCAL_DIR !== undefined) return () => Promise.resolve();
  const folder = mkdtempSync(join(tmpdir(), "loresmith-e2e-"));
  process.env.LOCAL_DIR = folder;
  const stack = await start(folder);
  return async () => {
    const ended = once(stack, "exit");
    if (stack.exitCode === null && stack.kill("SIGTERM")) await ended;
    rmSync(folder, { recursive: true, force: true });
  };
}

function build(): void {
  execFileSync("npm", ["run", "--silent", "build", "--", "--logLevel", "warn"], {
    env: { ...process.env, NODE_ENV: "production" },
    stdio: "inherit",
  });
}

async function start(folder: string): Promise<ChildProcess> {
  if (!existsSync(PYTHON)) throw new Error(`${PYTHON} is missing. Run make venv, or set PYTHON.`);
  const log = join(folder, "stack.log");
  const output = openSync(log, "w");
  const stack = spawn(PYTHON, ["-m", "local", "stack"], {
    cwd: ROOT,
    env: { ...process.env, LOCAL_DIR: folder, API_PORT: "", WEB_PORT: "" },
    stdio: ["ignore", output, output],
  });
  const deadline = Date.now() + START_MS;
  while (!existsSync(join(folder, "stack.json"))) {
    if (stack.exitCode !== null || Date.now() > deadline) {
      stack.kill();
      throw new Error(`The stack did not start:\n${readFileSync(log, "utf8")}`);
    }
    await sleep(100);
  }
  return stack;
}
