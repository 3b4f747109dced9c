import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { faults } from "./axe";
import { makeWorld } from "./savedWorld";
import { session } from "./session";
import { namesInZip } from "./zip";

const test = session();
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const PIECES = '.part[data-kind="piece"]';

let worldId: string;
beforeAll(async () => {
  worldId = await makeWorld();
});

async function openWorld(options: Parameters<typeof test.open>[0] = PHONE, id = worldId): Promise<Page> {
  const page = await test.open(options);
  await page.goto(`${test.site.url}/#/worlds/${id}`);
  await page.locator(".part").first().waitFor();
  return page;
}

function mode(page: Page, name: "Read" | "Edit" | "Players") {
  return page.getByRole("group", { name: "What to do" }).getByRole("button", { name });
}

describe("at the table, on a phone", () => {
  it("every part is reached in two taps, from the start and from the end", async () => {
    const page = await openWorld();
    const headings = await page.locator(".part h2").allInnerTexts();
    for (const heading of [...headings, ...headings.reverse()]) {
      await page.locator(".contents__toggle").tap();
      await page.locator(".contents__entry", { hasText: heading }).last().tap();
      const found = page.locator(".part h2", { hasText: heading }).last();
      expect(await found.evaluate((element) => document.activeElement === element)).toBe(true);
      const place = await found.boundingBox();
      expect(place?.y).toBeGreaterThanOrEqual(0);
      expect(place?.y).toBeLessThan(400);
    }
  });

  it("the page is short until a piece is opened", async () => {
    const page = await openWorld();
    const heightOf = () => page.evaluate(() => document.documentElement.scrollHeight);
    const closed = await heightOf();
    await page.getByRole("button", { name: "Open all" }).tap();
    expect(closed).toBeLessThan(3_000);
    expect(await heightOf()).toBeGreaterThan(2 * closed);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });

  it("the next and the previous part are one tap away", async () => {
    const page = await openWorld();
    await page.getByRole("button", { name: /^Next/ }).tap();
    const first = await page.evaluate(() => document.activeElement?.textContent);
    await page.getByRole("button", { name: /^Next/ }).tap();
    expect(await page.evaluate(() => document.activeElement?.textContent)).not.toBe(first);
    await page.getByRole("button", { name: /^Previous/ }).tap();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(first);
  });

  it("a search opens the part that has the words, and marks them", async () => {
    const page = await openWorld();
    const name = await page.locator(`${PIECES} h2`).nth(2).innerText();
    await page.locator(".contents__toggle").tap();
    await page.getByLabel("Search in this world").fill(name.toUpperCase());
    await page.locator(".contents__entry--hit", { hasText: name }).last().tap();
    await page.waitForFunction(() => [...(CSS.highlights.get("found") ?? [])].length > 0);
  });
});

