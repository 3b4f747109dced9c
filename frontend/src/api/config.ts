/** The configuration of the page: `config.json` beside the page, else the values from the build, else the page's own origin. */

import type { Fetch } from "@loresmith/jobs/core";

/** The page is empty until `config.json` is read or this time is over. */
const TIMEOUT_MS = 5_000;

export interface PageConfig {
  apiBaseUrl: string;
  token: string | undefined;
  /** "offline" if the offline writer of the local stack is used instead of a model. */
  writer: "offline" | undefined;
}

export interface BuildConfig {
  VITE_API_BASE_URL?: string | undefined;
  VITE_API_TOKEN?: string | undefined;
}

/** Never throws: without a readable `config.json`, the values from the build are used. */
export async function loadConfig(fetch: Fetch, built: BuildConfig, page: string): Promise<PageConfig> {
  const given = await readConfig(fetch, new URL("config.json", page).href);
  return {
    apiBaseUrl: text(given.apiBaseUrl) ?? built.VITE_API_BASE_URL ?? "",
    token: text(given.token) ?? text(built.VITE_API_TOKEN),
    writer: given.writer === "offline" ? "offline" : undefined,
  };
}

async function readConfig(fetch: Fetch, address: string): Promise<Partial<Record<keyof PageConfig, unknown>>> {
  try {
    const response = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const given: unknown = response.ok ? await response.json() : {};
    return typeof given === "object" && given !== null ? given : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
