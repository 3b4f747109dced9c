/** What every file of tests opens once: the page's site, a browser, and the API's own word on what was done. */

import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launch } from "./browser";
import { openSite, type Site } from "./site";
import { pace, urlOf } from "./stack";

export interface Session {
  site: Site;
  context: BrowserContext;
  /** A page of a browser with nothing remembered. */
  open: (options?: Parameters<Browser["newContext"]>[0]) => Promise<Page>;
  browser: Browser;
}

/** Registers with the running test file. */
export function session(): Session {
  const current = {} as Session;
  beforeAll(async () => {
    await pace("quick");
    [current.site, current.browser] = await Promise.all([openSite(), launch()]);
    current.open = async (options) => {
      current.context = await current.browser.newContext({ reducedMotion: "reduce", ...options });
      return current.context.newPage();
    };
  });
  afterEach(async () => {
    current.site.line.mend();
    await pace("quick");
    await Promise.all(current.browser.contexts().map((context) => context.close()));
  });
  afterAll(async () => {
    await current.browser.close();
    await current.site.close();
  });
  return current;
}

/** How many jobs there are of a type, the newest hundred counted. */
export async function countJobs(type: string): Promise<number> {
  const response = await fetch(`${urlOf("api")}/jobs?limit=100&type=${type}`);
  const { jobs } = (await response.json()) as { jobs: unknown[] };
  return jobs.length;
}

/** Until the API finds everything it needs; what was crashed is started again after a pause. */
export async function untilHealthy(): Promise<void> {
  await expect.poll(async () => (await fetch(`${urlOf("api")}/health`)).status, { timeout: 30_000 }).toBe(200);
}
