/** The packed package in applications that the commands of the documents make, with React 18 and 19, in Chromium, against a running stack. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { countJobs, session } from "../../../frontend/e2e/session";
import { pace, urlOf } from "../../../frontend/e2e/stack";
import { serve, type AppServer } from "./appServer";
import { blocksRunBy, componentIn } from "./block";
import { makeReader } from "./reader";
import { addSnippets, buildApp, copyWithReact18, dependenciesOf } from "./viteApp";

const [make = "", start = "", pack = "", install = "", ...others] = blocksRunBy("packages/jobs/e2e/package.e2e.ts");
const test = session();
const folder = mkdtempSync(join(tmpdir(), "loresmith-apps-"));
const reader = makeReader(folder);
/** The application of the tutorial has the React of the template. */
const apps = { react18: join(folder, "react18"), react19: join(folder, "lore-page") };

beforeAll(() => reader.paste(reader.clone, make));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Installs the package as the README says. Then replaces the newest TanStack Query by the oldest that the package permits. */
async function installReact18(): Promise<void> {
  copyWithReact18(apps.react19, apps.react18);
  await reader.paste(reader.clone, pack);
  await reader.paste(apps.react18, install);
  const { react, ...added } = dependenciesOf(apps.react18);
  expect(react).toBe("18.3.1");
  expect(added["@loresmith/jobs"]).toMatch(/^file:.*\.tgz$/);
  expect(added["@tanstack/react-query"]).toMatch(/^\^?5\./);
  await reader.run(apps.react18, "npm", ["install", "@tanstack/react-query@5.0.0"]);
}

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

/** Opens an application. What the browser reports as an error is collected. */
async function visit(url: string): Promise<{ page: Page; faults: string[] }> {
  const page = await test.open();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await page.goto(url);
  return { page, faults };
}

/** Presses a button that starts a job, and reloads the page while the job runs. Returns at the job's end. */
async function runThroughReload(page: Page, button: string, place: string): Promise<void> {
  const progress = page.locator(`${place} .job-progress`);
  await pace("slow");
  await press(page, button);
  await progress.waitFor();
  await page.reload();
  await progress.waitFor();
  await pace("quick");
  await page.locator(`${place} .job-progress[data-mood="done"]`).waitFor();
}

it("runs every block that names this file", () => expect(others).toEqual([]));

it("writes what the tutorial promises, through a reload", async () => {
  const component = componentIn("docs/tutorial.md").replace("http://127.0.0.1:18212", urlOf("api"));
  writeFileSync(join(apps.react19, "src/App.tsx"), component);
  const server = reader.serve(apps.react19, start);
  onTestFinished(server.stop);
  const { page, faults } = await visit(await server.url);
  await page.getByLabel("Theme").fill("a drowned town");
  await runThroughReload(page, "Write two relics", "main");
  expect(await page.locator("li").allInnerTexts()).toEqual([expect.stringMatching(/^\w.+ \w.+/), expect.stringMatching(/^\w.+ \w.+/)]);
  expect(faults).toEqual([]);
});

describe.each(["react18", "react19"] as const)("an application with %s and the snippets of the documents", (name) => {
  let app: AppServer;
  let page: Page;
  let faults: string[];

  async function open(dist: string) {
    app = await serve(join(apps[name], dist), urlOf("api"));
    ({ page, faults } = await visit(app.url));
  }

  beforeAll(async () => {
    if (name === "react18") await installReact18();
    addSnippets(apps[name]);
    await buildApp(apps[name], reader);
  });

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
      await runThroughReload(page, "Write three characters", "#readme");
      expect(await page.locator("#readme li").count()).toBe(3);
      expect(await countJobs("generate_characters")).toBe(jobs + 1);
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
