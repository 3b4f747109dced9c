import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { countJobs, session } from "./session";
import { pace, urlOf } from "./stack";
import { createWorld, kinds, pick, pickAll, start, written } from "./wizard";

const test = session();
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

describe("the wizard", () => {
  it("makes a world with a piece of every kind on a phone, and never scrolls sideways", async () => {
    const page = await test.open(PHONE);
    await start(page, test.site.url, "Cyberpunk");
    const names = [];
    for (const [place, kind] of (await kinds()).entries()) {
      await written(page, kind);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      names.push(await pick(page, kind, place % 3));
    }
    await createWorld(page);
    expect(await page.locator("#story .part__body p").count()).toBeGreaterThanOrEqual(2);
    expect(await page.locator('.part[data-kind="piece"] h2').allInnerTexts()).toEqual(names);
  });

  it("accepts a custom theme and tone", async () => {
    const page = await test.open();
    await page.goto(test.site.url);
    await page.getByLabel("Your own").fill("Deep-sea baroque");
    await page.getByRole("button", { name: "mysterious" }).click();
    await page.getByRole("button", { name: "Write three characters" }).click();
    expect(await (await written(page, "Characters")).count()).toBe(3);
  });

  it("replaces one card or all cards, and proposes no name twice", async () => {
    const page = await test.open();
    await start(page, test.site.url);
    const first = await names(page);
    await page.getByRole("button", { name: `Write another character in place of ${first[1] ?? ""}` }).click();
    await page.getByText(first[1] ?? "", { exact: true }).waitFor({ state: "detached" });
    const second = await names(page);
    expect([second[0], second[2]]).toEqual([first[0], first[2]]);
    await page.getByRole("button", { name: "Write three others" }).click();
    await page.locator(".card--unfinished").first().waitFor();
    const third = await names(page);
    expect(new Set([...first, ...second, ...third]).size).toBe(7);
    await page.getByRole("button", { name: /^Undo/ }).click();
    expect(await names(page)).toEqual(second);
    await page.getByRole("button", { name: /^Undo/ }).click();
    expect(await names(page)).toEqual(first);
  });

  it("lets a card be picked before the others are written", async () => {
    await pace("quick", { fault: "hang", schema: "character_traits_skills_stats", times: 1 });
    const page = await test.open();
    await start(page, test.site.url);
    await page.getByRole("radio").nth(1).waitFor();
    expect(await page.locator(".card--unfinished").count()).toBe(1);
    await page.getByRole("radio").first().check({ force: true });
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("heading", { level: 1, name: "Factions" }).waitFor();
  });

  it("brings everything back after starting over, and Back submits nothing", async () => {
    await pace("slow");
    const page = await test.open();
    await start(page, test.site.url);
    await pick(page, "Characters");
    await page.getByRole("button", { name: "Theme" }).click();
    const posts: string[] = [];
    page.on("request", (request) => request.method() === "POST" && !request.url().includes("dry_run") && posts.push(request.url()));
    await page.getByRole("button", { name: "Start over" }).click();
    await page.goBack();
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Make a world" }).waitFor();
    await page.getByRole("button", { name: /^Undo/ }).click();
    await page.getByRole("button", { name: /^Character/ }).click();
    expect(await names(page)).toHaveLength(3);
    await page.getByRole("button", { name: /^Faction/ }).click();
    await written(page, "Factions");
    expect(posts).toEqual([]);
  });

  it("goes back without losing anything, and says which cards were written for another choice", async () => {
    const page = await test.open();
    await start(page, test.site.url);
    await pick(page, "Characters");
    await pick(page, "Factions");
    await pick(page, "Settings", 0);
    const events = await names(page, "Events");
    await page.getByRole("button", { name: "Back" }).click();
    await pick(page, "Settings", 1);
    expect(await names(page, "Events")).toEqual(events);
    await page.getByText(/were written to fit/).waitFor();
    await page.reload();
    expect(await names(page, "Events")).toEqual(events);
  });

  it("goes one step back and forward with the buttons of the browser", async () => {
    const page = await test.open();
    await start(page, test.site.url);
    await pick(page, "Characters");
    await written(page, "Factions");
    await page.goBack();
    await written(page, "Characters");
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Make a world" }).waitFor();
    await page.goForward();
    await page.goForward();
    await written(page, "Factions");
  });

  it("makes the world of the current picks, even if another one was started", async () => {
    const page = await test.open();
    await start(page, test.site.url);
    await pickAll(page);
    await pace("slow");
    await page.getByRole("button", { name: "Create the world" }).click();
    await page.locator(".job-progress__percent").first().waitFor();
    await page.getByRole("button", { name: "Back" }).click();
    const relic = await pick(page, "Relics", 2);
    await pace("quick");
    await createWorld(page);
    expect(await page.locator('.part[data-kind="piece"] h2').last().innerText()).toBe(relic);
  });
});