describe("text", () => {
  it("of a closed piece can be selected with the mouse, and a click opens it", async () => {
    const page = await openWorld({ viewport: { width: 1366, height: 768 } });
    const piece = page.locator(PIECES).first();
    const brief = piece.locator(".part__brief");
    await brief.scrollIntoViewIfNeeded();
    const box = (await brief.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(box.x + 2, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + 120, box.y + 10, { steps: 5 });
    await page.mouse.up();
    expect((await page.evaluate(() => window.getSelection()?.toString() ?? "")).length).toBeGreaterThan(5);
    expect(await piece.getAttribute("data-open")).toBe("false");
    await page.mouse.click(box.x + 4, box.y - 20);
    await brief.waitFor({ state: "detached" });
  });
});

it("an edited paragraph is saved, survives a reload, and the old text can be restored", async () => {
  const id = await makeWorld();
  const page = await openWorld(PHONE, id);
  const old = await page.locator("#story .part__body").evaluate((element) => element.textContent);
  await mode(page, "Edit").tap();
  await page.locator("#story .part__toggle").tap();
  await page.getByRole("button", { name: "Edit Story" }).tap();
  await page.getByRole("textbox", { name: "Story" }).fill("The ferry did not come back.\n\nNobody asked.");
  await page.getByRole("button", { name: "Done" }).tap();
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.reload();
  await page.locator("#story .part__brief", { hasText: "The ferry did not come back." }).waitFor();
  await mode(page, "Edit").tap();
  await page.getByRole("button", { name: "Versions" }).tap();
  await page.getByRole("button", { name: /^Restore/ }).first().tap();
  await expect.poll(() => page.locator("#story .part__body").evaluate((element) => element.textContent)).toBe(old);
});

it("a rewrite changes only the chosen text, follows the instruction, and can be undone", async () => {
  const id = await makeWorld();
  const page = await openWorld({ viewport: { width: 1366, height: 768 } }, id);
  const textOf = (part: string) => page.locator(`#${part} .part__body`).evaluate((element) => element.textContent);
  await mode(page, "Edit").click();
  const [story, quest] = [await textOf("story"), await textOf("quest")];
  await page.getByRole("button", { name: "Rewrite..." }).click();
  for (const other of ["Title", "Quest"]) await page.getByRole("checkbox", { name: other }).uncheck();
  await page.getByRole("button", { name: "Shorter" }).click();
  await page.getByRole("button", { name: "Rewrite", exact: true }).click();
  await page.getByText("Rewritten. The old text is kept under Versions.").waitFor();
  expect((await textOf("story")).length).toBeLessThan(story.length);
  expect(await textOf("quest")).toBe(quest);
  await page.getByRole("button", { name: "Undo the rewrite" }).click();
  await expect.poll(() => textOf("story")).toBe(story);
});

describe("players", () => {
  it("see exactly what the preview shows, without a token, until the link is removed", async () => {
    const id = await makeWorld("steampunk");
    const page = await openWorld({ viewport: { width: 1366, height: 768 } }, id);
    await mode(page, "Players").click();
    await page.getByRole("button", { name: /^Show .* to players/ }).nth(1).click();
    const piece = page.locator(PIECES).first();
    await piece.locator(".part__toggle").click();
    await piece.getByLabel("Name of").check();
    await piece.getByLabel("Appearance of").check();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Make a link for players" }).click();
    const link = await page.getByLabel(/^Link for players/).inputValue();
    await page.getByRole("button", { name: "Preview" }).click();
    const seen = await page.locator(".book__text").evaluate((element) => element.textContent);

    const stranger = await (await test.browser.newContext(PHONE)).newPage();
    await stranger.goto(link);
    await stranger.locator(".part").first().waitFor();
    expect(await stranger.locator(".book__text").evaluate((element) => element.textContent)).toBe(seen);
    expect(await stranger.locator("meta[name=robots]").getAttribute("content")).toContain("noindex");
    expect(await stranger.getByRole("link").count()).toBe(0);
    expect(await faults(stranger)).toEqual([]);

    await page.getByRole("button", { name: "End the preview" }).click();
    await page.getByRole("button", { name: "Take it back" }).click();
    await page.getByRole("button", { name: "Make a link for players" }).waitFor();
    await stranger.reload();
    await stranger.getByText("Its owner has taken it back").waitFor();
  });
});

it("prints black on white in every look, everything open, each piece on its own page", async () => {
  const page = await openWorld({ viewport: { width: 360, height: 740 }, colorScheme: "dark" });
  const pdf = await page.pdf({ format: "A4", printBackground: true });
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? [];
  const pieces = await page.locator(PIECES).count();
  expect(pages.length).toBeGreaterThan(pieces);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  for (const hidden of [".header", ".contents", ".world__tools", ".part__toggle"]) {
    expect(await page.locator(hidden).first().isVisible(), hidden).toBe(false);
  }
  for (const shown of await page.locator(".part__body").all()) expect(await shown.isVisible()).toBe(true);
  const colours = await page.evaluate(() => {
    const { backgroundColor, color } = getComputedStyle(document.body);
    return [backgroundColor, color];
  });
  expect(colours).toEqual(["rgb(255, 255, 255)", "rgb(0, 0, 0)"]);
});

it("exports open: text, page, data, notes in a zip, and a journal", async () => {
  const page = await openWorld();
  const title = await page.getByRole("heading", { level: 1 }).innerText();
  const names = await page.locator(`${PIECES} h2`).allInnerTexts();
  await page.getByRole("button", { name: "Export" }).tap();
  const markdown = (await exported(page, "Markdown")).content.toString("utf8");
  expect(markdown).toContain(`# ${title}\n`);
  const html = (await exported(page, "HTML")).content.toString("utf8");
  expect(html).toMatch(/^<!doctype html>/i);
  const json = JSON.parse((await exported(page, "JSON")).content.toString("utf8")) as object;
  expect(JSON.stringify(json)).toContain(title);
  const foundry = JSON.parse((await exported(page, "Foundry VTT")).content.toString("utf8")) as { name: string; pages: unknown[] };
  expect(foundry.name).toBe(title);
  expect(foundry.pages.length).toBeGreaterThanOrEqual(names.length);
  const obsidian = await exported(page, "Obsidian");
  expect(obsidian.name).toMatch(/\.zip$/);
  const notes = namesInZip(obsidian.content);
  expect(notes.filter((name) => name.endsWith(".md")).length).toBeGreaterThanOrEqual(names.length + 1);
});

it("an export for players leaves out what is not marked", async () => {
  const page = await openWorld();
  const story = await page.locator("#story .part__body p").first().evaluate((element) => element.textContent.slice(0, 60));
  await page.getByRole("button", { name: "Export" }).tap();
  await page.getByLabel("What players may see").check();
  expect((await exported(page, "HTML")).content.toString("utf8")).not.toContain(story);
});

it("a world goes to the trash and comes back", async () => {
  const id = await makeWorld();
  const page = await openWorld(PHONE, id);
  const title = await page.getByRole("heading", { level: 1 }).innerText();
  await mode(page, "Edit").tap();
  await page.getByRole("button", { name: "Move to the trash" }).tap();
  await page.getByText("This world is in the trash").waitFor();
  await page.goto(`${test.site.url}/#/worlds`);
  await page.getByRole("button", { name: "Trash" }).tap();
  await page.getByRole("button", { name: `Restore ${title}` }).tap();
  await page.getByText("The trash has no worlds.").waitFor();
  await page.getByRole("button", { name: "Trash" }).tap();
  await page.locator(`.world-card a[href$="${id}"]`).waitFor();
});

it.each([
  ["light", PHONE],
  ["dark", { viewport: { width: 1366, height: 768 } }],
] as const)("axe-core finds nothing serious in any state, %s", async (colorScheme, options) => {
  const page = await openWorld({ ...options, colorScheme });
  expect(await faults(page)).toEqual([]);
  await page.getByRole("button", { name: "Open all" }).click();
  expect(await faults(page)).toEqual([]);
  await page.getByRole("button", { name: "Export" }).click();
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  for (const name of ["Edit", "Players"] as const) {
    await mode(page, name).click();
    expect(await faults(page)).toEqual([]);
  }
  await page.getByRole("button", { name: "Preview" }).click();
  expect(await faults(page)).toEqual([]);
});

async function exported(page: Page, label: string): Promise<{ name: string; content: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: new RegExp(`^${label}`) }).click()]);
  return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
}
