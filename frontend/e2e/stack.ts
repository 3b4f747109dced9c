/** The running stack that this worker's tests use, as its `stack.json` describes it. */

import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

interface StackFile {
  processes: Record<string, number>;
  urls: Record<string, string>;
}

/** Vitest numbers its workers from 1. */
const FOLDER = (process.env.STACK_FOLDERS ?? "").split(delimiter)[Number(process.env.VITEST_POOL_ID) - 1];

/** Read each time, since a restarted process has another id. */
function readStack(): StackFile {
  if (FOLDER === undefined) throw new Error(`Worker ${process.env.VITEST_POOL_ID} has no stack.`);
  return JSON.parse(readFileSync(join(FOLDER, "stack.json"), "utf8")) as StackFile;
}

export function urlOf(name: "api" | "web" | "llm"): string {
  const url = readStack().urls[name];
  if (url === undefined) throw new Error(`The stack has no ${name}.`);
  return url;
}

/** Kill a process of the stack. The stack starts it again. */
export function crash(name: string): void {
  const pid = readStack().processes[name];
  if (pid === undefined) throw new Error(`The stack has no process ${name}.`);
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has already ended.
  }
}

/** Seconds until the offline writer answers. */
const QUICK_S = 0.15;
/** Long enough to do something while a job is running, even on a busy machine. */
const SLOW_S = 2;

/** Set how fast the offline writer answers. `rules` are its faults, in the form that its /control/faults takes. */
export async function pace(name: "quick" | "slow", ...rules: { fault: string; schema?: string; times?: number }[]): Promise<void> {
  const body = JSON.stringify({ latency_s: name === "quick" ? QUICK_S : SLOW_S, rules });
  await fetch(new URL("/control/faults", urlOf("llm")), { method: "PUT", body });
}
