/** Runs the commands of the documents as a reader does: in a copy of the clone, with a home of its own. */

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { ROOT } from "./block";

/**
 * npm installs the newest versions of this day, so that a new release changes no test. Raise it when a document names a
 * newer version: npm does not find versions after this day.
 */
const DAY = "2026-12-01";
const BASH = ["-euo", "pipefail", "-c"];

const execute = promisify(execFile);

export interface Served {
  /** The address that the command prints. */
  url: Promise<string>;
  stop: () => Promise<void>;
}

export interface Reader {
  clone: string;
  /** Returns what the command prints. Throws an error with its output if it fails. */
  run: (place: string, command: string, args: string[], variables?: NodeJS.ProcessEnv) => Promise<string>;
  /** Runs a block in this folder. */
  paste: (place: string, code: string) => Promise<string>;
  /** Runs a block that serves a page until it is stopped. */
  serve: (place: string, code: string) => Served;
}

export function makeReader(folder: string): Reader {
  const [clone, home] = [join(folder, "clone"), join(folder, "home")];
  mkdirSync(home);
  copyClone(clone);
  const env = environment(home);
  const run: Reader["run"] = async (place, command, args, variables = {}) => {
    try {
      return (await execute(command, args, { cwd: place, env: { ...env, ...variables }, maxBuffer: 1e8 })).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`, { cause: error });
    }
  };
  return { clone, run, paste: (place, code) => run(place, "bash", [...BASH, code]), serve: (place, code) => serve(place, code, env) };
}

/** What `npm pack -w packages/jobs` needs. It writes only into the copy. */
function copyClone(clone: string): void {
  for (const part of ["package.json", "LICENSE", "packages/jobs"]) cpSync(join(ROOT, part), join(clone, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
}

/** npm uses the settings and the cache of the real home. */
function environment(home: string): NodeJS.ProcessEnv {
  return {
    npm_config_cache: join(homedir(), ".npm"),
    npm_config_userconfig: join(homedir(), ".npmrc"),
    ...process.env,
    HOME: home,
    NODE_ENV: "",
    npm_config_before: DAY,
    npm_config_prefer_offline: "true",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
    npm_config_loglevel: "error",
  };
}

function serve(place: string, code: string, env: NodeJS.ProcessEnv): Served {
  // Bash leads a process group, so that the signal reaches all programs. Their input stays open: Vite ends when it closes.
  const server = spawn("bash", [...BASH, code], { cwd: place, env, detached: true, stdio: "pipe" });
  const ended = once(server, "close");
  const url = new Promise<string>((resolve, reject) => {
    let printed = "";
    const read = (part: Buffer) => {
      printed += stripVTControlCharacters(part.toString());
      const [, address] = /(http:\S+)\s/.exec(printed) ?? [];
      if (address !== undefined) resolve(address);
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.on("close", () => reject(new Error(`${code}${printed}`)));
  });
  const stop = async () => {
    if (server.pid !== undefined && server.exitCode === null && server.signalCode === null) process.kill(-server.pid, "SIGTERM");
    await ended;
  };
  return { url, stop };
}
