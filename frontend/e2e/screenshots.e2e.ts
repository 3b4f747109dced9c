/** Takes screenshots of every page at three widths, light and dark, into `e2e/screenshots/`. */

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
  mkdirSync(FOLDER, { recursive: true });
  [site, browser] = await Promise.all([openSite(), launch()]);
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

it.each(LOOKS)("at $width px, $theme", async ({ width, theme }) => {
  const page = await browser.newPage({ viewport: { width, height: HEIGHTS[width] ?? 768 }, reducedMotion: "reduce" });
  const shoot = (name: string) => pictures(page, `${name}-${width}`);
  await page.goto(site.url);
  await page.getByRole("radio", { name: theme }).waitFor({ state: "attached" });
  await shoot("1-theme");
  await pace("slow");
  await start(page, site.url, theme);
  await page.locator(".card--unfinished .card__name").first().waitFor();
  await shoot("2-writing");
  await pace("quick");
  const first = (await written(page, "Characters")).first();
  await first.getByRole("button", { name: /Read more/ }).click();
  await first.getByRole("radio").check({ force: true });
  await shoot("3-characters");
  for (const kind of await kinds()) await pick(page, kind, 0);
  await shoot("4-your-world");
  await createWorld(page);
  await shoot("5-world");
  await page.getByRole("link", { name: "Worlds" }).click();
  await page.locator(".world-card").first().waitFor();
  await shoot("6-worlds");
  await page.getByRole("link", { name: "Jobs" }).click();
  await page.locator(".job").first().waitFor();
  await shoot("7-jobs");
  await page.getByRole("link", { name: "Library" }).click();
  await page.locator(".kept").first().waitFor();
  await shoot("8-library");
  await page.locator(".kept__name a").first().click();
  await page.getByRole("button", { name: "Rewrite..." }).click();
  await page.getByText(/^About \d+ call/).waitFor();
  await shoot("9-piece");
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.getByRole("button", { name: "Edit Description" }).click();
  await shoot("9-piece-edited");
  await page.goto(`${site.url}/#/history`);
  await page.getByRole("img", { name: /tokens from/ }).waitFor();
  await shoot("9-history");
  expect(await overflow(page)).toBe(0);
  await page.close();
});

async function pictures(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  expect(await overflow(page)).toBe(0);
  expect(await cutOff(page)).toEqual([]);
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
