import { describe, expect, it } from "vitest";
import { countJobs, session, untilHealthy } from "./session";
import { crash, pace } from "./stack";
import { pickAll, start, written } from "./wizard";

const test = session();

/** Long enough that a user would notice the outage. */
const OUTAGE_MS = 20_000;

describe("the service fails in the middle of a job", () => {
  it("the page says that it is reconnecting, and nothing is lost after 20 s", async () => {
    const page = await test.open();
    const before = await countJobs("generate_characters");
    await pace("slow");
    await start(page, test.site.url);
    await page.locator(".job-progress__percent").first().waitFor();
    test.site.line.cut();
    await page.getByText(/Reconnecting;/).first().waitFor();
    await page.waitForTimeout(OUTAGE_MS);
    test.site.line.restore();
    expect(await (await written(page, "Characters")).count()).toBe(3);
    expect(await countJobs("generate_characters")).toBe(before + 1);
  });

  it("the page survives a crash of the API", async () => {
    const page = await test.open();
    await pace("slow");
    await start(page, test.site.url);
    await page.locator(".job-progress__percent").first().waitFor();
    crash("api");
    expect(await (await written(page, "Characters")).count()).toBe(3);
  });

  it("the page resends a submission until it arrives, and makes one job", async () => {
    const page = await test.open();
    const before = await countJobs("generate_characters");
    await page.goto(test.site.url);
    const button = page.getByRole("button", { name: "Write three characters" });
    await button.waitFor();
    test.site.line.cut();
    await button.click();
    await page.getByText("Reconnecting").first().waitFor();
    test.site.line.restore();
    expect(await (await written(page, "Characters")).count()).toBe(3);
    expect(await countJobs("generate_characters")).toBe(before + 1);
  });
});

it("retries only the world if only the world has failed", async () => {
  const page = await test.open();
  await start(page, test.site.url);
  await pickAll(page);
  const before = await countJobs("generate_relics");
  await pace("quick", { fault: "refusal", schema: "world_story_quest" });
  await page.getByRole("button", { name: "Create the world" }).click();
  const retry = page.getByRole("button", { name: "Retry" });
  await retry.waitFor();
  await pace("quick");
  await retry.click();
  await page.getByRole("button", { name: "Export" }).waitFor();
  expect(await countJobs("generate_relics")).toBe(before);
});

it("waits while offline, and continues when it is back online", async () => {
  const page = await test.open();
  await pace("slow");
  await start(page, test.site.url);
  await page.locator(".job-progress__percent").first().waitFor();
  await test.context.setOffline(true);
  await page.getByText("You are offline.").first().waitFor();
  await test.context.setOffline(false);
  expect(await (await written(page, "Characters")).count()).toBe(3);
});

it("shows an error if the generator stays away, and Retry works", async () => {
  const page = await test.open();
  await pace("slow");
  await start(page, test.site.url, "Cyberpunk");
  const retry = page.getByRole("button", { name: "Retry" });
  while (!(await retry.isVisible())) {
    crash("generator");
    await page.waitForTimeout(100);
  }
  expect(await page.locator(".job-progress__message").innerText()).toMatch(/[A-Z].+\..+\./);
  await untilHealthy();
  await pace("quick");
  await retry.click();
  expect(await (await written(page, "Characters")).count()).toBe(3);
});
