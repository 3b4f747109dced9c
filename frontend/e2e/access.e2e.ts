import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { faults } from "./axe";
import { session } from "./session";
import { createWorld, kinds, pick, start, written } from "./wizard";

const test = session();
const THEMES = ["Fantasy", "Norse mythology", "Cyberpunk", "Steampunk", "Post-apocalyptic"];

it.each(THEMES)("axe-core finds nothing serious in %s, light and dark", async (theme) => {
  const page = await test.open();
  await start(page, test.site.url, theme);
  expect(await faults(page)).toEqual([]);
  const first = (await written(page, "Characters")).first();
  await first.getByRole("button", { name: /Read more/ }).click();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await faults(page)).toEqual([]);
  }
  await page.getByRole("button", { name: "Theme" }).click();
  expect(await faults(page)).toEqual([]);
});

it("axe-core finds nothing serious on the way to a world, and on the other pages", async () => {
  const page = await test.open();
  await start(page, test.site.url);
  for (const kind of await kinds()) await pick(page, kind);
  expect(await faults(page)).toEqual([]);
  await createWorld(page);
  expect(await faults(page)).toEqual([]);
  for (const name of ["Worlds", "Jobs"]) {
    await page.getByRole("link", { name }).click();
    await page.locator(".world-card, .job").first().waitFor();
    expect(await faults(page)).toEqual([]);
  }
});

it("makes a world with the keyboard only", async () => {
  const page = await test.open();
  await page.goto(test.site.url);
  await tabTo(page, 'input[name="theme"]:checked');
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  for (const kind of await kinds()) {
    await written(page, kind);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
    await tabTo(page, '.card__pick input[type="radio"]');
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowDown");
    await tabTo(page, ".button--main");
    await page.keyboard.press("Enter");
  }
  await tabTo(page, ".button--main");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Export" }).waitFor();
});

/** Press Tab until an element that matches the selector has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
  }
  throw new Error(`Tab never reaches ${selector}.`);
}
