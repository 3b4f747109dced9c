/** What each test file opens once: the site with the page, and a browser. Also questions to the API about its jobs. */

import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launch } from "./browser";
import { openSite, type Site } from "./site";
import { PATIENCE_MS } from "./patience";
import { pace, urlOf } from "./stack";

export interface Session {
  site: Site;
  context: BrowserContext;
  /** Opens a page in a browser context with empty storage. */
  open: (options?: Parameters<Browser["newContext"]>[0]) => Promise<Page>;
  browser: Browser;
}

/** Opens a session for the current test file. */
export function session(): Session {
  const current = {} as Session;
  beforeAll(async () => {
    await pace("quick");
    [current.site, current.browser] = await Promise.all([openSite(), launch()]);
    current.open = async (options) => {
      current.context = await current.browser.newContext({ reducedMotion: "reduce", ...options });
      current.context.setDefaultTimeout(PATIENCE_MS);
      return current.context.newPage();
    };
  });
  afterEach(async () => {
    current.site.line.restore();
    await pace("quick");
    await Promise.all(current.browser.contexts().map((context) => context.close()));
  });
  afterAll(async () => {
    await current.browser.close();
    await current.site.close();
  });
  return current;
}

/** The number of jobs of a type, at most 100. */
export async function countJobs(type: string): Promise<number> {
  const response = await fetch(`${urlOf("api")}/jobs?limit=100&type=${type}`);
  const { jobs } = (await response.json()) as { jobs: unknown[] };
  return jobs.length;
}

/** Wait until the API is healthy. The stack restarts a crashed process after a pause. */
export async function untilHealthy(): Promise<void> {
  await expect.poll(async () => (await fetch(`${urlOf("api")}/health`)).status, { timeout: PATIENCE_MS }).toBe(200);
}
