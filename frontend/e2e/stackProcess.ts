/** Starts and stops a local stack. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = join(import.meta.dirname, "../..");
const PYTHON = process.env.PYTHON ?? join(ROOT, ".venv/bin/python");
/** Only stops a start that hangs, on a machine that may be very busy. */
const START_MS = 300_000;

export interface StackProcess {
  stop: () => Promise<void>;
}

/** Where the stack serves the API and the page; empty for any free port. */
export interface StackPorts {
  API_PORT: string;
  WEB_PORT: string;
}

/** Resolves when the stack in this folder is ready. A stack that was stopped can be started again in its folder. */
export async function startStack(folder: string, ports: StackPorts = { API_PORT: "", WEB_PORT: "" }): Promise<StackProcess> {
  if (!existsSync(PYTHON)) throw new Error(`${PYTHON} is missing. Run make venv, or set PYTHON.`);
  const log = join(folder, "stack.log");
  const output = openSync(log, "w");
  const stack = spawn(PYTHON, ["-m", "local", "stack"], {
    cwd: ROOT,
    env: { ...process.env, LOCAL_DIR: folder, ...ports },
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
  return {
    stop: async () => {
      const ended = once(stack, "exit");
      if (stack.exitCode === null && stack.kill("SIGTERM")) await ended;
    },
  };
}

/** Ports that are free now, so that a stack has the same addresses after a restart. */
export async function freePorts(): Promise<StackPorts> {
  const servers = [createServer(), createServer()];
  await Promise.all(servers.map((server) => once(server.listen(0, "127.0.0.1"), "listening")));
  const [api, web] = servers.map((server) => `${(server.address() as AddressInfo).port}`) as [string, string];
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return { API_PORT: api, WEB_PORT: web };
}
