import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { faults } from "./axe";
import { PATIENCE_MS } from "./patience";
import { session } from "./session";
import { pace, urlOf } from "./stack";
import { start, written } from "./wizard";

const test = session();
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const TEXT = "She keeps the gate. She owes a dragon.";

interface Piece {
  id: string;
  name: string;
  description: string;
  details: Record<string, unknown>;
  version: number;
  deleted_at: string | null;
}

/** Adds a piece to the library with a name that no other test uses. */
async function addPiece(fields: object = {}): Promise<Piece> {
  const name = `Mara ${randomUUID().slice(0, 8)}`;
  const details = { concept: "Gatekeeper", traits: ["patient", "proud"], stats: { health: 90 } };
  const body = JSON.stringify({ kind: "character", name, description: TEXT, language: "en", details, ...fields });
  const response = await fetch(`${urlOf("api")}/pieces`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
  return (await response.json()) as Piece;
}

/** The piece of a job with this name, once the job has been archived. */
async function kept(name: string): Promise<Piece> {
  let found: Piece | undefined;
  await expect
    .poll(async () => {
      const { pieces } = (await (await fetch(`${urlOf("api")}/pieces?${new URLSearchParams({ q: name })}`)).json()) as { pieces: Piece[] };
      found = pieces.find((piece) => piece.name === name);
      return found;
    }, { timeout: PATIENCE_MS })
    .toBeDefined();
  if (found === undefined) throw new Error(`${name} is not in the library.`);
  return found;
}

async function read({ id }: Pick<Piece, "id">): Promise<Piece> {
  return (await (await fetch(`${urlOf("api")}/pieces/${id}`)).json()) as Piece;
}

async function openPiece(page: Page, { id, name }: Piece): Promise<void> {
  await page.goto(`${test.site.url}/#/library/${id}`);
  await page.getByRole("heading", { name }).waitFor();
}

async function type(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole("button", { name: `Edit ${label}`, exact: true }).click();
  await page.getByRole("textbox", { name: label, exact: true }).fill(text);
}

async function saved(page: Page): Promise<void> {
  await page.getByRole("status").getByText("Saved", { exact: true }).waitFor();
}

describe("editing a piece", () => {
  it("is saved on leaving the field, is still there after a reload, and can be undone", async () => {
    const page = await test.open(PHONE);
    const piece = await addPiece();
    await openPiece(page, piece);
    await type(page, "Description", "She left the gate.");
    await page.getByRole("button", { name: "Done" }).click();
    await saved(page);
    expect((await read(piece)).description).toBe("She left the gate.");
    await page.reload();
    await page.getByText("She left the gate.").waitFor();
    await type(page, "Name", `${piece.name} the Second`);
    await page.keyboard.press("Enter");
    await saved(page);
    await page.keyboard.press("Control+z");
    await expect.poll(async () => (await read(piece)).name).toBe(piece.name);
  });

  it("is kept while offline, over a reload and a closed tab, and sent when the browser is online again", async () => {
    const page = await test.open();
    const piece = await addPiece();
    await openPiece(page, piece);
    await page.getByRole("button", { name: "Edit Description" }).click();
    await test.context.setOffline(true);
    test.site.line.cut();
    await page.getByRole("textbox", { name: "Description" }).fill("Written in a tunnel.");
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByText("Not saved yet: you are offline.").waitFor();
    await page.close();
    await test.context.setOffline(false);
    const again = await test.context.newPage();
    await again.goto(test.site.url);
    test.site.line.restore();
    await expect.poll(async () => (await read(piece)).description, { timeout: PATIENCE_MS }).toBe("Written in a tunnel.");
  });

  it("of two people at once becomes a question, and nothing is lost", async () => {
    const piece = await addPiece();
    const [one, other] = [await test.open(), await (await test.browser.newContext()).newPage()];
    await openPiece(one, piece);
    await openPiece(other, piece);
    await type(one, "Description", "She keeps the old gate. She owes a dragon.");
    await one.getByRole("button", { name: "Done" }).click();
    await saved(one);
    await type(other, "Description", "She keeps the gate. She owes two dragons.");
    await other.getByRole("button", { name: "Done" }).click();
    await other.getByRole("button", { name: "Choose" }).click();
    await other.getByRole("dialog").waitFor();
    expect(await faults(other)).toEqual([]);
    await other.getByRole("radio", { name: "Both, combined" }).check();
    await other.getByRole("button", { name: "Save my choice" }).click();
    await saved(other);
    expect((await read(piece)).description).toBe("She keeps the old gate. She owes two dragons.");
  });

  it("of other parts by another person goes through without a question", async () => {
    const piece = await addPiece();
    const [one, other] = [await test.open(), await (await test.browser.newContext()).newPage()];
    await openPiece(one, piece);
    await openPiece(other, piece);
    await type(one, "Traits", "shy\nloud");
    await one.getByRole("button", { name: "Done" }).click();
    await saved(one);
    await type(other, "Description", "She left.");
    await other.getByRole("button", { name: "Done" }).click();
    await saved(other);
    expect(await read(piece)).toMatchObject({ description: "She left.", details: { traits: ["shy", "loud"] } });
  });
});

describe("rewriting", () => {
  it("changes what is not locked, shows both texts, survives a reload, and can be undone", async () => {
    const page = await test.open(PHONE);
    await start(page, test.site.url);
    const card = (await written(page, "Characters")).first();
    const piece = await kept(await card.locator(".card__name").innerText());
    await card.getByRole("link", { name: /^Edit/ }).click();
    await page.getByRole("heading", { level: 1, name: piece.name }).waitFor();
    await page.getByRole("button", { name: "Lock Name" }).click();
    await page.getByRole("button", { name: "Rewrite..." }).click();
    const fields = page.getByRole("group", { name: "What to rewrite" }).getByRole("checkbox");
    expect(await page.getByRole("checkbox", { name: /^Name/ }).isDisabled()).toBe(true);
    for (const box of await fields.all()) if (await box.isEnabled()) await box.uncheck();
    await page.getByRole("checkbox", { name: "Appearance" }).check();
    await page.getByRole("button", { name: "Shorter" }).click();
    await page.getByText(/^About \d+ calls?/).waitFor();
    await pace("slow");
    await page.getByRole("button", { name: "Rewrite", exact: true }).click();
    await page.locator(".job-progress__percent").waitFor();
    await page.reload();
    await pace("quick");
    await page.getByRole("button", { name: "Undo the rewrite" }).waitFor();
    expect(await page.locator(".comparison dt").allInnerTexts()).toEqual(["Appearance"]);
    expect(await faults(page)).toEqual([]);
    expect((await read(piece)).name).toBe(piece.name);
    await page.getByRole("button", { name: "Undo the rewrite" }).click();
    await saved(page);
    expect((await read(piece)).details).toEqual(piece.details);
  });

  it("can be cancelled, and changes nothing then", async () => {
    const page = await test.open();
    const piece = await addPiece();
    await openPiece(page, piece);
    await pace("slow");
    await page.getByRole("button", { name: "Rewrite..." }).click();
    await page.getByRole("button", { name: "Rewrite", exact: true }).click();
    await page.getByText("Sending your request...").first().waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Job cancelled").first().waitFor();
    expect((await read(piece)).version).toBe(piece.version);
  });
});

describe("the library", () => {
  it("finds pieces by text, kind and mark, and remembers the search", async () => {
    const piece = await addPiece({ tags: ["harbour"] });
    const page = await test.open(PHONE);
    await page.goto(`${test.site.url}/#/library`);
    await page.getByRole("searchbox").fill(piece.name.toUpperCase());
    await expect.poll(() => page.locator(".kept__name").allInnerTexts()).toEqual([piece.name]);
    await page.getByRole("button", { name: `Favourite: ${piece.name}` }).click();
    await page.getByRole("button", { name: "Favourites" }).click();
    await page.getByRole("combobox", { name: "Kind" }).selectOption("character");
    await page.getByRole("textbox", { name: "Tag" }).fill("harbour");
    await page.getByRole("link", { name: piece.name }).click();
    await page.getByRole("heading", { level: 1, name: piece.name }).waitFor();
    await page.goBack();
    expect(await page.getByRole("searchbox").inputValue()).toBe(piece.name.toUpperCase());
    await page.getByRole("link", { name: piece.name }).waitFor();
    expect(await faults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await page.getByRole("combobox", { name: "Kind" }).selectOption("relic");
    await page.getByText("No pieces match.").waitFor();
  });

  it("takes a piece that the user writes", async () => {
    const page = await test.open(PHONE);
    const name = `The bell ${randomUUID().slice(0, 8)}`;
    await page.goto(`${test.site.url}/#/library`);
    await page.getByRole("button", { name: "Write your own" }).click();
    const form = page.getByRole("form", { name: "Write your own" });
    await form.getByLabel("Kind").selectOption("relic");
    await form.getByLabel("Name").fill(name);
    await form.getByLabel("Description").fill("It hums when it rains.");
    expect(await faults(page)).toEqual([]);
    await page.getByRole("button", { name: "Add to the library" }).click();
    await page.getByRole("link", { name }).waitFor();
    await page.reload();
    await page.getByRole("link", { name }).waitFor();
  });

  it("moves a deleted piece to the trash, puts it back, and empties the trash", async () => {
    const [kept, gone] = [await addPiece(), await addPiece()];
    const page = await test.open(PHONE);
    for (const piece of [kept, gone]) {
      await openPiece(page, piece);
      await page.getByRole("button", { name: "Delete" }).click();
      await page.getByText("is in the trash.").waitFor();
    }
    await page.getByRole("link", { name: "Library" }).first().click();
    await page.getByRole("button", { name: "Trash" }).click();
    await page.getByRole("button", { name: `Put back ${kept.name}` }).click();
    await page.getByText("is back in the library.").waitFor();
    await page.getByRole("button", { name: "Empty trash" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await faults(page)).toEqual([]);
    await page.getByRole("button", { name: "Delete for good" }).click();
    await page.getByText("deleted for good.").waitFor();
    expect((await read(kept)).deleted_at).toBeNull();
    expect((await fetch(`${urlOf("api")}/pieces/${gone.id}`)).status).toBe(404);
  });

  it("makes a world of chosen pieces", async () => {
    const pieces = [await addPiece(), await addPiece({ kind: "relic" })];
    const page = await test.open(PHONE);
    await page.goto(`${test.site.url}/#/library`);
    for (const { name } of pieces) await page.getByRole("checkbox", { name: `Select ${name} for a world` }).check();
    await page.getByRole("button", { name: "Make a world" }).click();
    await page.getByText(/^About \d+ calls?/).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.getByRole("button", { name: "Create the world" }).click();
    await page.waitForURL(/#\/worlds\//);
    for (const { name } of pieces) await page.getByText(name).filter({ visible: true }).first().waitFor();
  });

  it("has the cards of the wizard, and a change there changes the card", async () => {
    const page = await test.open();
    await start(page, test.site.url);
    const card = (await written(page, "Characters")).first();
    await card.getByRole("link", { name: /^Edit/ }).click();
    await type(page, "Name", "Oda the Patient");
    await page.keyboard.press("Enter");
    await saved(page);
    await page.getByRole("link", { name: "New world" }).click();
    await page.locator(".card__name").getByText("Oda the Patient").waitFor();
  });
});

it("the history links to what jobs have made, and sums up what they used", async () => {
  const page = await test.open(PHONE);
  await start(page, test.site.url);
  await written(page, "Characters");
  await page.goto(`${test.site.url}/#/history`);
  await page.getByRole("img", { name: /tokens from/ }).waitFor();
  expect(await faults(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.getByRole("combobox", { name: "Job type" }).selectOption("generate_characters");
  await expect.poll(async () => [...new Set(await page.locator(".record h3").allInnerTexts())]).toEqual(["Generate characters"]);
  const link = page.locator(".record__links a").first();
  const name = await link.innerText();
  await link.click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
});
