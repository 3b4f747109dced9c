/** Every page fits at three widths. `npm run screenshots` also takes pictures, light and dark, into `e2e/screenshots/`. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch } from "./browser";
import { openSite, type Site } from "./site";
import { pace } from "./stack";
import { createWorld, kinds, pick, start, written } from "./wizard";

const FOLDER = join(import.meta.dirname, "screenshots");
const LOOKS = [
  { width: 360, theme: "Steampunk" },
  { width: 768, theme: "Cyberpunk" },
  { width: 1366, theme: "Norse mythology" },
];

const HEIGHTS: Record<number, number> = { 360: 740, 768: 1024 };

let site: Site;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([openSite(), launch()]);
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

it.each(LOOKS)("every page fits at $width px, $theme", async ({ width, theme }) => {
  const page = await browser.newPage({ viewport: { width, height: HEIGHTS[width] ?? 768 }, reducedMotion: "reduce" });
  const look = async (name: string) => {
    await fits(page);
    if (process.env.SCREENSHOTS !== undefined) await pictures(page, `${name}-${width}`);
  };
  await page.goto(site.url);
  await page.getByRole("radio", { name: theme }).waitFor({ state: "attached" });
  await look("1-theme");
  await pace("slow");
  await start(page, site.url, theme);
  await page.locator(".card--unfinished .card__name").first().waitFor();
  await look("2-writing");
  await pace("quick");
  const first = (await written(page, "Characters")).first();
  await first.getByRole("button", { name: /Read more/ }).click();
  await first.getByRole("radio").check({ force: true });
  await look("3-characters");
  for (const kind of await kinds()) await pick(page, kind, 0);
  await look("4-your-world");
  await createWorld(page);
  await look("5-world");
  await page.getByRole("link", { name: "Worlds" }).click();
  await page.locator(".world-card").first().waitFor();
  await look("6-worlds");
  await page.getByRole("link", { name: "Jobs" }).click();
  await page.locator(".job").first().waitFor();
  await look("7-jobs");
  await page.getByRole("link", { name: "Library" }).click();
  await page.locator(".kept").first().waitFor();
  await look("8-library");
  await page.locator(".kept__name a").first().click();
  await page.getByRole("button", { name: "Rewrite..." }).click();
  await page.getByText(/^About \d+ call/).waitFor();
  await look("9-piece");
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.getByRole("button", { name: "Edit Description" }).click();
  await look("9-piece-edited");
  await page.goto(`${site.url}/#/history`);
  await page.getByRole("img", { name: /tokens from/ }).waitFor();
  await look("9-history");
  await page.close();
});

async function fits(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  expect(await overflow(page)).toBe(0);
  expect(await cutOff(page)).toEqual([]);
}

async function pictures(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const path = join(FOLDER, `${name}-${colorScheme}.png`);
    await page.screenshot({ path, fullPage: /^[59]-/.test(name), animations: "disabled" });
  }
}

/** How many pixels the page is wider than its window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** The texts of buttons, links and labels that are cut off at the left or right. */
function cutOff(page: Page): Promise<string[]> {
  return page.locator("button, a, label").evaluateAll((elements) =>
    elements
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        let box = element.parentElement;
        while (box !== null && getComputedStyle(box).overflowX === "visible") box = box.parentElement;
        if (box === null || width <= 1) return false; // 1 px: only for screen readers
        const edge = box.getBoundingClientRect();
        return left < edge.left - 1 || right > edge.right + 1;
      })
      .map((element) => element.textContent),
  );
}
