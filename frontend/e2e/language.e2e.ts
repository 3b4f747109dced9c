import type { KeptWorld } from "@loresmith/jobs/library";
import { describe, expect, it } from "vitest";
import { session } from "./session";
import { written } from "./wizard";

const test = session();
const PHONE = { viewport: { width: 360, height: 740 } };
const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

function world(language: string, text: string): KeptWorld {
  const details = { concept: text, traits: [text, text], flaw: { name: text, description: text }, stats: { health: 90 } };
  return {
    id: "7b1c2f60-0000-4000-8000-000000000007",
    job_id: "7b1c2f60-0000-4000-8000-000000000001",
    user_id: "anonymous",
    theme: "fantasy",
    language,
    title: text,
    story: `${text}\n\n${text}`,
    quest: { title: text, description: text },
    pieces: { character: { name: text, description: text, type: "character", language, details } },
    tags: [text],
    favourite: false,
    for_players: [],
    share: null,
    version: 1,
    source: null,
    author: null,
    edited: false,
    created_at: "2026-01-10T12:00:00.000Z",
    updated_at: "2026-01-10T12:00:00.000Z",
    deleted_at: null,
  };
}

describe("a language that the offline writer does not write", () => {
  it("is replaced by English, and every card says so", async () => {
    const page = await test.open();
    await page.goto(test.site.url);
    await page.getByLabel("Language").selectOption("Deutsch");
    await page.getByLabel(/^Premise/).fill("Vier Anfänger schulden einem Drachen Miete.");
    await page.getByRole("button", { name: "Write three characters" }).click();
    const cards = await written(page, "Characters");
    // The remarks come with the end of the job.
    await cards.getByText("in English, because the writer in use cannot write German").nth(2).waitFor();
    expect(await cards.locator(".card__name[lang='en']").count()).toBe(3);
  });
});

describe("a world", () => {
  it.each([
    ["ar", "rtl", "الجرس الثالث عشر يدق تحت البحيرة كل ليلة."],
    ["ja", "ltr", "十三番目の鐘が、毎晩、湖の底で鳴る。"],
    ["de", "ltr", LONG],
  ])("in %s runs %s, and fits on a phone", async (language, direction, text) => {
    const page = await test.open(PHONE);
    const found = world(language, text);
    await page.route(`**/worlds/${found.id}`, (route) =>
      route.fulfill({ json: found, headers: { "Access-Control-Allow-Origin": "*" } }),
    );
    await page.goto(`${test.site.url}/#/worlds/${found.id}`);
    const quest = page.locator("#quest .part__body p").first();
    await quest.waitFor();
    expect(await quest.getAttribute("lang")).toBe(language);
    expect(await quest.evaluate((element) => getComputedStyle(element).direction)).toBe(direction);
    await page.getByRole("button", { name: "Open all" }).click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });
});
