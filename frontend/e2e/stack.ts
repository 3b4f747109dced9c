/** The running stack that the tests use, by what it says of itself. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

interface StackFile {
  processes: Record<string, number>;
  urls: Record<string, string>;
}

/** Read anew each time: a process that was restarted has another id. */
function readStack(): StackFile {
  return JSON.parse(readFileSync(join(process.env.LOCAL_DIR ?? "", "stack.json"), "utf8")) as StackFile;
}

export function urlOf(name: "api" | "web" | "llm"): string {
  const url = readStack().urls[name];
  if (url === undefined) throw new Error(`The stack has no ${name}.`);
  return url;
}

/** End a process of the stack, as a crash would; the stack starts it again. */
export function crash(name: string): void {
  const pid = readStack().processes[name];
  if (pid === undefined) throw new Error(`The stack has no process ${name}.`);
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
}

/** Seconds that the offline writer takes for an answer: short for the most part. */
const QUICK_S = 0.15;
/** Long enough that a test finds a job in its middle. */
const SLOW_S = 0.8;

/** `rules` are faults of the writer, as its /control/faults takes them. */
export async function pace(name: "quick" | "slow", ...rules: { fault: string; schema?: string }[]): Promise<void> {
  const body = JSON.stringify({ latency_s: name === "quick" ? QUICK_S : SLOW_S, rules });
  await fetch(new URL("/control/faults", urlOf("llm")), { method: "PUT", body });
}
