/** The packed package in new applications, with React 18 and 19, in Chromium, against a running stack. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { countJobs, session } from "../../../frontend/e2e/session";
import { pace, urlOf } from "../../../frontend/e2e/stack";
import { serve, type AppServer } from "./appServer";
import { buildApp, makeApps } from "./viteApp";

const test = session();
const folder = mkdtempSync(join(tmpdir(), "loresmith-apps-"));
let apps: Awaited<ReturnType<typeof makeApps>>;

beforeAll(async () => {
  apps = await makeApps(folder);
  await buildApp(apps.react19);
  await buildApp(apps.react18);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Shown {
  generatedData: { name: string }[] | null;
  error: string | null;
  isPolling: boolean;
  isCompleted: boolean;
  isFailed: boolean;
}

async function shown(page: Page): Promise<Shown> {
  return JSON.parse(await page.locator("#guide output").innerText()) as Shown;
}

const percent = async (page: Page) => Number(await page.locator("#guide [role=progressbar]").getAttribute("aria-valuenow"));
const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true }).click();

describe.each(["react18", "react19"] as const)("a new Vite application with %s", (name) => {
  let app: AppServer;
  let page: Page;
  let faults: string[];

  /** Opens the application. What the browser reports as an error is collected. */
  async function open(dist: string) {
    app = await serve(join(apps[name], dist), urlOf("api"));
    page = await test.open();
    faults = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await page.goto(app.url);
  }

  afterEach(() => app.close());

  describe("built as the template builds it", () => {
    beforeEach(() => open("dist"));

    it("runs the snippets of the guide, with live progress, without a provider or a style sheet", async () => {
      expect(await page.locator(".job-progress").count()).toBe(0);
      await pace("slow");
      await press(page, "Start");
      const progress = page.locator("#guide .job-progress");
      await progress.waitFor();
      expect(await progress.evaluate((element) => getComputedStyle(element).display)).toBe("grid");
      const before = await percent(page);
      await expect.poll(() => percent(page), { timeout: 120_000 }).toBeGreaterThan(before);
      expect(await shown(page)).toMatchObject({ isPolling: true, isCompleted: false });
      await pace("quick");
      await expect.poll(async () => (await shown(page)).isCompleted, { timeout: 120_000 }).toBe(true);
      const { generatedData, ...rest } = await shown(page);
      expect(rest).toEqual({ error: null, isPolling: false, isCompleted: true, isFailed: false });
      expect(generatedData?.map((piece) => typeof piece.name)).toEqual(["string", "string", "string"]);
      expect(faults).toEqual([]);
    });

    it("resumes the job of the README's example after a reload", async () => {
      const jobs = await countJobs("generate_characters");
      await pace("slow");
      await press(page, "Write three characters");
      await page.locator("#readme .job-progress").waitFor();
      await page.reload();
      await page.locator("#readme .job-progress").waitFor();
      await pace("quick");
      await page.locator('#readme .job-progress[data-mood="done"]').waitFor();
      expect(await page.locator("#readme li").count()).toBe(3);
      expect(await countJobs("generate_characters")).toBe(jobs + 1);
      expect(faults).toEqual([]);
    });

    it("writes what the tutorial promises, through a reload", async () => {
      await pace("slow");
      await page.getByLabel("Theme").fill("a drowned town");
      await press(page, "Write two relics");
      await page.locator("#tutorial .job-progress").waitFor();
      await page.reload();
      await page.locator("#tutorial .job-progress").waitFor();
      await pace("quick");
      await page.locator('#tutorial .job-progress[data-mood="done"]').waitFor();
      expect(await page.locator("#tutorial li").count()).toBe(2);
      expect(faults).toEqual([]);
    });

    it("shows why a job failed, and runs it again", async () => {
      await pace("quick", { fault: "refusal" });
      await press(page, "Relics");
      await page.getByText(/^Error: \w+/).waitFor();
      await pace("quick");
      await press(page, "Retry");
      await page.locator("#failure output", { hasText: '"type":"relic"' }).waitFor();
    });

    it("shows why a job type that the API does not have is refused", async () => {
      await press(page, /^Quests/);
      await page.getByText(/^Refusal: .*type/).waitFor();
    });
  });

  it("shows what a server has rendered, without a warning, and then works", async () => {
    await open("dist-server");
    expect(await (await fetch(app.url)).text()).toContain('<section id="guide">');
    await press(page, "Start");
    await expect.poll(async () => (await shown(page)).isCompleted, { timeout: 120_000 }).toBe(true);
    expect(faults).toEqual([]);
  });
});
