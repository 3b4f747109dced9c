/** What a game master keeps, on a phone, from the first character to the table. */

import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults } from "./axe";
import { session } from "./session";
import { freePorts, startStack, type StackPorts, type StackProcess } from "./stackProcess";
import { start, written } from "./wizard";
import { textsInZip } from "./zip";

const test = session();
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** A name that no other test uses. */
function unique(name: string): string {
  return `${name} ${randomUUID().slice(0, 8)}`;
}

async function saved(page: Page): Promise<void> {
  await page.getByRole("status").getByText("Saved", { exact: true }).waitFor();
}

/** axe-core finds nothing serious, and nothing is wider than the phone. */
async function isFine(page: Page): Promise<void> {
  expect(await faults(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
}

/** The text of a part of a piece, by its heading. */
function entry(page: Page, heading: string) {
  return page.locator(".sheet__entry", { has: page.getByRole("heading", { name: heading, exact: true }) }).locator(".editable__text");
}

/** Adds a piece of the user's own. */
async function add(page: Page, kind: string, name: string, description: string): Promise<void> {
  await page.goto(`${test.site.url}/#/library`);
  await page.getByRole("button", { name: "Write your own" }).tap();
  const form = page.getByRole("form", { name: "Write your own" });
  await form.getByLabel("Kind").selectOption(kind);
  await form.getByLabel("Name").fill(name);
  await form.getByLabel("Description").fill(description);
  await page.getByRole("button", { name: "Add to the library" }).tap();
  await page.getByRole("link", { name }).waitFor();
}

async function openPiece(page: Page, name: string): Promise<void> {
  await page.goto(`${test.site.url}/#/library`);
  await page.getByRole("link", { name }).tap();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

describe("a character that was chosen and changed", () => {
  let folder: string;
  let ports: StackPorts;
  let stack: StackProcess;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "loresmith-keep-"));
    ports = await freePorts();
    stack = await startStack(folder, ports);
  });
  afterAll(async () => {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function countJobs(): Promise<number> {
    const { jobs } = (await (await fetch(`http://127.0.0.1:${ports.API_PORT}/jobs`)).json()) as { jobs: unknown[] };
    return jobs.length;
  }

  it("is there with all versions after a restart with an empty Redis", async () => {
    const page = await test.open(PHONE);
    await start(page, `http://127.0.0.1:${ports.WEB_PORT}`);
    const card = (await written(page, "Characters")).nth(1);
    const name = await card.locator(".card__name").innerText();
    await card.getByRole("radio").check({ force: true });
    await isFine(page);

    await page.getByRole("link", { name: "Library" }).tap();
    await page.getByRole("link", { name, exact: true }).tap();
    await page.getByRole("button", { name: "Edit Name" }).tap();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Ysolde Vane");
    await page.getByRole("button", { name: "Done" }).tap();
    await saved(page);
    const [past, looks] = [await entry(page, "Description").innerText(), await entry(page, "Appearance").innerText()];

    await page.getByRole("button", { name: "Lock Description" }).tap();
    await page.getByRole("button", { name: "Rewrite..." }).tap();
    const boxes = page.getByRole("group", { name: "What to rewrite" }).getByRole("checkbox");
    expect(await page.getByRole("checkbox", { name: /^Description/ }).isDisabled()).toBe(true);
    for (const box of await boxes.all()) if (await box.isChecked()) await box.tap();
    await page.getByRole("checkbox", { name: "Appearance" }).tap();
    await page.getByLabel(/^How/).fill("older, one-eyed");
    await page.getByText(/^About 1 call,/).waitFor();
    await isFine(page);
    await page.getByRole("button", { name: "Rewrite", exact: true }).tap();
    await page.getByRole("button", { name: "Keep", exact: true }).tap();
    expect(await page.getByRole("region", { name: "Rewrite" }).count()).toBe(0);
    const older = await entry(page, "Appearance").innerText();
    expect(older).not.toBe(looks);
    expect(await entry(page, "Description").innerText()).toBe(past);
    await page.getByRole("button", { name: "Favourite: Ysolde Vane" }).tap();
    await saved(page);
    await isFine(page);

    await stack.stop();
    stack = await startStack(folder, ports);
    expect(await countJobs()).toBe(0);

    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Ysolde Vane" }).waitFor();
    expect(await entry(page, "Appearance").innerText()).toBe(older);
    expect(await page.getByRole("button", { name: "Lock Description", pressed: true }).count()).toBe(1);
    await page.getByRole("button", { name: "Versions" }).tap();
    const versions = page.getByRole("listitem").filter({ has: page.getByRole("button", { name: /^Restore/ }) });
    await versions.nth(1).waitFor();
    expect(await versions.count()).toBe(2);
    await versions.first().getByRole("button", { name: /^Compare/ }).tap();
    await versions.first().getByText(looks).waitFor();
    await isFine(page);
    await versions.first().getByRole("button", { name: /^Restore/ }).tap();
    await expect.poll(() => entry(page, "Appearance").innerText()).toBe(looks);
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Ysolde Vane");
    await page.getByRole("link", { name: "Library" }).first().tap();
    await page.getByRole("button", { name: "Favourites" }).tap();
    await expect.poll(() => page.locator(".kept__name").allInnerTexts()).toEqual(["Ysolde Vane"]);
  });
});

describe("a world of kept pieces", () => {
  it("is edited, printed, shown to players, taken back from them, and exported", async () => {
    const page = await test.open(PHONE);
    const kept = [
      ["character", unique("Ada")],
      ["relic", unique("The bell")],
    ] as const;
    for (const [kind, name] of kept) await add(page, kind, name, `${name} is older than the town. Nobody asks why.`);
    for (const [, name] of kept) await page.getByRole("checkbox", { name: `Select ${name} for a world` }).tap();
    await page.getByRole("button", { name: "Make a world" }).tap();
    await page.getByText(/^About \d+ call/).waitFor();
    await isFine(page);
    await page.getByRole("button", { name: "Create the world" }).tap();
    await page.waitForURL(/#\/worlds\//);
    await page.getByRole("group", { name: "What to do" }).waitFor();
    const title = await page.getByRole("heading", { level: 1 }).innerText();
    expect(await page.getByText("Your world is ready.").count()).toBe(0);
    await isFine(page);

    const mode = (name: string) => page.getByRole("group", { name: "What to do" }).getByRole("button", { name });
    await mode("Edit").tap();
    await page.locator("#story .part__toggle").tap();
    await page.getByRole("button", { name: "Edit Story" }).tap();
    const story = page.getByRole("textbox", { name: "Story" });
    await story.fill((await story.inputValue()).replace(/^.+/, "The weir broke on a Tuesday."));
    await page.getByRole("button", { name: "Done" }).tap();
    await page.getByText("Saved", { exact: true }).waitFor();
    await isFine(page);

    await mode("Read").tap();
    await page.emulateMedia({ media: "print" });
    for (const control of await page.locator("header.header, nav, button, input, select, .ended, .world__save").all()) {
      expect(await control.isVisible(), await control.evaluate((element) => element.outerHTML)).toBe(false);
    }
    for (const text of ["The weir broke on a Tuesday.", ...kept.map(([, name]) => `${name} is older`)]) {
      expect(await page.locator(".part__body").getByText(text).first().isVisible(), text).toBe(true);
    }
    await page.emulateMedia({ media: "screen" });

    await mode("Players").tap();
    await page.getByRole("button", { name: "Show Story to players" }).tap();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Make a link for players" }).tap();
    const link = await page.getByLabel(/^Link for players/).inputValue();
    await isFine(page);
    const player = await (await test.browser.newContext(PHONE)).newPage();
    await player.goto(link);
    await player.getByRole("heading", { level: 1, name: title }).waitFor();
    expect(await player.locator(".part").count()).toBe(1);
    await player.getByText("The weir broke on a Tuesday.").first().waitFor();
    await isFine(player);
    await page.getByRole("button", { name: "Take it back" }).tap();
    await page.getByRole("button", { name: "Make a link for players" }).waitFor();
    await player.reload();
    await player.getByRole("heading", { name: "This link shows nothing" }).waitFor();
    await isFine(player);

    await mode("Read").tap();
    const notes = textsInZip(await exported(page, "Obsidian"));
    const journal = JSON.parse((await exported(page, "Foundry VTT")).toString("utf8")) as { pages: { name: string }[] };
    for (const [, name] of kept) {
      const note = [...notes].find(([path]) => path.endsWith(`/${name}.md`));
      expect(note?.[1], [...notes.keys()].join()).toContain(`${name} is older than the town.`);
      expect(journal.pages.map((each) => each.name)).toContain(name);
    }
    expect(JSON.stringify(journal)).toContain("The weir broke on a Tuesday.");
  });
});

describe("two people who edit one text at once", () => {
  it("lose neither text: it waits for a choice over a reload, and undo takes the choice back", async () => {
    const one = await test.open(PHONE);
    const name = unique("Gull");
    await add(one, "character", name, "She keeps the ferry.");
    const other = await (await test.browser.newContext(PHONE)).newPage();
    await openPiece(one, name);
    await openPiece(other, name);
    const texts = new Map([
      [one, "She was born in the toll house."],
      [other, "Nobody wrote down the year."],
    ]);
    for (const [page, text] of texts) {
      await page.getByRole("button", { name: "Edit Description" }).tap();
      await page.getByRole("textbox", { name: "Description" }).fill(text);
    }
    await Promise.all([...texts.keys()].map((page) => page.getByRole("button", { name: "Done" }).tap()));
    const late = await Promise.any([...texts.keys()].map((page) => page.getByRole("button", { name: "Choose" }).waitFor().then(() => page)));
    const [mine, theirs] = late === one ? [...texts.values()] : [...texts.values()].reverse();
    await late.reload();
    await late.getByRole("button", { name: "Choose" }).tap();
    const dialog = late.getByRole("dialog");
    for (const text of texts.values()) await dialog.getByRole("paragraph").getByText(text, { exact: true }).waitFor();
    await isFine(late);
    await dialog.getByRole("radio", { name: "Theirs" }).tap();
    await dialog.getByRole("button", { name: "Save my choice" }).tap();
    await expect.poll(() => entry(late, "Description").innerText()).toBe(theirs);
    await late.getByRole("button", { name: "Undo", exact: true }).tap();
    await saved(late);
    expect(await entry(late, "Description").innerText()).toBe(mine);
    await late.getByRole("button", { name: "Versions" }).tap();
    await late.getByRole("button", { name: /^Compare/ }).first().tap();
    await late.getByRole("dialog").getByText(theirs ?? "").waitFor();
  });
});

async function exported(page: Page, label: string): Promise<Buffer> {
  await page.getByRole("button", { name: "Export" }).tap();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: new RegExp(`^${label}`) }).tap()]);
  await page.keyboard.press("Escape");
  return readFile(await download.path());
}