describe("one job", () => {
  it("is made by a double click", async () => {
    const page = await test.open();
    const before = await countJobs("generate_characters");
    await page.goto(test.site.url);
    await page.getByRole("button", { name: "Write three characters" }).dblclick();
    await written(page, "Characters");
    expect(await countJobs("generate_characters")).toBe(before + 1);
  });

  it("takes at most eight requests for three characters", async () => {
    await pace("slow");
    const page = await test.open();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    // Not the estimate, which is asked for with the same body.
    const submitted = page.waitForResponse((response) => response.url().endsWith("/jobs") && response.request().method() === "POST");
    await start(page, test.site.url);
    const { id } = (await (await submitted).json()) as { id: string };
    await written(page, "Characters");
    const polls = asked.filter((url) => url.includes(id));
    expect(polls.length, polls.join("\n")).toBeLessThanOrEqual(7); // And the submission.
  });

  it("is resumed after a reload", async () => {
    await pace("slow");
    const page = await test.open();
    const before = await countJobs("generate_characters");
    await start(page, test.site.url);
    const name = await page.locator(".card__name").first().innerText();
    await page.reload();
    expect((await names(page))[0]).toBe(name);
    expect(await countJobs("generate_characters")).toBe(before + 1);
  });

  it("is shown by a second tab too", async () => {
    await pace("slow");
    const page = await test.open();
    const before = await countJobs("generate_characters");
    await start(page, test.site.url);
    const other = await test.context.newPage();
    await other.goto(test.site.url);
    expect(await names(other)).toEqual(await names(page));
    expect(await countJobs("generate_characters")).toBe(before + 1);
  });
});

describe("the other pages", () => {
  it("are served by the stack, with the address of the API", async () => {
    const page = await test.open();
    await start(page, urlOf("web"));
    expect(await (await written(page, "Characters")).count()).toBe(3);
  });

  it("list jobs and worlds, and lead to them", async () => {
    const page = await test.open();
    await page.goto(`${test.site.url}/#/jobs`);
    const world = page.getByRole("link", { name: "Read the world" }).first();
    const older = page.getByRole("button", { name: "Show older jobs" });
    await page.locator(".job").first().waitFor();
    while (!(await world.isVisible())) await older.click();
    await world.click();
    await page.getByRole("button", { name: "Export" }).waitFor();
    const title = await page.getByRole("heading", { level: 1 }).innerText();
    await page.getByRole("link", { name: "Worlds" }).click();
    await page.locator(".world-card__title", { hasText: title }).first().waitFor();
  });

  it("show what a job will need before it starts, and what it has used when it has ended", async () => {
    const page = await test.open();
    await page.goto(test.site.url);
    await page.getByText(/^About \d+ calls, [\d,]+ tokens\.$/).waitFor();
    await page.getByRole("button", { name: "Write three characters" }).click();
    await written(page, "Characters");
    await page.getByRole("link", { name: "Jobs", exact: true }).click();
    await page.locator(".job").first().getByText(/^\d+ calls, [\d,]+ tokens$/).waitFor();
  });

  it("cancel a job, and retry it", async () => {
    await pace("quick", { fault: "hang", schema: "character_appearance_backstory" });
    const page = await test.open();
    await page.goto(test.site.url);
    await page.getByRole("button", { name: "Write three characters" }).click();
    await page.locator(".card--unfinished .card__name").first().waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Retry" }).waitFor();
    await page.getByRole("link", { name: "Jobs", exact: true }).click();
    const row = page.locator(".job", { hasText: "Generate characters" }).first();
    await row.getByText("Cancelled", { exact: true }).waitFor();
    await pace("quick");
    await row.getByRole("button", { name: "Retry" }).click();
    await row.getByText("Done", { exact: true }).waitFor();
    await page.getByRole("link", { name: "New world" }).click();
    expect(await (await written(page, "Characters")).count()).toBe(3);
    await page.getByRole("link", { name: "Jobs", exact: true }).click();
    const name = row.locator(".job__message a").nth(1);
    const title = await name.innerText();
    await name.click();
    await page.getByRole("heading", { level: 2, name: title }).waitFor();
  });

  it("say so if there is no such world or page", async () => {
    const page = await test.open();
    await page.goto(`${test.site.url}/#/worlds/7b1c2f60-0000-4000-8000-000000000000`);
    await page.getByText("There is no world with this id.").waitFor();
    await page.goto(`${test.site.url}/#/elsewhere`);
    await page.getByText("There is no page at this address.").waitFor();
  });
});

async function names(page: Page, kind = "Characters"): Promise<string[]> {
  const cards = await written(page, kind);
  return cards.locator(".card__name").allInnerTexts();
}
