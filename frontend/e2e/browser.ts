/** The Chromium of this machine: `CHROMIUM_PATH`, else the first name that is on the PATH. Nothing is downloaded. */

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

/** Chromium without windows needs a third less CPU. tests/acceptance/test_new_type.py and the Makefile look for the same names. */
const NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

/** The browser must not make network calls of its own during a test. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(process.env), args: FLAGS });
}

/** Throws an error that says what to do if there is no Chromium. */
export function findChromium({ CHROMIUM_PATH, PATH = "" }: NodeJS.ProcessEnv): string {
  const places = NAMES.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)));
  const found = CHROMIUM_PATH ?? places.find(isProgram);
  if (found !== undefined && isProgram(found)) return found;
  throw new Error("There is no Chromium. Install it (Debian: apt-get install -y chromium-headless-shell), or set CHROMIUM_PATH.");
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
